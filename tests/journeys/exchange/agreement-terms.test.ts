import type { Clock } from '../../../src/config/index.js';
import { ADULT_CARE, FIRE } from '../../support/definitions.js';
import { needsPermission, needsQuery, premisesQuery, type Answer, type Call } from '../../support/gateway.js';
import { logFindings, readLog, storyOf } from '../../support/read-log.js';
import { json } from '../../support/supplier-stub.js';
import { held, patient, startSuppliedGateway, type SuppliedGateway } from '../../support/supplied-gateway.js';

const PREMISES = '999900000001';
const KNOWN = '9990000018';
const PER_DAY = 12;
const FIRE_CONTROL = 'northmoor-fire-control';

/** Gives a member to the first leg of an agreement, in a version of its own. */
const withTerm = (text: string, version: number, term: string): string =>
  text
    .replace('version: 1', `version: ${version}`)
    .replace(/^ {4}unmatched: uniform$/m, `    unmatched: uniform\n    ${term}`);

const permitted = (answers: readonly Answer[]): number => answers.filter(({ status }) => status === 200).length;

describe('the budget of a leg', () => {
  let gateway: SuppliedGateway;
  let replicas: [Call, Call];
  const set = (version: number, term: string) =>
    gateway.define({ edit: (file, text) => (file === FIRE ? withTerm(text, version, term) : text) });
  const ask = (count: number, change: object = {}): Promise<Answer[]> =>
    Promise.all(
      Array.from({ length: count }, (_, i) => replicas[i % 2]!('POST', '/v1/queries', premisesQuery(change))),
    );
  beforeAll(async () => {
    gateway = await startSuppliedGateway();
    await set(2, `budget: { perDay: ${PER_DAY} }`);
    gateway.holds.set(PREMISES, json({ premises: { hazards: [], accessNotes: null } }));
    const other = await gateway.addReplica();
    replicas = [await gateway.as(FIRE_CONTROL), await gateway.as(FIRE_CONTROL, other.url)];
  });
  afterAll(async () => gateway.stop());

  it('is exact between two replicas: so many are permitted and recorded, the others are refused with a record of their own', async () => {
    const answers = [...(await ask(20)), ...(await ask(10))];
    expect(permitted(answers)).toBe(PER_DAY);
    const refused = answers.filter(({ status }) => status !== 200);
    const midnight = new Date();
    midnight.setUTCHours(24, 0, 0, 0);
    for (const { status, body, headers } of refused) {
      expect({ status, code: body['code'] }).toEqual({ status: 429, code: 'BUDGET_USED_UP' });
      const seconds = Number(headers.get('retry-after'));
      expect(Math.abs(seconds - (midnight.getTime() - Date.now()) / 1_000)).toBeLessThan(60);
      const [entry, ...more] = await readLog(gateway.database.ownerUrl, body['exchangeId']);
      expect(more).toEqual([]);
      expect(entry?.claims.decision).toMatchObject({ outcome: 'deny', reasonCodes: ['DENY_RECIPIENT_CONDITION'] });
      expect(entry?.claims.items.map(({ outcome, legalBasis }) => [outcome, legalBasis])).toEqual([
        ['deny', []],
        ['deny', []],
      ]);
      expect(entry?.detail).toMatchObject({
        factsHash: null,
        usedUpBudgets: [{ leg: 'council-premises-to-fire', period: 'day', most: PER_DAY }],
      });
    }
    const decisions = (await readLog(gateway.database.ownerUrl)).filter(
      ({ kind, claims }) => kind === 'decision' && claims.decision.outcome === 'permit',
    );
    expect(decisions).toHaveLength(PER_DAY);
    expect(gateway.supplier.seen).toHaveLength(PER_DAY);
    expect(await logFindings(gateway)).toEqual([]);
  });

  it('does not hold for another leg of the agreement', async () => {
    gateway.holds.set('99990001', json({ street: { hazards: [], accessNotes: null } }));
    const [answer] = await ask(1, {
      dataService: 'northmoor-council/street-risk',
      subject: { identifiers: [{ type: 'usrn', value: '99990001' }] },
    });
    expect(answer?.status).toBe(200);
  });

  it('gives more at once when a new version does, and what was used stays used', async () => {
    await set(3, `budget: { perDay: ${PER_DAY + 3} }`);
    expect(permitted(await ask(8))).toBe(3);
  });

  it('takes nothing for a request that is refused anyway', async () => {
    await set(4, `budget: { perDay: ${PER_DAY + 4} }`);
    const refused = await ask(4, { requestedBy: { staffId: 'x-1', role: 'clerk' } });
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403]);
    expect(permitted(await ask(2))).toBe(1);
  });
});

