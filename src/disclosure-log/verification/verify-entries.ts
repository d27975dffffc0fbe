import { BodyChecks } from './check-bodies.js';
import { openCheckpoint, type Checkpoint, type NoteKey } from '../tree/checkpoint.js';
import { leafHashOf } from '../tree/commitment.js';
import type { BodiesErasedEntry, IndexRange } from '../entries/entry.js';
import type { Find } from './finding.js';
import { readInclusionProofs } from '../inclusion-proofs.js';
import type { StoredEntry, StoredFacts } from './log-source.js';
import { verifyInclusion } from '../tree/merkle-tree.js';
import { LogDamaged, NEWEST_CHECKPOINT, type Query, type StoredCheckpoint } from '../tree-state.js';

/** An entry that was verified. */
export interface VerifiedEntry {
  readonly index: number;
  readonly kind: string;
  /** Recomputed from the body where there is one, else as it is stored. */
  readonly leafHash: Buffer;
  /** Leaf upwards; `undefined` where the stored tree has none. */
  readonly proof: readonly Buffer[] | undefined;
  /** That leaf hash and proof lead to the root that was signed. */
  readonly isIncluded: boolean;
  readonly hasBody: boolean;
  /** `false` of a body whose hash is not the leaf that is stored. */
  readonly makesLeaf: boolean;
  /** The entry that says that the body was erased; `undefined` where none does. */
  readonly erasedBy: ErasingEntry | undefined;
}

export interface ErasingEntry extends Pick<BodiesErasedEntry['claims'], 'at' | 'reason'> {
  readonly index: number;
}

/** What came of verifying some entries. `findings` is empty when everything about them stands. */
export interface EntriesVerification {
  /** The newest, which the log's key signed; `undefined` where it did not. */
  readonly checkpoint: Checkpoint | undefined;
  readonly entries: readonly VerifiedEntry[];
  /** One sentence each, naming the index concerned. */
  readonly findings: readonly string[];
}

/**
 * Verifies the entries of an exchange by themselves: the signature of the newest checkpoint; of each entry that its body makes
 * its leaf, that its columns say what the body says, that the archived facts are those that it names, and that the leaf is in the
 * tree that was signed. Of a body that is gone: that an entry which is verified in the same way says that it was erased.
 *
 * INVARIANT: 8. `undefined` when there is no such exchange, and when the agency is no part of it.
 *
 * Does NOT verify any other entry, or that the checkpoint is consistent with earlier ones (see `verifyLog`). Of an entry without
 * a body the columns are not verified: nothing commits to them any more.
 *
 * @param query runs in a repeatable-read transaction, so that all is as of one instant
 */
export async function verifyEntriesOf(
  query: Query,
  key: NoteKey,
  { exchangeId, agency }: { readonly exchangeId: string; readonly agency: string },
): Promise<EntriesVerification | undefined> {
  const entries = await query<StoredEntry>(ENTRIES, [exchangeId, agency, KINDS]);
  if (entries.length === 0) return undefined;
  const bodiless = entries.filter(({ claims }) => claims === null).map(({ index }) => index);
  const erasing = bodiless.length > 0 ? await query<StoredEntry>(ERASING, [bodiless]) : [];
  const all = [...entries, ...erasing].toSorted((one, other) => one.index - other.index);

  const findings: string[] = [];
  const find: Find = (_kind, sentence) => void findings.push(sentence);
  checkBodies(all, await query<StoredFacts>(FACTS, [all.flatMap(factsHashOf)]), find);

  const [newest] = await query<StoredCheckpoint>(NEWEST_CHECKPOINT);
  const checkpoint = newest && openCheckpoint(newest.note, key);
  if (!checkpoint) find('checkpoint-not-signed', 'The newest checkpoint is not one that the log’s key signed.');
  const places: Place[] = [];
  // One statement at a time: they share a connection.
  for (const entry of all) {
    const place = await placeOf(query, entry, checkpoint);
    if (!place.isIncluded)
      find('entry-not-signed', `Entry ${entry.index} is not in the tree that the newest checkpoint signs.`);
    places.push(place);
  }
  return {
    checkpoint,
    findings,
    entries: entries.map(({ index, kind, claims, leafHash }) => {
      const place = places.find((one) => one.index === index)!;
      return {
        ...place,
        kind,
        hasBody: claims !== null,
        makesLeaf: place.leafHash.equals(leafHash),
        erasedBy: erasing.map(readErasing).find(({ erased }) => erased.some(holds(index))),
      };
    }),
  };
}

