import { Injectable } from '@nestjs/common';
import { randomUUIDv7 as uuid } from 'node:crypto';
import type { CallingOfficer } from '../access/index.js';
import { Problem } from '../api-contract/index.js';
import { RegisterService } from '../definitions/definitions.module.js';
import { DisclosureLog } from '../disclosure-log/index.js';
import { projectLegalBases } from '../legal-bases/index.js';
import { PermissionsService } from '../permissions/permissions.module.js';
import { StatementsService } from '../statements/statements.module.js';
import type { Identifier } from '../subject-handles/index.js';
import { DisclosureProjection } from './disclosure-projection.js';
import { countDisclosures, pageOfDisclosures } from './find-disclosures.js';
import { recordLookUp } from './look-ups.js';
import { PersonIndex } from './person-index.js';
import type { MadeReport, MadeReportPage, SubjectAccessReport, WithheldFromReport } from './subject-access-report.js';
import { mayWithhold, mayWithholdStatement } from './withholding.js';
import { ABOUT_THE_REPORT, ReportWords } from './word-report.js';

/** Most disclosures in one report: beyond, it is made in parts, by time. */
export const MOST_REPORTED = 500;
/** Longest wait for what was recorded of a person, milliseconds. */
const DEADLINE_MS = 3_000;
const PER_PAGE = 50;

/** Over which time a report goes. */
export interface ReportedTime {
  readonly from?: Date;
  readonly to?: Date;
}

/** Reports for persons of what was shared about them, and for oversight of what was left out. */
@Injectable()
export class SubjectAccessReportsService {
  private readonly catalogue = projectLegalBases();

  constructor(
    private readonly log: DisclosureLog,
    private readonly registers: RegisterService,
    private readonly projection: DisclosureProjection,
    private readonly people: PersonIndex,
    private readonly permissions: PermissionsService,
    private readonly statements: StatementsService,
  ) {}

  /**
   * Makes a report from what the log has about a person. What may be withheld from them is left out and recorded as left
   * out, and the report does not tell whether anything was. That it was made is in the log before anybody has it.
   *
   * Does NOT check that the identifiers are those of whoever it is handed to: the officer does.
   * @throws Problem REQUEST_INVALID for more than {@link MOST_REPORTED}; SEARCH_BEHIND, LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async report(
    { agency, officer }: CallingOfficer,
    identifiers: readonly Identifier[],
    time: ReportedTime = {},
  ): Promise<SubjectAccessReport> {
    const { person, found } = await this.projection.reading(async (query, logSize) => {
      const person = await this.people.know(query, agency, identifiers);
      const wanted = { agency, logSize, filters: {}, handles: person.handles, ...time };
      const count = await countDisclosures(query, wanted);
      return { person, found: await pageOfDisclosures(query, wanted, { count, limit: MOST_REPORTED + 1 }) };
    });
    if (found.length > MOST_REPORTED) {
      throw new Problem('REQUEST_INVALID', {
        pointers: ['/from', '/to'],
        detail: `A report has at most ${MOST_REPORTED} disclosures: make one for each part of the time.`,
      });
    }
    const recorded = await this.recordedOf(person.handles, agency);
    const disclosures = Map.groupBy(found, mayWithhold);
    const statements = Map.groupBy(recorded.statements, mayWithholdStatement);
    const withheldDisclosures = (disclosures.get(true) ?? []).map(({ exchangeId }) => exchangeId);
    const withheldStatements = (statements.get(true) ?? []).map(({ id }) => id);
    const told = disclosures.get(false) ?? [];
    const id = uuid();
    const now = this.log.clock.now();
    await recordLookUp(this.log, {
      claims: {
        kind: 'subject-access-reported',
        at: now.toISOString(),
        report: id,
        reportedBy: { agency, officer },
        disclosures: told.length,
        withheld: withheldDisclosures.length + withheldStatements.length,
      },
      detail: { subjectHandles: person.given, withheldDisclosures, withheldStatements },
    });
    const register = this.registers.current();
    const words = new ReportWords({ register, catalogue: this.catalogue });
    const { contact } = register.agency(agency) ?? {};
    return {
      id,
      title: 'What was shared about you',
      madeAt: now.toISOString(),
      agency: {
        id: agency,
        name: words.agency(agency),
        email: contact?.email ?? null,
        address: contact?.address ?? null,
      },
      about: ABOUT_THE_REPORT,
      disclosures: told.map((one) => words.disclosure(one)),
      permissions: recorded.permissions.map((one) => words.permission(one, now)),
      statements: (statements.get(false) ?? []).map((one) => words.statement(one, now)),
    };
  }

  /** The reports that officers of the agency had made, the newest first. @throws Problem SEARCH_BEHIND, LOG_UNAVAILABLE */
  async list(caller: CallingOfficer, cursor?: number, limit = PER_PAGE): Promise<MadeReportPage> {
    const { agency } = caller;
    const { count, found } = await this.projection.reading(async (query) => {
      const [counted] = await query<{ n: number }>(COUNT, [agency]);
      const page = `${REPORTS} AND ($2::bigint IS NULL OR log_index < $2) ORDER BY log_index DESC LIMIT $3`;
      return { count: counted?.n ?? 0, found: await query<StoredReport>(page, [agency, cursor ?? null, limit + 1]) };
    });
    await this.recordLook(caller, {}, Math.min(found.length, limit));
    const last = found.length > limit ? found[limit - 1] : undefined;
    return {
      reports: found.slice(0, limit).map(madeReport),
      count,
      nextCursor: last ? String(last.logIndex) : null,
    };
  }