describe('the budget of a leg at the turn of the hour', () => {
  it('is told to be there again in a second, and is there again as a whole on each replica', async () => {
    const gateway = await startSuppliedGateway();
    try {
      await gateway.define({
        edit: (file, text) => (file === FIRE ? withTerm(text, 2, 'budget: { perHour: 3 }') : text),
      });
      gateway.holds.set(PREMISES, json({ premises: { hazards: [], accessNotes: null } }));
      const turn = Math.ceil(Date.now() / 3_600_000) * 3_600_000 + 3_600_000;
      let now = new Date(turn - 1);
      const clock: Clock = { now: () => now };
      const replicas = [await gateway.addReplica(clock), await gateway.addReplica(clock)];
      const calls = await Promise.all(replicas.map(({ url }) => gateway.as(FIRE_CONTROL, url, clock)));
      const ask = () =>
        Promise.all([...calls, ...calls, ...calls].map((call) => call('POST', '/v1/queries', premisesQuery())));
      const before = await ask();
      expect(permitted(before)).toBe(3);
      expect(new Set(before.map(({ headers }) => headers.get('retry-after')))).toEqual(new Set([null, '1']));
      now = new Date(turn);
      expect(permitted(await ask())).toBe(3);
      const decisions = (await readLog(gateway.database.ownerUrl)).filter(
        ({ kind, claims }) => kind === 'decision' && claims.decision.outcome === 'permit',
      );
      expect(decisions.map(({ claims }) => Date.parse(claims.at))).toEqual([
        ...Array<number>(3).fill(turn - 1),
        ...Array<number>(3).fill(turn),
      ]);
    } finally {
      await gateway.stop();
    }
  });
});

describe('the hours of a leg', () => {
  it('are those of the decision: what was permitted in the last second is released a second after', async () => {
    const gateway = await startSuppliedGateway();
    try {
      const end = new Date(Math.ceil(Date.now() / 60_000) * 60_000 + 24 * 3_600_000);
      const inLondon = (at: Date): string => at.toLocaleTimeString('en-GB', { timeZone: 'Europe/London' }).slice(0, 5);
      const from = inLondon(new Date(end.getTime() - 3_600_000));
      const hours = `hours: { days: [mon, tue, wed, thu, fri, sat, sun], from: "${from}", until: "${inLondon(end)}" }`;
      await gateway.define({ edit: (file, text) => (file === ADULT_CARE ? withTerm(text, 2, hours) : text) });
      let now = new Date(end.getTime() - 1);
      const clock: Clock = { now: () => now };
      const replica = await gateway.addReplica(clock);
      const council = await gateway.as('northmoor-council-adult-care', replica.url, clock);
      const validUntil = new Date(end.getTime() + 86_400_000).toISOString();
      await council('POST', '/v1/permissions', needsPermission(KNOWN, { validUntil }));
      const { answer, asked, release } = held(patient());
      gateway.holds.set(KNOWN, answer);
      const answered = council('POST', '/v1/queries', needsQuery(KNOWN));
      await asked;
      now = new Date(end.getTime() + 1_000);
      release();
      const { status, body } = await answered;
      expect({ status, body }).toMatchObject({ status: 200 });
      expect(await storyOf(gateway.database.ownerUrl, body['exchangeId'])).toEqual(['decision: permit', 'disclosed']);
      const [decision, outcome] = await readLog(gateway.database.ownerUrl, body['exchangeId']);
      expect([decision?.claims.at, outcome?.claims.at]).toEqual([
        new Date(end.getTime() - 1).toISOString(),
        now.toISOString(),
      ]);
    } finally {
      await gateway.stop();
    }
  });
});
