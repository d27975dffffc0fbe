import { writeCsv, writeCsvLines } from '../agreement-documents/index.js';
import type { Register } from '../definitions/index.js';
import { legalBasesOf, otherAgency, reasonsOf, type OwnExchange } from './own-exchanges.js';

/** Columns of the table of exchanges. Times are RFC 3339, UTC; several values of one cell are separated by `; `. */
export const EXCHANGE_COLUMNS = [
  'Line',
  'Log index',
  'Exchange',
  'Decided at',
  'Direction',
  'Other agency',
  'Name of other agency',
  'Pattern',
  'Data service',
  'Purpose',
  'Justification',
  'Agreement',
  'Version',
  'Requesting system',
  'Role',
  'Staff id',
  'Decision',
  'Reasons',
  'Items permitted',
  'Items refused',
  'Legal bases',
  'Override',
  'Authorised by role',
  'Authorised by staff id',
  'What became of it',
  'Recorded at',
  'Items released',
  'Items withheld',
  'Not known to the supplier',
  'Cause',
  'Policy version',
  'Log index of outcome',
  'Leaf hash',
] as const;
type Column = (typeof EXCHANGE_COLUMNS)[number];
type Row = Readonly<Partial<Record<Column, string>>>;

export const exchangeTableHeading = (): string => writeCsv(EXCHANGE_COLUMNS, []);

/**
 * Lines of the table, one for each exchange; see `writeCsv` for their form.
 *
 * Staff ids are those of the agency's own staff alone. An exchange that was erased has its place, its leaf and nothing more.
 * @param before number of the line before these
 */
export function exchangeTableLines(
  exchanges: readonly OwnExchange[],
  before: number,
  register: Pick<Register, 'agency'>,
): string {
  return writeCsvLines(
    exchanges.map((exchange, place) => {
      const row: Row = { ...cellsOf(exchange, register), Line: String(before + place + 1) };
      return EXCHANGE_COLUMNS.map((column) => row[column] ?? '');
    }),
  );
}

function cellsOf(exchange: OwnExchange, register: Pick<Register, 'agency'>): Row {
  const { index, exchangeId, direction, leafHash, fate } = exchange;
  const place: Row = {
    'Log index': String(index),
    'What became of it': fate,
    'Leaf hash': leafHash.toString('base64'),
  };
  if (exchange.shape === 'erased') return place;
  const other = otherAgency(exchange) ?? '';
  return {
    ...place,
    Exchange: exchangeId,
    Direction: direction,
    'Other agency': other,
    'Name of other agency': register.agency(other)?.name ?? '',
    Purpose: exchange.claims.purpose ?? '',
    Reasons: inOneCell(reasonsOf(exchange)),
    'Legal bases': inOneCell(legalBasesOf(exchange)),
    ...(exchange.shape === 'not-shared' ? decidedOutside(exchange.claims) : brokered(exchange)),
  };
}

type ShapedAs<Shape extends OwnExchange['shape']> = Extract<OwnExchange, { shape: Shape }>;

const decidedOutside = ({ at, items, decidedBy }: ShapedAs<'not-shared'>['claims']): Row => ({
  'Decided at': at,
  Role: decidedBy.role,
  'Staff id': decidedBy.staffId,
  Decision: 'not-shared',
  'Items refused': inOneCell(items),
});

function brokered({ claims, decidedAt, became, direction }: ShapedAs<'brokered'>): Row {
  const { requester, agreement, decision, items, override, outcome } = claims;
  const own = (staffId: string | null | undefined): string => (direction === 'asked' ? (staffId ?? '') : '');
  const itemsThat = (fate: string): string =>
    inOneCell(items.filter(({ outcome: one }) => one === fate).map(({ dataItem }) => dataItem));
  return {
    'Decided at': decidedAt,
    Pattern: claims.pattern,
    'Data service': claims.dataService ?? '',
    Justification: claims.justification ?? '',
    Agreement: agreement?.id ?? '',
    Version: agreement ? String(agreement.version) : '',
    'Requesting system': requester.system,
    Role: requester.role ?? '',
    'Staff id': own(requester.staffId),
    Decision: decision.outcome,
    'Items permitted': itemsThat('permit'),
    'Items refused': itemsThat('deny'),
    Override: override?.reason ?? '',
    'Authorised by role': override?.authorisedBy.role ?? '',
    'Authorised by staff id': own(override?.authorisedBy.staffId),
    'Recorded at': became?.at ?? '',
    'Items released': inOneCell(outcome?.released ?? []),
    'Items withheld': inOneCell((outcome?.withheld ?? []).map(({ dataItem, reason }) => `${dataItem} (${reason})`)),
    'Not known to the supplier': outcome?.noTrace ? 'yes' : '',
    Cause: outcome?.cause ?? '',
    'Policy version': decision.policyVersion,
    'Log index of outcome': became ? String(became.index) : '',
  };
}

const inOneCell = (values: readonly string[]): string => values.join('; ');
