import { Problem } from '../api-contract/index.js';

/** What an export is asked for by. */
export interface ExportSearch {
  /** What was recorded from this instant until before that one. */
  readonly from: Date;
  readonly to: Date;
  /** The size of the log that it is pinned to, and the place that it goes on after; `null` where it begins at the beginning. */
  readonly pin?: { readonly treeSize: number; readonly after: number | null };
}

const MEMBERS = ['from', 'to', 'treeSize', 'after'];
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/;
const PLACE = /^(0|[1-9]\d{0,14})$/;

/**
 * Reads the query of an export, strictly: `from` and `to` are instants (RFC 3339, UTC with `Z`); `treeSize` and `after` are there
 * both or neither.
 * @throws Problem `REQUEST_INVALID` naming each member at fault
 */
export function readExportSearch(query: Readonly<Record<string, unknown>>): ExportSearch {
  const [from, to] = [instant(query['from']), instant(query['to'])];
  const [treeSize, after] = [place(query['treeSize']), place(query['after'])];
  const goesOn = query['treeSize'] !== undefined || query['after'] !== undefined;
  const wrong = [
    ...(Object.keys(query).every((name) => MEMBERS.includes(name)) ? [] : ['']),
    ...(from ? [] : ['/from']),
    ...(to && !(from && to <= from) ? [] : ['/to']),
    ...(goesOn && treeSize === undefined ? ['/treeSize'] : []),
    ...(goesOn && after === undefined ? ['/after'] : []),
  ];
  if (wrong.length > 0 || !from || !to) {
    throw new Problem('REQUEST_INVALID', {
      pointers: wrong,
      detail: `The query takes ${MEMBERS.join(', ')}, each once: from and to as 2026-11-01T00:00:00Z, from before to; treeSize and after together, to go on.`,
    });
  }
  return { from, to, ...(treeSize !== undefined && after !== undefined && { pin: { treeSize, after } }) };
}

const place = (value: unknown): number | undefined =>
  typeof value === 'string' && PLACE.test(value) ? Number(value) : undefined;

function instant(value: unknown): Date | undefined {
  if (typeof value !== 'string' || !INSTANT.test(value)) return undefined;
  const read = new Date(value);
  // What no calendar has, e.g. 30 February, is moved or not a time at all.
  return Number.isNaN(read.getTime()) || read.toISOString().slice(0, 10) !== value.slice(0, 10) ? undefined : read;
}
