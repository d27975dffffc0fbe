import { DataSource } from 'typeorm';
import { EntryStale, type DisclosureLog } from '../../../src/disclosure-log/index.js';
import type { Problem } from '../../../src/api-contract/index.js';
import { StatementsService } from '../../../src/statements/statements.module.js';
import type { StatementContent } from '../../../src/statements/statement.js';
import { subjectHandle } from '../../../src/subject-handles/index.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';
import { decisionEntry, FIXED_NOW, openLog } from '../../support/log.js';
import { LACKS_CAPACITY } from '../../support/permission.js';
import { readLog } from '../../support/read-log.js';
import { makeTestKeys } from '../../support/test-keys.js';

const council = { system: 'council-care', agency: 'northmoor-council' };
const trust = { system: 'trust-records', agency: 'northmoor-nhs-trust' };
const PERSON = '9990000018';
const OTHER = '9990000034';
const subject = (value = PERSON) => ({ identifiers: [{ type: 'nhs-number', value }] });

const objection = (change: Partial<StatementContent> = {}): StatementContent => ({
  kind: 'objection',
  purpose: 'adult-social-care',
  recipients: ['northmoor-council'],
  items: ['northmoor-nhs-trust/assessed-needs#*'],
  says: 'do-not-share',
  reason: 'particular-situation',
  decision: null,
  validUntil: null,
  ...change,
});
const decidedBy = { staffId: 'tr-0042', role: 'consultant' };
const bestInterests = (change: object = {}, validUntil = '2027-05-22T09:00:00Z'): StatementContent =>
  objection({
    kind: 'best-interests-decision',
    says: 'share',
    reason: null,
    decision: { decidedBy, consulted: ['family-carer'], capacityStatement: LACKS_CAPACITY, ...change },
    validUntil: new Date(validUntil),
  });

