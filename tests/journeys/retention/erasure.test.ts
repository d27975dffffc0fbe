import pg from 'pg';
import { verifyReceipt, type LogKeys } from '../../../sdk/index.js';
import { RetentionJob } from '../../../src/retention/retention-job.js';
import { MovableClock } from '../../support/access-replica.js';
import { startCommand } from '../../support/command.js';
import { runAsOwner } from '../../support/database.js';
import { needsQuery, type Answer, type Call } from '../../support/gateway.js';
import { startOverrideWorld, type OverrideWorld } from '../../support/override-world.js';
import { logFindings } from '../../support/read-log.js';

/** The council has two who may order what nobody else has to confirm. */
const SECOND_REVIEWER = `
kind: Officer
id: northmoor-council-second-reviewer
agency: northmoor-council
roles: [reviewer]
keys: []
`;
const YEAR_SECONDS = 366 * 86_400;

describe('what is on record of an exchange', () => {
  const clock = new MovableClock();
  let world: OverrideWorld;
  let councilOfficer: Call;
  let councilReviewer: Call;
  let secondReviewer: Call;
  let trustReviewer: Call;
  let stranger: Call;
  beforeAll(async () => {
    world = await startOverrideWorld(clock, { 'second-reviewer.yaml': SECOND_REVIEWER });
    councilOfficer = await world.officer('northmoor-council-ig-1');
    councilReviewer = await world.officer('northmoor-council-ig-2');
    secondReviewer = await world.officer('northmoor-council-second-reviewer');
    trustReviewer = await world.officer('northmoor-nhs-trust-ig-2');
    stranger = await world.officer('eastvale-council-ig-2');
  });
  afterAll(() => world.stop());

  const exchange = async (): Promise<{ id: string; receipt: string }> => {
    const { status, body } = await world.askByOverride();
    expect(status).toBe(200);
    return { id: String(body['exchangeId']), receipt: String(body['receipt']) };
  };
  const order = (call: Call, exchanges: readonly unknown[], change: object = {}): Promise<Answer> =>
    call('POST', '/v1/erasures', { exchanges, ground: 'recorded-in-error', ...change });
  const confirm = (call: Call, { body }: Answer): Promise<Answer> =>
    call('POST', `/v1/erasures/${String(body['id'])}/confirm`);
  const hold = (call: Call, change: object): Promise<Answer> =>
    call('POST', '/v1/legal-holds', { reason: 'court-proceedings', reference: 'LIT/2026/0042', ...change });
  const lift = (call: Call, { body }: Answer): Promise<Answer> =>
    call('POST', `/v1/legal-holds/${String(body['id'])}/lift`);
  const bodiesOf = async (exchangeId: string): Promise<string[]> =>
    (
      await runAsOwner<{ kind: string }>(
        world.gateway.database.ownerUrl,
        'SELECT kind FROM log_entries JOIN log_bodies USING (log_index) WHERE exchange_id = $1 ORDER BY log_index',
        [exchangeId],
      )
    ).map(({ kind }) => kind);
  const explain = (call: Call, exchangeId: string): Promise<Answer> =>
    call('GET', `/v1/exchanges/${exchangeId}/explanation`);
  const codeOf = ({ status, body }: Answer): [number, unknown] => [status, body['code']];

  it('is erased when a reviewer of each party says so; receipts, proofs and replay hold, and explanations say "erased"', async () => {
    const { id, receipt } = await exchange();
    const kept = await exchange();
    expect((await explain(councilOfficer, id)).status).toBe(200);
    const ordered = await order(councilReviewer, [id.toUpperCase()]);
    expect([ordered.status, ordered.body]).toEqual([
      201,
      expect.objectContaining({ state: 'waiting', confirmingAgency: 'northmoor-nhs-trust', exchanges: [id] }),
    ]);
    expect(await bodiesOf(id)).toEqual(['decision', 'outcome', 'explanation-read']);
    for (const call of [councilReviewer, secondReviewer]) {
      expect(codeOf(await confirm(call, ordered))).toEqual([409, 'ERASURE_TO_BE_CONFIRMED']);
    }
    const erased = await confirm(trustReviewer, ordered);
    expect([erased.status, erased.body]).toEqual([
      200,
      expect.objectContaining({ state: 'erased', orderedBy: null, confirmedBy: 'northmoor-nhs-trust-ig-2' }),
    ]);
    expect((await confirm(trustReviewer, ordered)).body).toEqual(erased.body);
    const late = await order(councilReviewer, [id]);
    expect(codeOf(late)).toEqual([404, 'NOT_FOUND']);
    // That somebody looked stays.
    expect(await bodiesOf(id)).toEqual(['explanation-read']);

    const keys = (await (await fetch(`${world.gateway.publicUrl}/v1/log/keys`)).json()) as LogKeys;
    const verified = await verifyReceipt(receipt, keys);
    expect(verified).toMatchObject({ valid: true, claims: { exchangeId: id, kind: 'outcome' } });
    const { index } = verified as { index: number };
    expect((await world.council('GET', `/v1/log/entries/${index}/proof`)).status).toBe(200);
    expect(codeOf(await explain(councilOfficer, id))).toEqual([410, 'EXCHANGE_ERASED']);
    expect(codeOf(await explain(trustReviewer, id))).toEqual([410, 'EXCHANGE_ERASED']);
    expect(codeOf(await explain(stranger, id))).toEqual([404, 'NOT_FOUND']);
    expect((await explain(councilOfficer, kept.id)).status).toBe(200);
    expect(await logFindings(world.gateway)).toEqual([]);

    const settings = { DATABASE_URL: world.gateway.database.applicationUrl };
    const replayed = await startCommand(['decisions', 'replay'], settings).ended;
    expect([replayed.code, replayed.stdout]).toEqual([0, expect.stringContaining('2 were erased with the body')]);
    const told = await startCommand(['decisions', 'explain', id], settings).ended;
    expect([told.code, told.stdout]).toEqual([0, 'What was on record of it was erased.\n']);
  });

  it('says by an entry of the log who ordered and who confirmed the erasure', async () => {
    const rows = await runAsOwner<{ claims: { kind: string } }>(
      world.gateway.database.ownerUrl,
      `SELECT claims::jsonb FROM log_bodies WHERE claims::jsonb ->> 'kind' IN ('erasure-ordered', 'bodies-erased') ORDER BY log_index`,
    );
    expect(rows.map(({ claims }) => claims)).toEqual([
      expect.objectContaining({
        kind: 'erasure-ordered',
        orderedBy: { agency: 'northmoor-council', officer: 'northmoor-council-ig-2' },
      }),
      expect.objectContaining({
        kind: 'bodies-erased',
        reason: 'ordered',
        orderedBy: { agency: 'northmoor-council', officer: 'northmoor-council-ig-2' },
        order: expect.objectContaining({
          ground: 'recorded-in-error',
          confirmedBy: { agency: 'northmoor-nhs-trust', officer: 'northmoor-nhs-trust-ig-2' },
        }),
      }),
    ]);
  });

  it('takes two reviewers of the one agency where there is no other party', async () => {
    const { body } = await world.council('POST', '/v1/queries', { ...needsQuery(), unknown: true });
    const ordered = await order(councilReviewer, [body['exchangeId']]);
    expect(ordered.body['confirmingAgency']).toBe('northmoor-council');
    expect(codeOf(await confirm(councilReviewer, ordered))).toEqual([409, 'ERASURE_TO_BE_CONFIRMED']);
    expect((await confirm(secondReviewer, ordered)).body['state']).toBe('erased');
    expect(await bodiesOf(String(body['exchangeId']))).toEqual([]);
  });

  it('is erased only for its parties: of any other exchange nothing is told', async () => {
    const { id } = await exchange();
    expect(codeOf(await order(stranger, [id]))).toEqual([404, 'NOT_FOUND']);
    const ordered = await order(trustReviewer, [id]);
    expect(ordered.body['confirmingAgency']).toBe('northmoor-council');
    expect(codeOf(await confirm(stranger, ordered))).toEqual([404, 'NOT_FOUND']);
    expect(codeOf(await stranger('GET', `/v1/erasures/${String(ordered.body['id'])}`))).toEqual([404, 'NOT_FOUND']);
    expect((await stranger('GET', '/v1/erasures')).body).toEqual({ erasures: [], nextCursor: null });
    const seen = await councilReviewer('GET', `/v1/erasures/${String(ordered.body['id'])}`);
    expect(seen.body).toMatchObject({ orderedBy: null, state: 'waiting' });
  });

  it('is ordered once: a repeat is answered from state, and a page of orders goes on where the last one ended', async () => {
    const { id } = await exchange();
    const once = { 'idempotency-key': 'erase-1' };
    const ask = (exchanges: string[]): Promise<Answer> =>
      councilReviewer('POST', '/v1/erasures', { exchanges, ground: 'court-order' }, once);
    const first = await ask([id]);
    expect((await ask([id])).body).toEqual(first.body);
    expect(codeOf(await ask([(await exchange()).id]))).toEqual([409, 'IDEMPOTENCY_KEY_REUSED']);
    const all: unknown[] = [];
    const pageAfter = async (cursor: string): Promise<{ erasures: unknown[]; nextCursor: string | null }> =>
      JSON.parse((await councilReviewer('GET', `/v1/erasures?limit=1${cursor}`)).text);
    let page = await pageAfter('');
    for (;;) {
      all.push(...page.erasures);
      if (page.nextCursor === null) break;
      page = await pageAfter(`&cursor=${page.nextCursor}`);
    }
    expect(all).toEqual((await councilReviewer('GET', '/v1/erasures')).body['erasures']);
    expect(all.length).toBeGreaterThan(2);
  });

  it.each([
    ['free text for a ground', { ground: 'because Jo Bloggs asked' }],
    ['no exchange', { exchanges: [] }],
    ['what is no id', { exchanges: ['9990000018'] }],
    ['an unknown member', { note: 'x' }],
  ])('is not erased by an order with %s', async (_, change) => {
    expect(codeOf(await order(councilReviewer, [(await exchange()).id], change))).toEqual([400, 'REQUEST_INVALID']);
  });

  it('is erased once, although two orders name it', async () => {
    const { id } = await exchange();
    const [one, two] = [await order(councilReviewer, [id]), await order(secondReviewer, [id])];
    expect((await confirm(trustReviewer, one)).status).toBe(200);
    expect(codeOf(await confirm(trustReviewer, two))).toEqual([410, 'EXCHANGE_ERASED']);
  });

  it('is ordered by reviewers alone', async () => {
    const { id } = await exchange();
    expect(codeOf(await order(councilOfficer, [id]))).toEqual([403, 'ROLE_NOT_ALLOWED']);
    expect(codeOf(await order(world.council, [id]))).toEqual([403, 'ROLE_NOT_ALLOWED']);
  });

  describe('under a legal hold', () => {
    it('of either party stays, although both order it to be erased, until the hold is lifted', async () => {
      const { id } = await exchange();
      const other = await exchange();
      const ordered = await order(councilReviewer, [id, other.id]);
      const placed = await hold(trustReviewer, { exchanges: [id] });
      expect([placed.status, placed.body]).toEqual([
        201,
        expect.objectContaining({ exchanges: [id], aboutAPerson: false, liftedAt: null }),
      ]);
      expect(codeOf(await confirm(trustReviewer, ordered))).toEqual([409, 'LEGAL_HOLD']);
      expect(await bodiesOf(other.id)).toEqual(['decision', 'outcome']);
      expect((await lift(trustReviewer, placed)).body['liftedBy']).toBe('northmoor-nhs-trust-ig-2');
      expect((await confirm(trustReviewer, ordered)).body['state']).toBe('erased');
      expect([await bodiesOf(id), await bodiesOf(other.id)]).toEqual([[], []]);
    });

    it.each([
      ['by its agreement', { agreement: 'adult-safeguarding' }],
      [
        'by the person, under the identifier in any way of writing it',
        { subject: { identifiers: [{ type: 'nhs-number', value: '999 000 0018' }] } },
      ],
    ])('%s stays, also what is recorded after the hold was placed', async (_, matter) => {
      const placed = await hold(councilOfficer, matter);
      expect(placed.status).toBe(201);
      expect(placed.text).not.toMatch(/999 ?000 ?0018/);
      const { id } = await exchange();
      expect(codeOf(await confirm(trustReviewer, await order(councilReviewer, [id])))).toEqual([409, 'LEGAL_HOLD']);
      expect(codeOf(await lift(councilOfficer, placed))).toEqual([403, 'ROLE_NOT_ALLOWED']);
      await lift(councilReviewer, placed);
      expect((await confirm(trustReviewer, await order(councilReviewer, [id]))).status).toBe(200);
    });

    it('is held by its parties alone, and the hold of another agency looks like none', async () => {
      const { id } = await exchange();
      for (const matter of [{ exchanges: [id] }, { agreement: 'adult-safeguarding' }, { agreement: 'no-such' }]) {
        expect(codeOf(await hold(stranger, matter))).toEqual([404, 'NOT_FOUND']);
      }
      const placed = await hold(councilOfficer, { exchanges: [id] });
      for (const call of [stranger, trustReviewer]) {
        expect(codeOf(await lift(call, placed))).toEqual([404, 'NOT_FOUND']);
        const { body } = await call('GET', '/v1/legal-holds');
        expect(JSON.stringify(body)).not.toContain(id);
      }
      const { body } = await councilOfficer('GET', '/v1/legal-holds');
      expect(JSON.stringify(body)).toContain(id);
      expect((await lift(councilReviewer, placed)).body).toEqual((await lift(councilReviewer, placed)).body);
    });

    it.each([
      ['nothing to hold', {}],
      ['two things to hold', { agreement: 'adult-safeguarding', exchanges: ['0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f'] }],
      ['free text for a reason', { agreement: 'adult-safeguarding', reason: 'Jo Bloggs sues' }],
      ['a sentence for a reference', { agreement: 'adult-safeguarding', reference: 'Jo Bloggs v the council' }],
      ['a NINO for a reference', { agreement: 'adult-safeguarding', reference: 'AB123456C' }],
      ['a NINO for an agreement', { agreement: 'ab123456c' }],
    ])('is not held by a request with %s', async (_, change) => {
      expect(codeOf(await hold(councilReviewer, change))).toEqual([400, 'REQUEST_INVALID']);
    });

    it('stands in the log, when it is placed and when it is lifted, with handles in the view of the agency alone', async () => {
      const rows = await runAsOwner<{ kind: string; handles: string[] }>(
        world.gateway.database.ownerUrl,
        `SELECT claims::jsonb ->> 'kind' AS kind, detail::jsonb -> 'subjectHandles' AS handles FROM log_bodies
         WHERE claims::jsonb ->> 'kind' LIKE 'legal-hold-%'`,
      );
      const counts = (kind: string): number => rows.filter((row) => row.kind === kind).length;
      expect([counts('legal-hold-placed'), counts('legal-hold-lifted')]).toEqual([4, 4]);
      expect(rows.filter(({ handles }) => handles.length > 0)).toHaveLength(2);
    });
  });

  it('is erased by itself when the retention of its agreement ends, and counted', async () => {
    const { id, receipt } = await exchange();
    const job = world.gateway.sandbox.gateway.app.get(RetentionJob);
    await job.run();
    expect(await bodiesOf(id)).toEqual(['decision', 'outcome']);
    const dryRun = async (): Promise<string> => {
      const settings = { DATABASE_URL: world.gateway.database.applicationUrl };
      return (await startCommand(['log', 'erase-due', '--dry-run'], settings).ended).stdout;
    };
    expect(await dryRun()).toBe('0 bodies would be erased.\n');
    clock.aheadSeconds = 8 * YEAR_SECONDS;
    await job.run();
    expect(await bodiesOf(id)).toEqual([]);
    const keys = (await (await fetch(`${world.gateway.publicUrl}/v1/log/keys`)).json()) as LogKeys;
    expect(await verifyReceipt(receipt, keys)).toMatchObject({ valid: true });
    expect(codeOf(await explain(councilOfficer, id))).toEqual([410, 'EXCHANGE_ERASED']);
    expect(await logFindings(world.gateway)).toEqual([]);
    const metrics = await (await fetch(`${world.gateway.publicUrl}/metrics`)).text();
    expect(metrics).toMatch(/^gatehouse_log_bodies_erased_total\{reason="retention-ended"\} [1-9]/m);
    expect(metrics).toMatch(/^gatehouse_log_bodies_erased_total\{reason="ordered"\} [1-9]/m);
    const handles = await runAsOwner(
      world.gateway.database.ownerUrl,
      `SELECT 1 FROM log_bodies WHERE detail::jsonb @? '$.subjectHandles.requester[*]'`,
    );
    expect(handles).toEqual([]);
    // And the gateway goes on.
    expect((await world.askByOverride()).status).toBe(200);
  });

  it('is erased on one replica at a time', async () => {
    const { id } = await exchange();
    const replica = await world.gateway.addReplica(clock);
    const [here, there] = [world.gateway.sandbox.gateway, replica].map(({ app }) => app.get(RetentionJob));
    clock.aheadSeconds = 17 * YEAR_SECONDS;
    const other = new pg.Client({ connectionString: world.gateway.database.ownerUrl });
    await other.connect();
    await other.query('SELECT pg_advisory_lock(724019332)');
    await Promise.all([here!.run(), there!.run()]);
    expect(await bodiesOf(id)).toEqual(['decision', 'outcome']);
    await other.end();
    await Promise.all([here!.run(), there!.run()]);
    expect(await bodiesOf(id)).toEqual([]);
    expect(await logFindings(world.gateway)).toEqual([]);
  });
});
