import type { Finding } from './finding.js';
import type { LogPage, LogSource, StoredEntry, StoredFacts, StoredNote } from './log-source.js';
import type { Query } from '../tree-state.js';

/** Entries or facts read at a time. With fewer, more of a verification is waiting for the next page. */
const PAGE = 4_000;
/** Of what should not be there at all, the most that are named. */
const MOST_NAMED = 100;

/** The log in the database; as of one instant if `query` runs in a repeatable-read transaction. One statement at a time. */
export function logInDatabase(query: Query): LogSource {
  return {
    async size() {
      const [row] = await query<{ size: number }>(
        'SELECT coalesce(max(tree_size), 0)::float8 AS size FROM log_checkpoints',
      );
      return row?.size ?? 0;
    },
    async *facts() {
      for (let after = '', more = true; more;) {
        const rows = await query<StoredFacts>(
          `SELECT hash, content FROM decision_facts WHERE hash > $1 ORDER BY hash LIMIT ${PAGE}`,
          [after],
        );
        yield rows;
        more = rows.length === PAGE;
        after = rows.at(-1)?.hash ?? after;
      }
    },
    async *pages() {
      let first = 0;
      for (let reading = readPage(query, first, -1); ;) {
        const page = await reading;
        const last = page.entries.at(-1);
        if (!last) break;
        // The database reads on while this page is being looked at.
        const ahead = readPage(query, last.index + 1, last.index + 1);
        ahead.catch(() => undefined);
        yield page;
        reading = ahead;
        first = last.index + 1;
      }
      yield {
        entries: [],
        checkpoints: await readNotes(query, first > 0 ? first : -1),
        damage: await readStray(query, first),
      };
    },
  };
}

/**
 * @param first index of the first entry of the page
 * @param signed size of the newest checkpoint of the pages before
 */
async function readPage(query: Query, first: number, signed: number): Promise<LogPage> {
  const entries = await query<StoredEntry>(ENTRIES, [first]);
  const end = (entries.at(-1)?.index ?? -1) + 1;
  if (end === 0) return { entries, checkpoints: [] };
  return {
    entries,
    checkpoints: await query<StoredNote>(`${NOTES} AND tree_size <= $2 ORDER BY tree_size`, [signed, end]),
    nodes: await readNodes(query, first, end),
  };
}

/** Bodies are bounded too, lest each page begin with the bodies of the pages before. */
const ENTRIES = `
  SELECT log_index::float8 AS index, kind, exchange_id AS "exchangeId", requester_agency AS requester,
    supplier_agency AS supplier, recorded_at::text AS "recordedAt", leaf_hash AS "leafHash", claims, detail, salt
  FROM log_entries LEFT JOIN (SELECT * FROM log_bodies WHERE log_index >= $1) AS bodies USING (log_index)
  WHERE log_index >= $1 ORDER BY log_index LIMIT ${PAGE}`;

const NOTES = `
  SELECT tree_size::float8 AS size, root_hash AS root, note, signed_at::text AS "signedAt"
  FROM log_checkpoints WHERE tree_size > $1`;

const readNotes = (query: Query, after: number): Promise<StoredNote[]> =>
  query<StoredNote>(`${NOTES} ORDER BY tree_size LIMIT ${MOST_NAMED}`, [after]);

/** The subtrees that are complete in a tree of `end` leaves and were not in one of `first`. */
async function readNodes(query: Query, first: number, end: number): Promise<ReadonlyMap<number, Buffer>> {
  const levels = Array.from({ length: Math.floor(Math.log2(end)) }, (_, i) => i + 1);
  const rows = await query<{ level: number; nodes: Buffer | null }>(
    `SELECT level, (
       SELECT string_agg(int8send(node_index) || hash, ''::bytea ORDER BY node_index) FROM log_nodes
       WHERE level = asked.level AND node_index >= $2::bigint >> asked.level AND node_index < $3::bigint >> asked.level
     ) AS nodes FROM unnest($1::int[]) AS asked(level)`,
    [levels, first, end],
  );
  return new Map(rows.flatMap(({ level, nodes }) => (nodes ? [[level, nodes]] : [])));
}

/** What belongs to no entry: nodes beyond the tree, and bodies of their own. */
async function readStray(query: Query, size: number): Promise<Finding[]> {
  const nodes = await query<{ level: number; first: string; count: string }>(
    `SELECT level, min(node_index) AS first, count(*) FROM generate_series(1, 52) AS asked(level) JOIN log_nodes USING (level)
     WHERE node_index >= $1::bigint >> asked.level GROUP BY level ORDER BY level`,
    [size],
  );
  const bodies = await query<{ log_index: string }>(
    `SELECT log_index FROM log_bodies b WHERE NOT EXISTS (SELECT FROM log_entries e WHERE e.log_index = b.log_index)
     ORDER BY log_index LIMIT ${MOST_NAMED}`,
  );
  return [
    ...nodes.map(({ level, first, count }): Finding => ({
      kind: 'node-without-entries',
      sentence: `At level ${level} there are nodes that stand for no entries: ${count}, from ${first} on.`,
    })),
    ...bodies.map(({ log_index: index }): Finding => ({
      kind: 'body-without-entry',
      sentence: `There is a body of entry ${index}, and no such entry.`,
      entries: [Number(index), Number(index)],
    })),
  ];
}
