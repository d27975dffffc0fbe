import { DataSource } from 'typeorm';
import type { DisclosureLog } from '../../../src/disclosure-log/index.js';
import { PermissionEntity } from '../../../src/permissions/index.js';
import { PermissionsService } from '../../../src/permissions/permissions.module.js';
import { PermissionBody } from '../../../src/permissions/permission-body.js';
import { readBody, type Problem } from '../../../src/api-contract/index.js';
import { subjectHandle } from '../../../src/subject-handles/index.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';
import { needsPermission } from '../../support/gateway.js';
import { decisionEntry, FIXED_NOW, openLog } from '../../support/log.js';
import { readLog } from '../../support/read-log.js';
import { LACKS_CAPACITY } from '../../support/permission.js';
import { makeTestKeys } from '../../support/test-keys.js';

const council = { system: 'council-care', agency: 'northmoor-council' };
const trust = { system: 'trust-records', agency: 'northmoor-nhs-trust' };
const PERSON = '9990000018';
const years = (count: number): string => new Date(Date.UTC(2026 + count, 10, 22, 9, 30)).toISOString();

/** A body as the edge hands it over. */
const body = (change: object = {}, nhsNumber = PERSON): PermissionBody =>
  readBody(
    PermissionBody,
    Buffer.from(JSON.stringify(needsPermission(nhsNumber, { validUntil: years(1), ...change }))),
  );

const deputy = (change: object = {}) => ({
  givenBy: 'deputy',
  capacity: 'property-and-financial-affairs',
  capacityStatement: { ...LACKS_CAPACITY, ...change },
});

