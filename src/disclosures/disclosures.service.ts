import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CallingOfficer } from '../access/index.js';
import { Problem } from '../api-contract/index.js';
import { DisclosureLog, type EntriesVerification } from '../disclosure-log/index.js';
import { EntryProof, LogReader } from '../disclosure-log/disclosure-log.module.js';
import { ExplanationsService } from '../explanations/explanations.module.js';
import { fromStore } from '../permissions/index.js';
import type { Query } from '../policy/index.js';
import type { Identifier } from '../subject-handles/index.js';
import { DisclosureProjection } from './disclosure-projection.js';
import {
  DisclosureSummary,
  type DisclosureAnswer,
  type DisclosurePage,
  type PersonDisclosurePage,
} from './disclosure-answer.js';
import { cursorAfter, type DisclosurePlace, type DisclosureSearch } from './disclosure-search.js';
import { countDisclosures, findDisclosure, MOST_COUNTED, pageOfDisclosures, type Wanted } from './find-disclosures.js';
import { recordLookUp } from './look-ups.js';
import { PersonIndex } from './person-index.js';

/**
 * Officers' look at what their agency asked for and was asked for. INVARIANT: 8. Nothing of other agencies; each look is
 * recorded in the disclosure log before it is answered.
 */
@Injectable()
export class DisclosuresService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly log: DisclosureLog,
    private readonly reader: LogReader,
    private readonly explanations: ExplanationsService,
    private readonly projection: DisclosureProjection,
    private readonly people: PersonIndex,
  ) {}

  /** @throws Problem SEARCH_BEHIND, LOG_UNAVAILABLE, STORE_UNAVAILABLE */
  async list({ agency, officer }: CallingOfficer, search: DisclosureSearch): Promise<DisclosurePage> {
    const { filters, from, to } = search;
    const wanted = { agency, filters, ...(from && { from }), ...(to && { to }) };
    const page = await this.projection.reading((query, size) => readPage(query, size, wanted, search));
    const values = { ...filters, ...(from && { from: from.toISOString() }), ...(to && { to: to.toISOString() }) };
    await recordLookUp(this.log, {
      claims: {
        kind: 'disclosures-searched',
        at: this.log.clock.now().toISOString(),
        searchedBy: { agency, officer },
        filters: Object.keys(values).toSorted(),
        found: page.count,
      },
      // INVARIANT: 1. What nothing was found by may be anything.
      detail: { values: page.count > 0 ? values : {} },
    });
    return page;
  }

  /**
   * @throws Problem NOT_FOUND when there is none, or none of the officer's agency; EXCHANGE_ERASED, SEARCH_BEHIND,
   *   LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async find(caller: CallingOfficer, exchangeId: string): Promise<DisclosureAnswer> {
    const { agency, officer } = caller;
    const { found, entries, wasThere } = await this.projection.reading(async (query, logSize) => {
      const entries = await query<LoggedEntry>(ENTRIES, [exchangeId, agency]);
      const wasThere = entries.some(({ index }) => index < logSize);
      return { found: await findDisclosure(query, exchangeId, agency), entries, wasThere };
    });
    if (!found) throw new Problem(wasThere ? 'EXCHANGE_ERASED' : 'NOT_FOUND');
    const proofs = await this.prove(entries, agency);
    const disclosure = DisclosureSummary.of(found, agency);
    if (found.kind === 'exchange') {
      return { disclosure, explanation: await this.explanations.explain(caller, found.exchangeId), proofs };
    }
    await recordLookUp(this.log, {
      claims: {
        kind: 'explanation-read',
        at: this.log.clock.now().toISOString(),
        exchangeId: found.exchangeId,
        readBy: { agency, officer },
      },
      detail: {},
    });
    return { disclosure, explanation: null, proofs };
  }

  /**
   * The places of an exchange in the log, with their proofs; they are there after its bodies were erased too.
   * @throws Problem NOT_FOUND as {@link find} does; STORE_UNAVAILABLE
   */
  async placesOf({ agency }: CallingOfficer, exchangeId: string): Promise<EntryProof[]> {
    const entries = await fromStore(() => this.dataSource.query<LoggedEntry[]>(ENTRIES, [exchangeId, agency]));
    if (entries.length === 0) throw new Problem('NOT_FOUND');
    return await this.prove(entries, agency);
  }

  /**
   * Verifies what the log has of an exchange, and shows nothing of what that says.
   * @throws Problem NOT_FOUND as {@link find} does; STORE_UNAVAILABLE
   */
  async verify({ agency }: CallingOfficer, exchangeId: string): Promise<EntriesVerification> {
    const { key } = this.log.verifier();
    const verification = await fromStore(() => this.reader.verify(exchangeId, agency, key));
    if (!verification) throw new Problem('NOT_FOUND');
    return verification;
  }

  /**
   * Every exchange of the officer's agency about a person, under any identifier that was used for them.
   * @throws Problem SEARCH_BEHIND, LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async findPerson(
    { agency, officer }: CallingOfficer,
    identifiers: readonly Identifier[],
    of: { limit: number; after?: DisclosurePlace | undefined },
  ): Promise<PersonDisclosurePage> {
    const { person, page } = await this.projection.reading(async (query, size) => {
      const person = await this.people.know(query, agency, identifiers);
      return { person, page: await readPage(query, size, { agency, filters: {}, handles: person.handles }, of) };
    });
    await recordLookUp(this.log, {
      claims: {
        kind: 'person-searched',
        at: this.log.clock.now().toISOString(),
        searchedBy: { agency, officer },
        found: page.count,
      },
      detail: { subjectHandles: person.given },
    });
    return { ...page, identifiersLinked: person.linked };
  }

  private async prove(entries: readonly LoggedEntry[], agency: string): Promise<EntryProof[]> {
    const proofs = await fromStore(() => Promise.all(entries.map(({ index }) => this.reader.prove(index, agency))));
    return proofs.flatMap((proof) => (proof ? [EntryProof.of(proof)] : []));
  }
}

interface LoggedEntry {
  readonly index: number;
}

/** INVARIANT: 8. */
const ENTRIES = `
  SELECT log_index::float8 AS index FROM log_entries
  WHERE exchange_id = $1 AND (requester_agency = $2 OR supplier_agency = $2) ORDER BY log_index`;

async function readPage(
  query: Query,
  size: number,
  wanted: Omit<Wanted, 'logSize'>,
  { limit, after }: { limit: number; after?: DisclosurePlace | undefined },
): Promise<Pick<DisclosurePage, keyof DisclosurePage>> {
  const logSize = after ? Math.min(after.logSize, size) : size;
  const looked = { ...wanted, logSize };
  const count = await countDisclosures(query, looked);
  const found = await pageOfDisclosures(query, looked, { count, limit: limit + 1, after });
  const last = found.length > limit ? found[limit - 1] : undefined;
  return {
    disclosures: found.slice(0, limit).map((one) => DisclosureSummary.of(one, wanted.agency)),
    count,
    countIsExact: count < MOST_COUNTED,
    nextCursor: last ? cursorAfter({ logSize, decidedAt: last.decidedAt, logIndex: last.logIndex }) : null,
  };
}