  /** What was left out of a report of the agency. @throws Problem NOT_FOUND, SEARCH_BEHIND, LOG_UNAVAILABLE */
  async withheld(caller: CallingOfficer, id: string): Promise<WithheldFromReport> {
    const [found] = await this.projection.reading((query) =>
      query<StoredReport>(`${REPORTS} AND id = $2`, [caller.agency, id]),
    );
    if (!found) throw new Problem('NOT_FOUND');
    const { withheldDisclosures, withheldStatements } = found;
    await this.recordLook(caller, { report: found.id }, withheldDisclosures.length);
    return { ...madeReport(found), withheldDisclosures, withheldStatements };
  }

  /** What this agency recorded of the person, the newest first. */
  private async recordedOf(handles: readonly string[], agency: string) {
    const permissions = await this.permissions.recordedOf(handles, [agency], DEADLINE_MS);
    await this.statements.catchUp();
    const { statements } = await this.statements.recordedOf(handles, DEADLINE_MS);
    const newestFirst = (one: { recordedAt: Date }, other: { recordedAt: Date }): number =>
      other.recordedAt.getTime() - one.recordedAt.getTime();
    return {
      permissions: permissions.toSorted(newestFirst),
      statements: statements.filter(({ recordedBy }) => recordedBy === agency).toSorted(newestFirst),
    };
  }

  private async recordLook(
    { agency, officer }: CallingOfficer,
    values: Readonly<Record<string, string>>,
    found: number,
  ): Promise<void> {
    await recordLookUp(this.log, {
      claims: {
        kind: 'disclosures-searched',
        at: this.log.clock.now().toISOString(),
        searchedBy: { agency, officer },
        filters: ['subject-access-reports', ...Object.keys(values)],
        found,
      },
      detail: { values },
    });
  }
}

interface StoredReport extends Omit<WithheldFromReport, 'madeAt' | 'withheld'> {
  readonly logIndex: number;
  readonly madeAt: Date;
}

const COUNT = 'SELECT count(*)::int AS n FROM subject_access_reports WHERE agency = $1';

const REPORTS = `
  SELECT id, log_index::float8 AS "logIndex", made_at AS "madeAt", officer, disclosures,
    withheld_disclosures AS "withheldDisclosures", withheld_statements AS "withheldStatements"
  FROM subject_access_reports WHERE agency = $1`;

const madeReport = ({
  id,
  madeAt,
  officer,
  disclosures,
  ...left
}: StoredReport): Pick<MadeReport, keyof MadeReport> => ({
  id,
  madeAt: madeAt.toISOString(),
  officer,
  disclosures,
  withheld: left.withheldDisclosures.length + left.withheldStatements.length,
});
