import { Injectable } from '@nestjs/common';
import { Problem } from '../../../api-contract/index.js';
import {
  DEFAULT_PER_PAGE,
  MOST_COUNTED,
  placeOf,
  writeReportCsv,
  writeReportPdf,
  type SubjectAccessReport,
} from '../../../disclosures/index.js';
import { DisclosuresService, SubjectAccessReportsService } from '../../../disclosures/disclosures.module.js';
import { Names } from '../../names.js';
import {
  ACTORS,
  csvFile,
  view,
  type ConsolePage,
  type Fault,
  type PageAnswer,
  type PageRoute,
  type Visit,
} from '../../page.js';
import { readUkDays } from '../../uk-days.js';
import { rowOf } from '../disclosures/disclosure-words.js';
import { writeDisclosuresCsv } from '../disclosures/disclosures-csv.js';
import { EMPTY_ROWS, PERSON_TYPES, readIdentifiers, type IdentifierRow } from './identifiers.js';

const PATH = '/console/person';

/**
 * What is known of a person: every exchange about them, and the report that is handed to them.
 *
 * INVARIANT: 1. Identifiers come in bodies of POST alone, so that none stands in an address, a history or a log; and results are
 * the answer to that POST.
 */
@Injectable()
export class PersonPage implements ConsolePage {
  readonly entry = { text: 'A person', path: PATH } as const;
  readonly routes: readonly PageRoute[] = [
    { method: 'GET', path: PATH, roles: ACTORS, answer: () => formView(EMPTY_ROWS) },
    { method: 'POST', path: PATH, roles: ACTORS, answer: (visit) => this.search(visit) },
    { method: 'POST', path: `${PATH}.csv`, roles: ACTORS, answer: (visit) => this.csv(visit) },
    { method: 'POST', path: `${PATH}/report`, roles: ACTORS, answer: (visit) => this.report(visit) },
  ];

  constructor(
    private readonly disclosures: DisclosuresService,
    private readonly reports: SubjectAccessReportsService,
    private readonly names: Names,
  ) {}

  private async search({ officer, form }: Visit): Promise<PageAnswer> {
    const { rows, identifiers, faults } = readIdentifiers(form);
    if (faults.length > 0) return formView(rows, faults);
    const [cursor] = form['cursor'] ?? [];
    const after = cursor ? placeOf(cursor) : undefined;
    if (cursor && !after) throw new Problem('REQUEST_INVALID');
    const { disclosures, count, countIsExact, nextCursor, identifiersLinked } = await this.disclosures.findPerson(
      officer,
      identifiers,
      { limit: DEFAULT_PER_PAGE, after },
    );
    return view('person/found', 'What was shared about a person', {
      count,
      countIsExact,
      nextCursor,
      identifiersLinked,
      rows: disclosures.map((one) => rowOf(one, this.names)),
      isFirst: !cursor,
      identifiers: filledOf(rows),
      from: '',
      to: '',
    });
  }

  private async csv({ officer, form }: Visit): Promise<PageAnswer> {
    const { rows, identifiers, faults } = readIdentifiers(form);
    if (faults.length > 0) return formView(rows, faults);
    const { disclosures, countIsExact } = await this.disclosures.findPerson(officer, identifiers, {
      limit: MOST_COUNTED,
    });
    // The page offers no file of so many: nobody has them.
    if (!countIsExact) throw new Problem('REQUEST_INVALID');
    return csvFile('disclosures-about-a-person.csv', writeDisclosuresCsv(disclosures, this.names));
  }

  private async report({ officer, form }: Visit): Promise<PageAnswer> {
    const { rows, identifiers, faults } = readIdentifiers(form);
    if (faults.length > 0) return formView(rows, faults);
    const [from = ''] = form['from'] ?? [];
    const [to = ''] = form['to'] ?? [];
    const ask = (of: readonly Fault[]): PageAnswer =>
      view('person/report', 'Report for the person', { identifiers: filledOf(rows), from, to }, of);
    const { faults: wrongDays, ...time } = readUkDays({ from, to });
    const write = WRITERS[form['as']?.[0] ?? ''];
    if (wrongDays.length > 0) return ask(wrongDays);
    if (!write) return ask([{ field: 'as', text: 'Choose the form of the report' }]);
    try {
      const report = await this.reports.report(officer, identifiers, time);
      return await write(report);
    } catch (error) {
      if (!(error instanceof Problem) || error.code !== 'REQUEST_INVALID') throw error;
      return ask([{ field: 'from', text: 'There is too much for one report: make one for each part of the time' }]);
    }
  }
}

const formView = (rows: readonly IdentifierRow[], faults: readonly Fault[] = []): PageAnswer =>
  view('person/person', 'Look a person up', { rows, types: PERSON_TYPES }, faults);

/** What goes on to the next page, or to the report. */
const filledOf = (rows: readonly IdentifierRow[]) =>
  rows
    .filter(({ value }) => value !== '')
    .map((row) => ({ ...row, name: PERSON_TYPES.find(({ value }) => value === row.type)?.text }));

const nameOf = ({ id }: SubjectAccessReport, extension: string): string => `what-was-shared-${id}.${extension}`;

const WRITERS: Readonly<Record<string, (report: SubjectAccessReport) => PageAnswer | Promise<PageAnswer>>> = {
  pdf: async (report) => ({
    kind: 'file',
    name: nameOf(report, 'pdf'),
    type: 'application/pdf',
    text: await writeReportPdf(report),
  }),
  csv: (report) => ({
    kind: 'file',
    name: nameOf(report, 'csv'),
    type: 'text/csv; charset=utf-8; header=present',
    text: writeReportCsv(report),
  }),
  json: (report) => ({
    kind: 'file',
    name: nameOf(report, 'json'),
    type: 'application/json; charset=utf-8',
    text: JSON.stringify(report, undefined, 2),
  }),
};
