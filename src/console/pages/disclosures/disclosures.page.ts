import { Injectable } from '@nestjs/common';
import type { CallingOfficer } from '../../../access/index.js';
import { RegisterService } from '../../../definitions/definitions.module.js';
import { MOST_COUNTED, type DisclosurePage } from '../../../disclosures/index.js';
import { DisclosuresService } from '../../../disclosures/disclosures.module.js';
import { projectLegalBases } from '../../../legal-bases/index.js';
import { Names } from '../../names.js';
import {
  ACTORS,
  csvFile,
  opens,
  view,
  type ConsolePage,
  type PageAnswer,
  type PageRoute,
  type Visit,
} from '../../page.js';
import { rowOf } from './disclosure-words.js';
import { writeDisclosuresCsv } from './disclosures-csv.js';
import { readSearchForm, type SearchForm } from './search-form.js';
import { searchOptions, type OptionParts } from './search-options.js';

/** Who sees disclosures: as by the API. */
export const DISCLOSURE_READERS = ['officer', 'reviewer', 'oversight'] as const;

const PATH = '/console/disclosures';

/** What the officer's agency asked for and was asked for, by every filter that the API has. */
@Injectable()
export class DisclosuresPage implements ConsolePage {
  readonly entry = { text: 'Disclosures', path: PATH } as const;
  readonly routes: readonly PageRoute[] = [
    { method: 'GET', path: PATH, roles: DISCLOSURE_READERS, answer: (visit) => this.list(visit) },
    { method: 'GET', path: `${PATH}.csv`, roles: DISCLOSURE_READERS, answer: (visit) => this.csv(visit) },
  ];

  private readonly catalogue = projectLegalBases();

  constructor(
    private readonly disclosures: DisclosuresService,
    private readonly registers: RegisterService,
    private readonly names: Names,
  ) {}

  private async list({ officer, query }: Visit): Promise<PageAnswer> {
    const form = readSearchForm(query);
    const page = form.search && (await this.disclosures.list(officer, form.search));
    return this.listView(officer, form, page, query['cursor']);
  }

  private listView(officer: CallingOfficer, form: SearchForm, page?: DisclosurePage, cursor?: string): PageAnswer {
    const { filled, faults } = form;
    const rows = page?.disclosures ?? [];
    const data = {
      searched: page !== undefined,
      mayLookUp: opens(ACTORS, officer),
      rows: rows.map((one) => rowOf(one, this.names)),
      count: page?.count,
      isExact: page?.countIsExact,
      isFiltered: Object.keys(filled).length > 0,
      filled,
      moreAreSet: MORE.some((name) => filled[name] !== undefined),
      options: searchOptions(officer, { rows, filled }, this.optionParts()),
      csv: addressOf(`${PATH}.csv`, filled),
      first: cursor && addressOf(PATH, filled),
      next: page?.nextCursor ? addressOf(PATH, { ...filled, cursor: page.nextCursor }) : undefined,
    };
    return view('disclosures/disclosures', 'Disclosures', data, faults);
  }

  /** Of everything that the filters fit: it is one look, and one entry of the log. */
  private async csv({ officer, query }: Visit): Promise<PageAnswer> {
    const { cursor: _, ...filters } = query;
    const form = readSearchForm(filters);
    if (!form.search) return this.listView(officer, form);
    const { disclosures, countIsExact } = await this.disclosures.list(officer, { ...form.search, limit: MOST_COUNTED });
    if (!countIsExact) {
      const text = `A list of ${MOST_COUNTED.toLocaleString('en-GB')} or more is too long for one file: narrow the time`;
      return this.listView(officer, { ...form, faults: [{ field: 'from', text }] });
    }
    return csvFile('disclosures.csv', writeDisclosuresCsv(disclosures, this.names));
  }

  private optionParts(): OptionParts {
    return { register: this.registers.current(), catalogue: this.catalogue, names: this.names };
  }
}

/** Filters that stand behind a fold, unless one of them is set. */
const MORE = ['kind', 'legalBasis', 'pattern', 'result', 'reason', 'override', 'staffRole', 'staffId', 'agreement'];

function addressOf(to: string, filled: Readonly<Record<string, string>>): string {
  const query = new URLSearchParams(filled).toString();
  return query === '' ? to : `${to}?${query}`;
}
