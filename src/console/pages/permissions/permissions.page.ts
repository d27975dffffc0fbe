import { Injectable } from '@nestjs/common';
import { writeCsv } from '../../../agreement-documents/index.js';
import { PermissionReceipts, PermissionsService } from '../../../permissions/permissions.module.js';
import { ukTime } from '../../in-words.js';
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
import { PERMISSION_STATE_WORDS, permissionInWords } from '../../permission-words.js';
import { EMPTY_ROWS, PERSON_TYPES, readIdentifiers, type IdentifierRow } from '../person/identifiers.js';

const PATH = '/console/permissions' as const;

const COLUMNS = [
  'Permission',
  'State',
  'Kind',
  'Purpose',
  'Items',
  'Recipients',
  'Given by',
  'Wording',
  'Language',
  'Channel',
  'Asked by',
  'Recorded',
  'Valid until',
];

/**
 * What a person permitted, refused and withdrew, as the officer's agency recorded it.
 *
 * INVARIANT: 1. Identifiers come in bodies of POST alone, and what is found is the answer to that POST.
 */
@Injectable()
export class PermissionsPage implements ConsolePage {
  readonly entry = { text: 'Permissions', path: PATH } as const;
  readonly routes: readonly PageRoute[] = [
    { method: 'GET', path: PATH, roles: ACTORS, answer: () => formView(EMPTY_ROWS[0]!) },
    { method: 'POST', path: PATH, roles: ACTORS, answer: (visit) => this.show(visit) },
    { method: 'POST', path: `${PATH}.csv`, roles: ACTORS, answer: (visit) => this.csv(visit) },
  ];

  constructor(
    private readonly permissions: PermissionsService,
    private readonly receipts: PermissionReceipts,
  ) {}

  private async show(visit: Visit): Promise<PageAnswer> {
    const { row, faults, found } = await this.search(visit);
    if (faults.length > 0) return formView(row, faults);
    return view('permissions/found', 'What a person permitted', {
      row: { ...row, name: PERSON_TYPES.find(({ value }) => value === row.type)?.text },
      found,
      stateWords: PERMISSION_STATE_WORDS,
    });
  }

  private async csv(visit: Visit): Promise<PageAnswer> {
    const { row, faults, found } = await this.search(visit);
    if (faults.length > 0) return formView(row, faults);
    const rows = found.map((one) => [
      one.id,
      PERMISSION_STATE_WORDS[one.state].text,
      one.kind,
      one.purpose,
      one.items.join('; '),
      one.recipients.join('; '),
      one.givenBy,
      one.wordingVersion,
      one.language,
      one.method,
      one.askedBy,
      ukTime(one.recordedAt),
      one.validUntil ? ukTime(one.validUntil) : '',
    ]);
    return csvFile('permissions.csv', writeCsv(COLUMNS, rows));
  }

  private async search({ officer, form }: Visit) {
    const { rows, identifiers, faults } = readIdentifiers(form);
    const permissions = faults.length > 0 ? [] : await this.permissions.searchBySubject(officer, identifiers);
    const told = await Promise.all(permissions.map((one) => this.receipts.told(one)));
    return { row: rows[0]!, faults, found: told.map(permissionInWords) };
  }
}

const formView = (row: IdentifierRow, faults: readonly Fault[] = []): PageAnswer =>
  view('permissions/permissions', 'What a person permitted', { row, types: PERSON_TYPES }, faults);