/** The checks that a verification of the whole log makes, of these alone. */
function checkBodies(entries: readonly StoredEntry[], facts: readonly StoredFacts[], find: Find) {
  const bodies = new BodyChecks(find);
  bodies.addFacts(facts);
  let next = 0;
  for (const entry of entries) {
    // Whatever is not looked at is nothing to be said of.
    if (entry.index > next) bodies.skip(next, entry.index - 1);
    bodies.check(entry);
    next = entry.index + 1;
  }
  bodies.finish();
}

type Place = Pick<VerifiedEntry, 'index' | 'leafHash' | 'proof' | 'isIncluded'>;

async function placeOf(query: Query, entry: StoredEntry, checkpoint: Checkpoint | undefined): Promise<Place> {
  const { index, claims, detail, salt } = entry;
  const leafHash =
    claims === null || detail === null || salt === null ? entry.leafHash : leafHashOf({ claims, detail }, salt);
  const proof = checkpoint && index < checkpoint.size ? await proofOf(query, index, checkpoint.size) : undefined;
  const isIncluded =
    checkpoint !== undefined &&
    proof !== undefined &&
    verifyInclusion(index, checkpoint.size, leafHash, proof, checkpoint.root);
  return { index, leafHash, proof, isIncluded };
}

/** `undefined` where a node of the stored tree is missing. */
async function proofOf(query: Query, index: number, size: number): Promise<Buffer[] | undefined> {
  try {
    const [proof] = await readInclusionProofs(query, [index], size);
    return proof;
  } catch (error) {
    if (error instanceof LogDamaged) return undefined;
    throw error;
  }
}

/** What cannot be read is found by the check of the body. */
function factsHashOf({ detail }: StoredEntry): string[] {
  try {
    const { factsHash } = JSON.parse(detail ?? '{}') as { factsHash?: unknown };
    return typeof factsHash === 'string' ? [factsHash] : [];
  } catch {
    return [];
  }
}

function readErasing({ index, claims }: StoredEntry): ErasingEntry & { readonly erased: readonly IndexRange[] } {
  const { at, reason, erased } = JSON.parse(claims ?? '{}') as BodiesErasedEntry['claims'];
  return { index, at, reason, erased };
}

const holds =
  (index: number) =>
  ([first, last]: IndexRange): boolean =>
    first <= index && index <= last;

/** What was decided and what became of it. Who looked is each agency's own matter. */
const KINDS = ['decision', 'outcome', 'reconciliation', 'override-review-answered', 'decision-not-to-share'];

const STORED = `
  SELECT log_index::float8 AS index, kind, exchange_id AS "exchangeId", requester_agency AS requester,
    supplier_agency AS supplier, recorded_at::text AS "recordedAt", leaf_hash AS "leafHash", claims, detail, salt
  FROM log_entries LEFT JOIN log_bodies USING (log_index)`;

const ENTRIES = `${STORED}
  WHERE exchange_id = $1 AND kind = ANY ($3) AND EXISTS (
    SELECT FROM log_entries own WHERE own.exchange_id = $1 AND (own.requester_agency = $2 OR own.supplier_agency = $2))
  ORDER BY log_index`;

/** The entries that say that any of these bodies was erased. Whatever is no such entry is passed over, and not fallen over. */
const ERASING = `${STORED}
  WHERE kind = 'bodies-erased' AND log_index > (SELECT min(gone) FROM unnest($1::bigint[]) AS gone) AND EXISTS (
    SELECT FROM unnest($1::bigint[]) AS gone
    WHERE CASE WHEN claims IS JSON THEN jsonb_path_exists(
      claims::jsonb, 'strict $.erased[*] ? (@[0] <= $gone && @[1] >= $gone)', jsonb_build_object('gone', gone), true) END)
  ORDER BY log_index`;

const FACTS = 'SELECT hash, content FROM decision_facts WHERE hash = ANY ($1)';
