import { Problem } from '../../../api-contract/index.js';
import { FILTERS, readDisclosureSearch, type DisclosureSearch } from '../../../disclosures/index.js';
import type { Fault } from '../../page.js';
import { readUkDays } from '../../uk-days.js';

/** Names of the fields of the form, which are those of the API. */
const FIELDS = ['from', 'to', ...Object.keys(FILTERS)];

export interface SearchForm {
  /** What was filled in and can be accepted, by field. */
  readonly filled: Readonly<Record<string, string>>;
  readonly faults: readonly Fault[];
  /** `undefined` where there are faults. */
  readonly search: DisclosureSearch | undefined;
}

/**
 * Reads the form of a search, whose fields may be empty. Days are days in the United Kingdom, the last one included.
 *
 * INVARIANT: 1. What is refused is named by its field, and not given back: it may be the number of a person.
 * @throws Problem REQUEST_INVALID for a cursor that was made up
 */
export function readSearchForm(query: Readonly<Record<string, string>>): SearchForm {
  const given = FIELDS.flatMap((field) => {
    const text = query[field]?.trim() ?? '';
    return text === '' ? [] : [[field, text] as const];
  });
  const { from, to, ...filters } = Object.fromEntries(given) as Record<string, string | undefined>;
  const days = readUkDays({ ...(from && { from }), ...(to && { to }) });
  const cursor = query['cursor'] ? { cursor: query['cursor'] } : {};
  const wanted = {
    ...filters,
    ...cursor,
    ...(days.from && { from: days.from.toISOString() }),
    ...(days.to && { to: days.to.toISOString() }),
  };
  const read = readOrFaults(wanted);
  const faults = [...days.faults, ...('faults' in read ? read.faults : [])];
  const refused = new Set(faults.map(({ field }) => field));
  return {
    filled: Object.fromEntries(given.filter(([field]) => !refused.has(field))),
    faults,
    search: faults.length === 0 && 'search' in read ? read.search : undefined,
  };
}

function readOrFaults(wanted: Readonly<Record<string, string>>): { search: DisclosureSearch } | { faults: Fault[] } {
  try {
    return { search: readDisclosureSearch(wanted) };
  } catch (error) {
    const fields = error instanceof Problem ? (error.details.pointers ?? []).map((pointer) => pointer.slice(1)) : [];
    if (fields.length === 0 || fields.includes('cursor')) throw error;
    return { faults: fields.map((field) => ({ field, text: FAULTS[field] ?? 'Choose each filter from its list' })) };
  }
}

const FAULTS: Readonly<Record<string, string>> = {
  staffId: 'Enter your agency’s own id of a member of staff, and never the number of a person',
};
