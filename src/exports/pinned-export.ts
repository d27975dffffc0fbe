import { Problem } from '../api-contract/index.js';
import type { Query } from '../policy/index.js';
import type { ExportSearch } from './export-search.js';
import { countOwnEntries, firstRecordedAt, type Kinds, type Span } from './own-entries.js';

/** An export that is tied to the log as of one checkpoint, so that asked for again it is the same, whatever was added since. */
export interface PinnedExport {
  readonly agency: string;
  readonly from: Date;
  readonly to: Date;
  readonly treeSize: number;
  /** C2SP signed note of the tree of `treeSize` entries. */
  readonly checkpoint: string;
  /** Lines of the whole export. */
  readonly total: number;
  /** Lines that came before, where it goes on. */
  readonly before: number;
  /** What is still to be read. */
  readonly rest: Span;
}

/**
 * Pins an export to the newest checkpoint, or finds again what it was pinned to.
 * @throws Problem `REQUEST_INVALID` when no checkpoint of that size was ever signed; `NOT_FOUND` for a log without entries
 */
export async function pinExport(
  query: Query,
  agency: string,
  kinds: Kinds,
  { from, to, pin }: ExportSearch,
): Promise<PinnedExport> {
  const { size: treeSize, note: checkpoint } = await readCheckpoint(query, pin?.treeSize);
  const first = await firstRecordedAt(query, from, treeSize);
  const end = await firstRecordedAt(query, to, treeSize);
  const next = Math.max(first, Math.min((pin?.after ?? -1) + 1, end));
  const before = await countOwnEntries(query, agency, kinds, { first, end: next });
  const still = await countOwnEntries(query, agency, kinds, { first: next, end });
  return { agency, from, to, treeSize, checkpoint, total: before + still, before, rest: { first: next, end } };
}

async function readCheckpoint(query: Query, size: number | undefined): Promise<{ size: number; note: string }> {
  const [row] = await query<{ size: number; note: string }>(
    `SELECT tree_size::float8 AS size, note FROM log_checkpoints WHERE $1::bigint IS NULL OR tree_size = $1
     ORDER BY tree_size DESC LIMIT 1`,
    [size ?? null],
  );
  if (row) return row;
  if (size === undefined) throw new Problem('NOT_FOUND');
  throw new Problem('REQUEST_INVALID', {
    pointers: ['/treeSize'],
    detail: 'Take treeSize from the export that is to go on.',
  });
}
