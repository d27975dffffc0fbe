import { Injectable } from '@nestjs/common';
import { writeCsv } from '../../../agreement-documents/index.js';
import { DataServiceDirectory, searchDataServices } from '../../../catalogue/catalogue.module.js';
import { Names } from '../../names.js';
import { csvFile, READERS, view, type ConsolePage, type PageAnswer, type PageRoute, type Visit } from '../../page.js';
import { pageOf } from '../../paging.js';

const COLUMNS = ['Data service', 'Name', 'Held by', 'Items', 'Your agency may ask under'];

/** Who holds what, as far as the officer's agency may know of it. */
@Injectable()
export class CataloguePage implements ConsolePage {
  readonly entry = { text: 'Catalogue', path: '/console/catalogue' } as const;
  readonly routes: readonly PageRoute[] = [
    { method: 'GET', path: '/console/catalogue', roles: READERS, answer: (visit) => this.list(visit) },
    { method: 'GET', path: '/console/catalogue.csv', roles: READERS, answer: (visit) => this.csv(visit) },
  ];

  constructor(
    private readonly directory: DataServiceDirectory,
    private readonly names: Names,
  ) {}

  private list(visit: Visit): PageAnswer {
    const { officer, query } = visit;
    const known = this.directory.knownTo(officer.agency);
    const agencies = new Map(known.map(({ agency }) => [agency.id, agency.name]));
    const purposes = new Set(known.flatMap(({ access }) => access.flatMap((one) => one.purposes)));
    return view('catalogue/catalogue', 'Who holds what', {
      ...pageOf(this.find(visit), '/console/catalogue', query),
      known: known.length,
      filled: { words: query['words'] ?? '', agency: query['agency'] ?? '', purpose: query['purpose'] ?? '' },
      agencies: [...agencies].map(([value, text]) => ({ value, text })),
      purposes: [...purposes]
        .map((value) => ({ value, text: this.names.purpose(value) }))
        .toSorted((a, b) => a.text.localeCompare(b.text, 'en-GB')),
    });
  }

  private csv(visit: Visit): PageAnswer {
    const rows = this.find(visit).map(({ id, name, agency, dataItems, access }) => [
      id,
      name,
      agency.name,
      dataItems.map((item) => item.name).join('; '),
      access.map(({ agreement, version }) => `${agreement} version ${version}`).join('; '),
    ]);
    return csvFile('catalogue.csv', writeCsv(COLUMNS, rows));
  }

  private find({ officer, query }: Visit) {
    const known = this.directory.knownTo(officer.agency);
    const { words = '', agency, purpose } = query;
    return searchDataServices(known, {
      words: words.toLowerCase().split(/\s+/).filter(Boolean),
      agency: agency || undefined,
      purpose: purpose || undefined,
      limit: known.length + 1,
      after: undefined,
    }).dataServices;
  }
}
