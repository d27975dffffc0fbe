import { hash } from 'node:crypto';
import pg from 'pg';
import { growTree, signGrowth, storeGrowth } from '../../src/disclosure-log/append-entries.js';
import type { ExchangeEntry, LogEntry, NoteKey } from '../../src/disclosure-log/index.js';
import {
  INSERT_CHECKPOINT,
  loadTree,
  NEWEST_CHECKPOINT,
  type Query,
  type StoredCheckpoint,
} from '../../src/disclosure-log/tree-state.js';
import { decisionEntry, FIXED_NOW } from './log.js';

/** The facts that every entry of a filled log was decided on. */
const FACTS = '{"on":"2026-11-22"}';
const FACTS_HASH = hash('sha256', FACTS);
/** Checkpoints in one transaction. */
const TOGETHER = 20;

/** Adds entries to the log quickly and honestly: hashed and signed as the gateway does, a checkpoint for every `batch`. */
export async function fillLog(
  ownerUrl: string,
  signer: NoteKey,
  { count, batch = 256, entry = fullEntry }: { count: number; batch?: number; entry?: (place: number) => LogEntry },
): Promise<void> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  const query: Query = async <Row extends pg.QueryResultRow>(text: string, values: unknown[] = [], name?: string) =>
    (await client.query<Row>({ text, values, ...(name !== undefined && { name }) })).rows;
  try {
    await query('INSERT INTO decision_facts VALUES ($1, $2, now()) ON CONFLICT DO NOTHING', [FACTS_HASH, FACTS]);
    const [newest] = await query<StoredCheckpoint>(NEWEST_CHECKPOINT);
    const tree = await loadTree(query, newest, signer);
    const until = tree.size + count;
    while (tree.size < until) {
      await query('BEGIN');
      await query('SELECT 1 FROM log_lock FOR UPDATE');
      for (let turn = 0; turn < TOGETHER && tree.size < until; turn++) {
        const size = tree.size;
        const entries = Array.from({ length: Math.min(batch, until - size) }, (_, i) => entry(size + i));
        const growth = growTree(entries, tree);
        const stored = await storeGrowth(growth, { query, at: FIXED_NOW });
        await query(INSERT_CHECKPOINT, [...signGrowth(growth, stored, { signer, at: FIXED_NOW }).checkpoint]);
      }
      await query('COMMIT');
    }
  } finally {
    await client.end();
  }
}

const ITEMS = ['assessed-needs', 'care-coordinator', 'support-plan'];

/** An entry as long as those of real exchanges, with archived facts. */
export function fullEntry(): LogEntry {
  const { claims, detail } = decisionEntry() as ExchangeEntry;
  return {
    claims: {
      ...claims,
      agreement: { id: 'adult-social-care-and-health', version: 3, hash: 'a'.repeat(64) },
      items: ITEMS.map((item) => ({
        dataItem: `a-trust/needs#${item}`,
        outcome: 'permit' as const,
        reasonCodes: ['PERMIT'],
        legalBasis: ['uk-gdpr-6-1-e', 'uk-gdpr-9-2-h', 'care-act-2014-s6', 'hscic-confidentiality-consent'],
      })),
    },
    detail: {
      ...detail,
      subjectHandles: { requester: ['A'.repeat(43)], supplier: ['B'.repeat(43)] },
      caseReferenceHandle: 'C'.repeat(43),
      permissions: ['019a9d2e-5c11-7000-8000-000000000001'],
      factsHash: FACTS_HASH,
    },
  };
}
