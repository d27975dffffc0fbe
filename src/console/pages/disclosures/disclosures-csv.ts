import { writeCsv } from '../../../agreement-documents/index.js';
import type { DisclosureSummary } from '../../../disclosures/index.js';
import { ukTime } from '../../in-words.js';
import type { Names } from '../../names.js';

const COLUMNS = [
  'Exchange',
  'Decided (UK)',
  'Decided (UTC)',
  'Kind',
  'Direction',
  'Other agency',
  'Name of other agency',
  'Pattern',
  'Data service',
  'Purpose',
  'Decision',
  'What became of it',
  'Reasons',
  'Items',
  'Items released',
  'Legal bases',
  'Override',
  'Staff role',
  'Staff id',
  'Agreement',
  'Version',
  'Law enforcement',
];

/** Disclosures as a table, one row each; see `writeCsv` for its form. Several values of one cell are separated by `; `. */
export const writeDisclosuresCsv = (disclosures: readonly DisclosureSummary[], names: Names): string =>
  writeCsv(
    COLUMNS,
    disclosures.map((one) => cellsOf(one, names)),
  );

const cellsOf = (one: DisclosureSummary, names: Names): string[] => [
  one.exchangeId,
  ukTime(one.decidedAt),
  one.decidedAt,
  one.kind,
  one.direction,
  one.otherAgency ?? '',
  one.otherAgency === null ? '' : names.agency(one.otherAgency),
  one.pattern ?? '',
  one.dataService ?? '',
  one.purpose ?? '',
  one.outcome,
  one.result ?? '',
  one.reasons.join('; '),
  one.items.join('; '),
  one.released.join('; '),
  one.legalBases.join('; '),
  one.overrideReason ?? '',
  one.staffRole ?? '',
  one.staffId ?? '',
  one.agreement?.id ?? '',
  one.agreement ? String(one.agreement.version) : '',
  one.lawEnforcement ? 'yes' : 'no',
];
