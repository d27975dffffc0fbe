import { Injectable } from '@nestjs/common';
import { AgreementLifecycle, LIFE_STATES, type LifeState } from '../../../agreement-lifecycle/index.js';
import { writeCsv } from '../../../agreement-documents/index.js';
import { Problem } from '../../../api-contract/index.js';
import { AGREEMENT_STATES } from '../../in-words.js';
import { Names } from '../../names.js';
import { csvFile, READERS, view, type ConsolePage, type PageAnswer, type PageRoute, type Visit } from '../../page.js';
import { pageOf } from '../../paging.js';

const COLUMNS = [
  'Agreement',
  'Version',
  'Title',
  'State',
  'Parties',
  'First day',
  'Last day',
  'To be reviewed by',
  'SHA-256',
];

/** Every version of an agreement that the officer's agency may know of. */
@Injectable()
export class AgreementsPage implements ConsolePage {
  readonly entry = { text: 'Agreements', path: '/console/agreements' } as const;
  readonly routes: readonly PageRoute[] = [
    { method: 'GET', path: '/console/agreements', roles: READERS, answer: (visit) => this.list(visit) },
    { method: 'GET', path: '/console/agreements.csv', roles: READERS, answer: (visit) => this.csv(visit) },
  ];

  constructor(
    private readonly lifecycle: AgreementLifecycle,
    private readonly names: Names,
  ) {}

  private async list(visit: Visit): Promise<PageAnswer> {
    const { query } = visit;
    const { known, found } = await this.find(visit);
    const states = LIFE_STATES.map((value) => ({ value, text: AGREEMENT_STATES[value].text }));
    const others = new Set(known.flatMap(({ parties }) => parties.map(({ id }) => id)));
    others.delete(visit.officer.agency);
    const parties = [...others].map((value) => ({ value, text: this.names.agency(value) }));
    return view('agreements/agreements', 'Agreements', {
      ...pageOf(found, '/console/agreements', query),
      known: known.length,
      filled: { state: query['state'] ?? '', party: query['party'] ?? '', words: query['words'] ?? '' },
      states,
      parties,
    });
  }

  private async csv(visit: Visit): Promise<PageAnswer> {
    const { found } = await this.find(visit);
    const rows = found.map(({ id, version, title, state, parties, startsOn, endsOn, reviewOn, hash }) => [
      id,
      String(version),
      title,
      AGREEMENT_STATES[state].text,
      parties.map(({ id: party }) => party).join(' '),
      startsOn,
      endsOn,
      reviewOn ?? '',
      hash,
    ]);
    return csvFile('agreements.csv', writeCsv(COLUMNS, rows));
  }

  private async find({ officer, query }: Visit) {
    const { state, party, words = '' } = query;
    if (state && !(LIFE_STATES as readonly string[]).includes(state)) throw new Problem('REQUEST_INVALID');
    const known = (await this.lifecycle.list(officer)).map(({ life: { document, hash }, state: stands }) => {
      const { id, version, title, parties, startsOn, endsOn, reviewOn } = document;
      const named = parties.map((one) => ({ id: one, name: this.names.agency(one) }));
      return { id, version, title, startsOn, endsOn, reviewOn, hash, state: stands, parties: named };
    });
    const asked = words.toLowerCase().split(/\s+/).filter(Boolean);
    const found = known.filter(
      (one) =>
        (!state || one.state === (state as LifeState)) &&
        (!party || one.parties.some(({ id }) => id === party)) &&
        asked.every((word) => `${one.id} ${one.title}`.toLowerCase().includes(word)),
    );
    return { known, found };
  }
}