describe('recording and withdrawing permissions', () => {
  const keys = makeTestKeys();
  let database: TestDatabase;
  let dataSource: DataSource;
  let log: DisclosureLog;
  let permissions: PermissionsService;
  beforeAll(async () => {
    database = await createTestDatabase();
    const url = database.applicationUrl;
    dataSource = await new DataSource({ type: 'postgres', url, entities: [PermissionEntity] }).initialize();
    log = openLog(url);
    permissions = new PermissionsService(dataSource, log, keys);
  });
  afterAll(async () => {
    await log.close();
    await dataSource.destroy();
    await database.drop();
  });
  beforeEach(async () => {
    await runAsOwner(database.ownerUrl, 'TRUNCATE permissions, idempotency_keys');
  });

  const stored = () => runAsOwner<{ id: string }>(database.ownerUrl, 'SELECT id FROM permissions');
  const logged = async (permission: string): Promise<string[]> =>
    (await readLog(database.ownerUrl)).filter(({ claims }) => claims.permission === permission).map(({ kind }) => kind);
  const logSize = async (): Promise<number> => (await readLog(database.ownerUrl)).length;
  const refused = async (work: Promise<unknown>): Promise<object> => {
    const problem = (await work.then(
      () => ({ code: 'none', details: {} }),
      (error: Problem) => error,
    )) as Problem;
    return { code: problem.code, pointers: problem.details.pointers };
  };

  it('keeps a permission and its entry, in which the person is a handle of the recording agency', async () => {
    const { id } = await permissions.record(council, body(), undefined);
    const handle = subjectHandle(keys.subjectHandle, council.agency, { type: 'nhs-number', value: PERSON });
    expect(await permissions.find(council, id)).toMatchObject({
      recordedBy: council.agency,
      recordedBySystem: council.system,
      subjectHandles: [handle],
      recordedAt: FIXED_NOW,
      validFrom: FIXED_NOW,
      withdrawnAt: null,
    });
    const entry = (await readLog(database.ownerUrl)).at(-1);
    expect(entry).toMatchObject({
      kind: 'permission-given',
      claims: { permission: id },
      detail: { subjectHandles: [handle] },
    });
  });

  it.each<[string, object, string]>([
    ['ends before it begins', { validFrom: years(2), validUntil: years(1) }, '/validUntil'],
    ['ended', { validFrom: years(-2), validUntil: years(-1) }, '/validUntil'],
    ['ends now', { validUntil: FIXED_NOW.toISOString() }, '/validUntil'],
    ['is valid for longer than five years', { validUntil: '2031-11-22T09:30:00.001Z' }, '/validUntil'],
    ['is given by a person for a child', { givenBy: 'self', capacity: 'child' }, '/capacity'],
    [
      'is given by an attorney for health, and does not say that the person lacks capacity',
      { givenBy: 'attorney', capacity: 'health-and-welfare' },
      '/capacityStatement',
    ],
    ['is given by a deputy though the person has capacity', deputy({ finding: 'has-capacity' }), '/capacityStatement'],
    [
      'is given by an appointee without a statement',
      { givenBy: 'appointee', capacity: 'benefits' },
      '/capacityStatement',
    ],
    ['is given by the person who lacks capacity for it', { capacityStatement: LACKS_CAPACITY }, '/capacityStatement'],
    [
      'judges a child by the capacity of adults',
      { givenBy: 'parental-responsibility', capacity: 'child', capacityStatement: LACKS_CAPACITY },
      '/capacityStatement',
    ],
    [
      'rests on an assessment that is still to come',
      deputy({ assessedOn: '2026-11-23' }),
      '/capacityStatement/assessedOn',
    ],
    [
      'was assessed by an NHS number',
      deputy({ assessedBy: { staffId: '9990000018', role: 'nurse' } }),
      '/capacityStatement/assessedBy',
    ],
    ['is given by an appointee in health', { givenBy: 'appointee', capacity: 'health-and-welfare' }, '/capacity'],
    ['is given by an attorney for themselves', { givenBy: 'attorney', capacity: 'own' }, '/capacity'],
    [
      'has a member of staff that is an NHS number',
      { askedBy: { staffId: '9990000018', role: 'nurse' } },
      '/askedBy/staffId',
    ],
    ['has a wording version that is an NHS number', { wordingVersion: '9990000018' }, '/wordingVersion'],
    ['has a purpose that is a National Insurance number', { purpose: 'nn123456c' }, '/purpose'],
    ['has an item that is one', { items: ['northmoor-nhs-trust/assessed-needs#nn123456c'] }, '/items'],
    ['has a recipient that is one', { recipients: ['nn123456c'] }, '/recipients'],
  ])('refuses one that %s, and records nothing', async (_what, change, pointer) => {
    const before = await logSize();
    expect(await refused(permissions.record(council, body(change), 'a-key'))).toEqual({
      code: 'REQUEST_INVALID',
      pointers: [pointer],
    });
    expect(await stored()).toEqual([]);
    expect(await logSize()).toBe(before);
  });

  it('takes one that ends exactly five years from now', async () => {
    await permissions.record(council, body({ validUntil: years(5) }), undefined);
    expect(await stored()).toHaveLength(1);
  });

  it.each<[string, object, string]>([
    ['nobody is said to have asked in person', { askedBy: undefined }, '/askedBy'],
    ['a refusal is said to end', { answer: 'refused' }, '/validUntil'],
    ['a yes is not said to end', { validUntil: undefined }, '/validUntil'],
    ['the language is no language', { language: 'English' }, '/language'],
  ])('does not take one in which %s', (_what, change, pointer) => {
    let problem: unknown;
    try {
      body(change);
    } catch (error) {
      problem = error;
    }
    expect(problem).toMatchObject({ code: 'REQUEST_INVALID', details: { pointers: [pointer] } });
  });

  it('keeps what the person was told, and who asked', async () => {
    const asked = await permissions.record(council, body({ language: 'cy' }), undefined);
    expect(asked).toMatchObject({ language: 'cy', askedBy: { staffId: 'tr-0815', role: 'care-coordinator' } });
    const form = await permissions.record(council, body({ method: 'online', askedBy: undefined }), undefined);
    expect(form).toMatchObject({ method: 'online', askedBy: null });
  });

  it.each<[string, object]>([
    ['an attorney for health', { givenBy: 'attorney', capacity: 'health-and-welfare' }],
    ['a deputy', { givenBy: 'deputy', capacity: 'health-and-welfare' }],
    ['an appointee', { givenBy: 'appointee', capacity: 'benefits' }],
  ])('keeps what was found of capacity where %s speaks', async (_who, giver) => {
    const { id } = await permissions.record(council, body({ ...giver, capacityStatement: LACKS_CAPACITY }), undefined);
    expect(await permissions.find(council, id)).toMatchObject({ ...giver, capacityStatement: LACKS_CAPACITY });
  });

  it.each<[string, object]>([
    ['a person who has it', { capacityStatement: { ...LACKS_CAPACITY, finding: 'has-capacity' } }],
    ['an attorney for property', { givenBy: 'attorney', capacity: 'property-and-financial-affairs' }],
  ])('asks for no more than the law does of %s', async (_who, change) => {
    await permissions.record(council, body(change), undefined);
    expect(await stored()).toHaveLength(1);
  });

  it('says when a later answer took the place of an earlier, though another agency recorded it', async () => {
    const first = await permissions.record(trust, body(), undefined);
    expect(await permissions.supersededAt(first)).toBeNull();
    await permissions.record(council, body(), undefined);
    expect(await permissions.supersededAt(await permissions.find(trust, first.id))).toEqual(FIXED_NOW);
  });

  describe('when the person is asked again', () => {
    const SERVICE = 'northmoor-nhs-trust/assessed-needs';
    const asked = (change: object = {}, by = trust) => permissions.record(by, body(change), undefined);
    const REFUSED = { answer: 'refused', validUntil: undefined };
    const now = (id: string, by = trust) => permissions.find(by, id);

    it('keeps a refusal and its entry', async () => {
      const { id } = await asked(REFUSED);
      expect(await now(id)).toMatchObject({ answer: 'refused', validUntil: null, withdrawnAt: null });
      expect(await logged(id)).toEqual(['permission-refused']);
    });

    it('does not withdraw a refusal', async () => {
      const { id } = await asked(REFUSED);
      expect(await refused(permissions.withdraw(trust, id))).toMatchObject({ code: 'REFUSAL_STANDS' });
      expect(await logged(id)).toEqual(['permission-refused']);
    });

    it.each<[string, object, object]>([
      ['the same', {}, {}],
      ['more items', { items: [`${SERVICE}#address`] }, { items: [`${SERVICE}#address`, `${SERVICE}#risk-summary`] }],
      ['every item of the service', { items: [`${SERVICE}#address`] }, { items: [`${SERVICE}#*`] }],
      ['more recipients', {}, { recipients: ['northmoor-council', 'eastvale-council'] }],
    ])('lets a later answer about %s take the place of the earlier', async (_what, earlier, later) => {
      const first = await asked(earlier);
      const second = await asked({ ...later, ...REFUSED });
      expect(await now(first.id)).toMatchObject({ supersededBy: second.id, revision: 1 });
      expect(await now(second.id)).toMatchObject({ supersededBy: null, revision: 0 });
      const third = await asked(later);
      expect(await now(first.id)).toMatchObject({ supersededBy: second.id, revision: 2 });
      expect(await now(second.id)).toMatchObject({ supersededBy: third.id, revision: 1 });
    });

    it.each<[string, object, object]>([
      ['one of its items', {}, { items: [`${SERVICE}#address`] }],
      [
        'one of its items, where it names two',
        { items: [`${SERVICE}#address`, `${SERVICE}#risk-summary`] },
        { items: [`${SERVICE}#address`] },
      ],
      ['one of its recipients', { recipients: ['northmoor-council', 'eastvale-council'] }, {}],
    ])(
      'lets the earlier answer stand beside a later one about %s, and whoever relies on it look again',
      async (_what, earlier, later) => {
        const first = await asked(earlier);
        await asked({ ...later, ...REFUSED });
        expect(await now(first.id)).toMatchObject({ supersededBy: null, revision: 1 });
      },
    );

    it.each<[string, object]>([
      ['of another kind', { kind: 'uk-gdpr-consent' }],
      ['for another purpose', { purpose: 'housing-support' }],
      ['for another recipient', { recipients: ['eastvale-council'] }],
      ['about another service', { items: ['northmoor-nhs-trust/assessed-needs-of-carers#*'] }],
      ['about somebody else', { subject: { identifiers: [{ type: 'nhs-number', value: '9990000034' }] } }],
    ])('leaves an answer %s as it was', async (_what, change) => {
      const first = await asked();
      await asked({ ...change, ...REFUSED });
      expect(await now(first.id)).toMatchObject({ supersededBy: null, revision: 0 });
    });

    it('counts what the recipient recorded as much as what the supplier did', async () => {
      const first = await asked({}, trust);
      const second = await asked(REFUSED, council);
      expect(await now(first.id)).toMatchObject({ supersededBy: second.id, revision: 1 });
    });

    it.each<[string, string, string[], object]>([
      ['an agency that is neither', 'a-stranger', ['northmoor-council'], { supersededBy: null, revision: 0 }],
      [
        'one that names itself too',
        'a-stranger',
        ['northmoor-council', 'a-stranger'],
        { supersededBy: null, revision: 0 },
      ],
      [
        'one of several recipients',
        'eastvale-council',
        ['northmoor-council', 'eastvale-council'],
        { supersededBy: null, revision: 1 },
      ],
    ])('lets %s say nothing about what others may receive', async (_who, agency, recipients, expected) => {
      const first = await asked({
        recipients: ['northmoor-council', ...recipients.filter((one) => one === 'eastvale-council')],
      });
      await asked({ ...REFUSED, recipients }, { system: 'a-system', agency });
      expect(await now(first.id)).toMatchObject(expected);
    });

    it('touches nothing when the call is a repeat', async () => {
      const first = await permissions.record(trust, body(), 'first');
      const second = await permissions.record(trust, body(REFUSED), 'second');
      await permissions.record(trust, body(REFUSED), 'second');
      expect(await now(first.id)).toMatchObject({ supersededBy: second.id, revision: 1 });
    });
  });

  describe('with an Idempotency-Key', () => {
    it('answers a repeat with what stands, and records once', async () => {
      const first = await permissions.record(council, body(), 'a-key');
      expect(await permissions.record(council, body(), 'a-key')).toEqual(first);
      await permissions.withdraw(council, first.id);
      const repeated = await permissions.record(council, body(), 'a-key');
      expect(repeated).toMatchObject({ id: first.id, withdrawnAt: FIXED_NOW });
      expect(await stored()).toHaveLength(1);
      expect(await logged(first.id)).toEqual(['permission-given', 'permission-withdrawn']);
    });

    it('makes one permission and one entry of twenty calls at once, through two replicas', async () => {
      const otherLog = openLog(database.applicationUrl);
      const replicas = [permissions, new PermissionsService(dataSource, otherLog, keys)];
      const before = await logSize();
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) => replicas[i % 2]!.record(council, body(), 'a-key')),
      );
      await otherLog.close();
      expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
      expect(await stored()).toHaveLength(1);
      expect(await logSize()).toBe(before + 1);
    });

    it.each<[string, object, string]>([
      ['about another person', {}, '9990000034'],
      ['for another purpose', { purpose: 'housing-support' }, PERSON],
      ['for longer', { validUntil: years(2) }, PERSON],
    ])('refuses another request under the same key: %s', async (_what, change, person) => {
      await permissions.record(council, body(), 'a-key');
      expect(await refused(permissions.record(council, body(change, person), 'a-key'))).toMatchObject({
        code: 'IDEMPOTENCY_KEY_REUSED',
      });
      expect(await stored()).toHaveLength(1);
    });

    it('takes the same key of another system for another call, and no key for a call of its own each time', async () => {
      const calls: [typeof council, string | undefined][] = [
        [council, 'a-key'],
        [{ ...council, system: 'council-housing' }, 'a-key'],
        [trust, 'a-key'],
        [council, undefined],
        [council, undefined],
      ];
      for (const [caller, key] of calls) await permissions.record(caller, body(), key);
      expect(await stored()).toHaveLength(calls.length);
    });
  });

  describe('withdrawn', () => {
    it('stays so, and is in the log once, however often and by however many at once', async () => {
      const { id } = await permissions.record(council, body(), undefined);
      const answers = await Promise.all(Array.from({ length: 10 }, () => permissions.withdraw(council, id)));
      for (const answer of [...answers, await permissions.withdraw(council, id)]) {
        expect(answer.withdrawnAt).toEqual(FIXED_NOW);
      }
      expect(await logged(id)).toEqual(['permission-given', 'permission-withdrawn']);
    });

    it('cannot be by another agency, to which it looks like one that does not exist', async () => {
      const { id } = await permissions.record(council, body(), undefined);
      const nowhere = '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f';
      for (const work of [
        () => permissions.withdraw(trust, id),
        () => permissions.withdraw(trust, nowhere),
        () => permissions.find(trust, id),
      ]) {
        expect(await refused(work())).toEqual({ code: 'NOT_FOUND', pointers: undefined });
      }
      expect((await permissions.find({ ...council, system: 'council-housing' }, id)).withdrawnAt).toBeNull();
    });

    it('stands in the log after every entry of the same commit that relies on it', async () => {
      const { id } = await permissions.record(council, body(), undefined);
      const change = { sql: 'UPDATE permissions SET withdrawn_at = $2 WHERE id = $1', values: [id, FIXED_NOW] };
      const withdrawal = {
        claims: { kind: 'permission-withdrawn', at: '', permission: id, permissionKind: '', recordedBy: council },
        detail: { subjectHandles: [] },
      } as const;
      // While the first is being committed the others wait, and then go together.
      const [, withdrawn, relying] = await Promise.all([
        log.append(decisionEntry()),
        log.append(withdrawal, {}, change),
        log.append(decisionEntry(), { permissions: [{ id, revision: 0 }] }),
      ]);
      expect(relying.treeSize).toBe(withdrawn.treeSize);
      expect(relying.index).toBeLessThan(withdrawn.index);
    });
  });

  describe('read for a decision', () => {
    const handleOf = (agency: string) =>
      subjectHandle(keys.subjectHandle, agency, { type: 'nhs-number', value: PERSON });

    it('are those that the agencies concerned recorded of the person, each in its own view', async () => {
      const own = await permissions.record(council, body(), undefined);
      const theirs = await permissions.record(trust, body(), undefined);
      await permissions.record(council, body({}, '9990000034'), undefined);
      const read = (agencies: string[], handles = agencies.map(handleOf)) =>
        permissions.recordedOf(handles, agencies, 5_000);
      const ids = async (found: ReturnType<typeof read>) => (await found).map(({ id }) => id).sort();
      expect(await ids(read([council.agency, trust.agency]))).toEqual([own.id, theirs.id].sort());
      const [found] = await read([council.agency]);
      expect(await permissions.find(council, own.id)).toMatchObject({ ...found });
      expect(await ids(read(['eastvale-council']))).toEqual([]);
      // A handle says nothing in another agency's view, and an agency that is not asked about is not read.
      expect(await ids(read([trust.agency], [handleOf(council.agency)]))).toEqual([]);
      expect(await ids(read([council.agency], [handleOf(trust.agency)]))).toEqual([]);
    });

    it('are not waited for beyond the deadline', async () => {
      const owner = new DataSource({ type: 'postgres', url: database.ownerUrl });
      await owner.initialize();
      const holding = owner.createQueryRunner();
      await holding.startTransaction();
      await holding.query('LOCK TABLE permissions IN ACCESS EXCLUSIVE MODE');
      const problem = await refused(permissions.recordedOf([handleOf(council.agency)], [council.agency], 50));
      await holding.rollbackTransaction();
      await holding.release();
      await owner.destroy();
      expect(problem).toMatchObject({ code: 'STORE_UNAVAILABLE' });
    });
  });

  it('records nothing, and says so, while the log cannot be written', async () => {
    const { id } = await permissions.record(council, body(), undefined);
    const role = new URL(database.applicationUrl).username;
    await runAsOwner(database.ownerUrl, `REVOKE INSERT ON log_entries FROM ${role}`);
    try {
      for (const work of [
        () => permissions.record(council, body(), 'a-key'),
        () => permissions.withdraw(council, id),
      ]) {
        expect(await refused(work())).toMatchObject({ code: 'LOG_UNAVAILABLE' });
      }
    } finally {
      await runAsOwner(database.ownerUrl, `GRANT INSERT ON log_entries TO ${role}`);
    }
    expect(await stored()).toEqual([{ id }]);
    expect((await permissions.find(council, id)).withdrawnAt).toBeNull();
    // The key was not used up.
    await permissions.record(council, body(), 'a-key');
    expect(await stored()).toHaveLength(2);
  });
});