describe('recording and lifting statements about sharing', () => {
  const keys = makeTestKeys();
  let database: TestDatabase;
  let dataSource: DataSource;
  let log: DisclosureLog;
  let statements: StatementsService;
  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await new DataSource({ type: 'postgres', url: database.applicationUrl }).initialize();
    log = openLog(database.applicationUrl);
  });
  afterAll(async () => {
    await log.close();
    await dataSource.destroy();
    await database.drop();
  });
  beforeEach(async () => {
    await runAsOwner(database.ownerUrl, 'TRUNCATE sharing_statements, idempotency_keys');
    statements = new StatementsService(dataSource, log, keys);
  });

  const record = (content = objection(), of = PERSON, by = trust, key?: string) =>
    statements.record(by, subject(of), content, key);
  const handle = (agency: string, value = PERSON) =>
    subjectHandle(keys.subjectHandle, agency, { type: 'nhs-number', value });
  const numbers = async (): Promise<number[]> =>
    (
      await runAsOwner<{ n: string }>(
        database.ownerUrl,
        'SELECT change_number AS n FROM sharing_statements ORDER BY change_number',
      )
    ).map(({ n }) => Number(n));
  const refused = async (work: Promise<unknown>): Promise<object> => {
    const problem = (await work.then(
      () => ({ code: 'none', details: {} }),
      (error: Problem) => error,
    )) as Problem;
    return { code: problem.code, pointers: problem.details.pointers };
  };

  it('keeps a statement and its entry, in which the person is a handle of the recording agency', async () => {
    const { id } = await record();
    expect(await statements.find(trust, 'objection', id)).toMatchObject({
      kind: 'objection',
      subjectHandles: [handle(trust.agency)],
      says: 'do-not-share',
      recordedAt: FIXED_NOW,
      liftedAt: null,
    });
    expect((await readLog(database.ownerUrl)).at(-1)).toMatchObject({
      kind: 'statement-recorded',
      claims: { statement: id, statementKind: 'objection', says: 'do-not-share', recordedBy: trust },
      detail: { subjectHandles: [handle(trust.agency)] },
    });
  });

  it('keeps who decided and on what, of a best-interests decision', async () => {
    const { id } = await record(bestInterests());
    expect(await statements.find(trust, 'best-interests-decision', id)).toMatchObject({
      says: 'share',
      decision: { decidedBy, consulted: ['family-carer'], capacityStatement: LACKS_CAPACITY },
      validUntil: new Date('2027-05-22T09:00:00Z'),
    });
  });

  it.each<[string, StatementContent, string]>([
    ['has ended', bestInterests({}, '2026-11-22T09:30:00Z'), '/validUntil'],
    ['stands for more than a year', bestInterests({}, '2027-11-22T09:30:00.001Z'), '/validUntil'],
    [
      'is about a person who has capacity',
      bestInterests({ capacityStatement: { ...LACKS_CAPACITY, finding: 'has-capacity' } }),
      '/capacityStatement/finding',
    ],
    [
      'rests on an assessment that is still to come',
      bestInterests({ capacityStatement: { ...LACKS_CAPACITY, assessedOn: '2026-11-23' } }),
      '/capacityStatement/assessedOn',
    ],
    ['was decided by an NHS number', bestInterests({ decidedBy: { staffId: PERSON, role: 'nurse' } }), '/decidedBy'],
    ['consulted a National Insurance number', bestInterests({ consulted: ['nn123456c'] }), '/consulted'],
    ['has a purpose that is one', objection({ purpose: 'nn123456c' }), '/purpose'],
    ['has a recipient that is one', objection({ recipients: ['nn123456c'] }), '/recipients'],
    ['has an item that is one', objection({ items: ['northmoor-nhs-trust/needs#nn123456c'] }), '/items'],
  ])('refuses one that %s, and records nothing', async (_what, content, pointer) => {
    const before = (await readLog(database.ownerUrl)).length;
    expect(await refused(record(content))).toEqual({ code: 'REQUEST_INVALID', pointers: [pointer] });
    expect(await numbers()).toEqual([]);
    expect((await readLog(database.ownerUrl)).length).toBe(before);
  });

  it('answers a repeat with what stands, and refuses another request under the same key', async () => {
    const first = await record(objection(), PERSON, trust, 'a-key');
    expect(await record(objection(), PERSON, trust, 'a-key')).toEqual(first);
    for (const [content, person] of [
      [objection(), OTHER],
      [bestInterests(), PERSON],
    ] as const) {
      expect(await refused(record(content, person, trust, 'a-key'))).toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    }
    expect(await numbers()).toEqual([1]);
  });

  it('is lifted once, however often; and looks to another agency, or as another kind, like what does not exist', async () => {
    const { id } = await record();
    for (const work of [
      () => statements.lift(council, 'objection', id),
      () => statements.find(council, 'objection', id),
      () => statements.lift(trust, 'hold-back', id),
    ]) {
      expect(await refused(work())).toMatchObject({ code: 'NOT_FOUND' });
    }
    const lifted = await Promise.all(Array.from({ length: 5 }, () => statements.lift(trust, 'objection', id)));
    for (const { liftedAt } of lifted) expect(liftedAt).toEqual(FIXED_NOW);
    const entries = (await readLog(database.ownerUrl)).filter(({ claims }) => claims.statement === id);
    expect(entries.map(({ kind }) => kind)).toEqual(['statement-recorded', 'statement-lifted']);
  });

  it('gives each change a number of its own, in the order of the log, however many come at once', async () => {
    const made = await Promise.all(Array.from({ length: 20 }, () => record()));
    expect(await numbers()).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    await statements.lift(trust, 'objection', made[0]!.id);
    expect((await numbers()).at(-1)).toBe(21);
  });

  describe('read for an exchange', () => {
    const handles = [handle(council.agency), handle(trust.agency)];
    const others = [handle(council.agency, OTHER), handle(trust.agency, OTHER)];
    const read = (of = handles) => statements.recordedOf(of, 5_000);

    it('asks the database nothing about people of whom nothing was ever recorded', async () => {
      await record();
      await statements.catchUp();
      let queries = 0;
      const counting = new Proxy(dataSource, {
        get: (target, name) => {
          if (name === 'query') queries++;
          const value = Reflect.get(target, name) as unknown;
          return typeof value === 'function' ? (value.bind(target) as unknown) : value;
        },
      });
      const replica = new StatementsService(counting, log, keys);
      await replica.catchUp();
      queries = 0;
      expect(await replica.recordedOf(others, 5_000)).toEqual({ statements: [], seen: 1, handles: others });
      expect(queries).toBe(0);
      expect((await replica.recordedOf(handles, 5_000)).statements).toHaveLength(1);
      expect(queries).toBe(1);
    });

    it('has what either agency recorded, in its own view and no other', async () => {
      const { id } = await record();
      await record(objection(), PERSON, { system: 'a-system', agency: 'a-stranger' });
      await statements.catchUp();
      expect((await read()).statements.map((one) => one.id)).toEqual([id]);
    });

    it('refuses what was decided without a statement of this person, and disturbs nobody else’s', async () => {
      const before = await read();
      const beforeOthers = await read(others);
      await record();
      await expect(log.append(decisionEntry(), { statements: before })).rejects.toEqual(
        new EntryStale('statement-changed'),
      );
      await log.append(decisionEntry(), { statements: beforeOthers });
      await statements.catchUp();
      await log.append(decisionEntry(), { statements: await read() });
    });

    it('refuses what was decided with a statement that was lifted since', async () => {
      const { id } = await record();
      await statements.catchUp();
      const before = await read();
      await log.append(decisionEntry(), { statements: before });
      await statements.lift(trust, 'objection', id);
      await expect(log.append(decisionEntry(), { statements: before })).rejects.toThrow(EntryStale);
      await log.append(decisionEntry(), { statements: await read() });
    });

    it('refuses what relies on a decision that has ended', async () => {
      const seen = await read();
      await log.append(decisionEntry(), { statements: { ...seen, until: new Date(FIXED_NOW.getTime() + 60_000) } });
      await expect(
        log.append(decisionEntry(), { statements: { ...seen, until: new Date(FIXED_NOW.getTime() - 1) } }),
      ).rejects.toThrow(EntryStale);
    });

    it('refuses everything of a replica that is too far behind to tell, until it has caught up', async () => {
      const behind = await read(others);
      await runAsOwner(
        database.ownerUrl,
        `INSERT INTO sharing_statements (id, kind, recorded_by, recorded_by_system, subject_handles, says, recorded_at, change_number)
         SELECT gen_random_uuid(), 'address-suppression', 'a', 'a', ARRAY['h' || n], 'do-not-share', $1, n
         FROM generate_series(1, 1000) AS n`,
        [FIXED_NOW],
      );
      await expect(log.append(decisionEntry(), { statements: behind })).rejects.toThrow(EntryStale);
      await statements.catchUp();
      await log.append(decisionEntry(), { statements: await read(others) });
    });

    it('fails when the database cannot say what stands against it', async () => {
      await record();
      await statements.catchUp();
      await runAsOwner(database.ownerUrl, 'ALTER TABLE sharing_statements RENAME TO away');
      try {
        expect(await refused(read())).toMatchObject({ code: 'STORE_UNAVAILABLE' });
      } finally {
        await runAsOwner(database.ownerUrl, 'ALTER TABLE away RENAME TO sharing_statements');
      }
    });
  });
});
