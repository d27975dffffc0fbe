import { randomBytes, randomInt } from 'node:crypto';
import { DataSource } from 'typeorm';
import { appendWithin, type LogEntry, type NoteKey } from '../../src/disclosure-log/index.js';
import { subjectHandle, type Identifier } from '../../src/subject-handles/index.js';
import { nhsNumbers, uprn } from '../load/requests.js';

/** What a large log is made of: exchanges of two entries, a decision and its outcome, or of a refusal alone. */
export interface LargeLog {
  readonly databaseUrl: string;
  readonly signer: NoteKey;
  /** The key of subject handles. */
  readonly handles: Buffer;
  /** Entries, or a few more. */
  readonly entries: number;
  /** The first entry's time; the others follow evenly, up to `until`. */
  readonly from: Date;
  readonly until: Date;
}

/** Entries appended in one transaction. */
const BATCH = 4_000;
const PROGRESS_EVERY = 250_000;
/** About three exchanges for each person; as many again are about premises. */
const ENTRIES_PER_PERSON = 10;
const MOST_PEOPLE = 400_000;
const PREMISES = 50_000;

/**
 * Fills a log that has no such entries yet, by the gateway's own way to append: canonical text, salted leaves, nodes of the tree
 * and a signed checkpoint for each batch.
 * @returns NHS numbers that it holds exchanges about
 */
export async function makeLargeLog(of: LargeLog, progress: (line: string) => void): Promise<string[]> {
  const people = nhsNumbers(999_100_000, Math.min(MOST_PEOPLE, Math.ceil(of.entries / ENTRIES_PER_PERSON)));
  const handlesOf = handlesBy(of.handles);
  const dataSource = await new DataSource({ type: 'postgres', url: of.databaseUrl, poolSize: 1 }).initialize();
  const timeOf = (entry: number): Date =>
    new Date(of.from.getTime() + (entry / of.entries) * (of.until.getTime() - of.from.getTime()));
  try {
    for (let made = 0; made < of.entries;) {
      const entries: LogEntry[] = [];
      while (entries.length < BATCH && made + entries.length < of.entries) {
        entries.push(...exchangeAt(timeOf(made + entries.length), people[randomInt(people.length)]!, handlesOf));
      }
      made += entries.length;
      await dataSource.transaction(async (manager) => {
        await manager.query('SELECT 1 FROM log_lock FOR UPDATE');
        const query = async <Row>(sql: string, values?: unknown[]) => (await manager.query(sql, values)) as Row[];
        await appendWithin(query, entries, { signer: of.signer, at: timeOf(made) });
      });
      if (made % PROGRESS_EVERY < BATCH) progress(`log: ${made} of ${of.entries} entries`);
    }
  } finally {
    await dataSource.destroy();
  }
  return people;
}

/** Handles of a subject in an agency's view, each computed once. */
function handlesBy(key: Buffer): (agency: string, identifier: Identifier) => string {
  const known = new Map<string, string>();
  return (agency, identifier) => {
    const name = `${agency} ${identifier.value}`;
    const made = known.get(name) ?? subjectHandle(key, agency, identifier);
    known.set(name, made);
    return made;
  };
}

/** What occurs, in turn: two agreements, and now and then a refusal. */
const FIRE = {
  requester: { agency: 'northmoor-fire', system: 'northmoor-fire-control', role: 'control-operator' },
  supplier: 'northmoor-council',
  dataService: 'northmoor-council/premises-risk',
  purpose: 'premises-risk',
  agreement: { id: 'fire-premises-risk', version: 1, hash: '20d08d6b'.repeat(8) },
  items: ['hazards', 'access-notes'],
  legalBasis: ['ukgdpr-6-1-e', 'frsa-2004-s7'],
} as const;
const CARE = {
  requester: { agency: 'northmoor-council', system: 'northmoor-council-adult-care', role: 'social-worker' },
  supplier: 'northmoor-nhs-trust',
  dataService: 'northmoor-nhs-trust/assessed-needs',
  purpose: 'adult-social-care',
  agreement: { id: 'adult-care-assessed-needs', version: 1, hash: '5f0a2b1c'.repeat(8) },
  items: ['assessed-needs', 'risk-summary'],
  legalBasis: ['ukgdpr-6-1-e', 'care-2014-s6', 'ukgdpr-9-2-h', 'dpa-sch1-para2', 'cldc-explicit-consent'],
} as const;

/** The entries of one exchange as the gateway writes them. One of twenty is refused. */
function exchangeAt(time: Date, person: string, handlesOf: ReturnType<typeof handlesBy>): LogEntry[] {
  const kindOf = randomInt(2) === 0 ? FIRE : CARE;
  const subject: Identifier =
    kindOf === FIRE ? { type: 'uprn', value: uprn(randomInt(PREMISES)) } : { type: 'nhs-number', value: person };
  const exchangeId = uuidAt(time);
  const permitted = randomInt(20) > 0;
  const at = time.toISOString();
  const { requester, supplier, dataService, purpose, agreement, items, legalBasis } = kindOf;
  const claims = {
    exchangeId,
    at,
    pattern: 'query' as const,
    requester: { ...requester, staffId: `staff-${randomInt(500)}` },
    supplier,
    dataService,
    purpose,
    justification: null,
    agreement,
    decision: {
      outcome: permitted ? ('permit' as const) : ('deny' as const),
      reasonCodes: [permitted ? 'PERMIT' : 'DENY_NO_RELATIONSHIP'],
      policyVersion: 'ab'.repeat(32),
    },
    items: items.map((dataItem) => ({
      dataItem,
      outcome: permitted ? ('permit' as const) : ('deny' as const),
      reasonCodes: permitted ? [] : ['DENY_NO_RELATIONSHIP'],
      legalBasis: permitted ? legalBasis : [],
    })),
  };
  const detail = {
    subjectHandles: { requester: [handlesOf(requester.agency, subject)], supplier: [handlesOf(supplier, subject)] },
    caseReferenceHandle: randomBytes(32).toString('base64url'),
    permissions: [],
    registerRevision: 1,
    factsHash: null,
  };
  const decided: LogEntry = { claims: { kind: 'decision', ...claims }, detail };
  if (!permitted) return [decided];
  const outcome = { result: 'disclosed' as const, released: items, withheld: [], cause: null };
  return [decided, { claims: { kind: 'outcome', ...claims, outcome }, detail }];
}

/** RFC 9562 section 5.7, of a time in the past. */
function uuidAt(time: Date): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(time.getTime(), 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
