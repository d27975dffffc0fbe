import { AlertDetection, AlertsService } from '../../../src/alerts/alerts.module.js';
import { DisclosureLog } from '../../../src/disclosure-log/index.js';
import { MovableClock } from '../../support/access-replica.js';
import { runAsOwner } from '../../support/database.js';
import { needsPermission, needsQuery, premisesQuery, type Answer, type Call } from '../../support/gateway.js';
import { BY_OVERRIDE, REVIEW_DAYS, SAFEGUARDING } from '../../support/override-world.js';
import { logFindings, readLog } from '../../support/read-log.js';
import { held, patient, startSuppliedGateway, type SuppliedGateway } from '../../support/supplied-gateway.js';
import { json } from '../../support/supplier-stub.js';
import { until } from '../../support/until.js';

const PERSON = '9990000018';
const COUNCIL = 'northmoor-council';
const TRUST = 'northmoor-nhs-trust';
const PER_DAY = 2;

interface ListedAlert {
  readonly id: string;
  readonly kind: string;
  readonly status: string;
  readonly detail: Record<string, unknown>;
  readonly outcome: string | null;
}

describe('alerts', () => {
  const clock = new MovableClock();
  let gateway: SuppliedGateway;
  let council: Call;
  let officer: Call;
  let reviewer: Call;
  let trustOfficer: Call;
  let stranger: Call;
  beforeAll(async () => {
    gateway = await startSuppliedGateway(
      {
        add: {
          ...SAFEGUARDING,
          'oversight.yaml':
            'kind: Officer\nid: northmoor-council-looks-on\nagency: northmoor-council\nroles: [oversight]\nkeys: []\n',
        },
        edit: (file, text) =>
          file === 'agencies.yaml'
            ? text.replace('keys: []', 'keys: []\nsampling: { staff: { percentage: 100 } }')
            : text,
      },
      { ALERTS_EVERY_SECONDS: '3600' },
      clock,
    );
    gateway.holds.set(PERSON, patient());
    council = await gateway.as('northmoor-council-adult-care');
    officer = await gateway.as('northmoor-council-ig-1');
    reviewer = await gateway.as('northmoor-council-ig-2');
    trustOfficer = await gateway.as('northmoor-nhs-trust-ig-1');
    stranger = await gateway.as('eastvale-council-ig-1');
    const trust = await gateway.as('northmoor-nhs-trust-records');
    expect((await trust('POST', '/v1/permissions', needsPermission(PERSON))).status).toBe(201);
  });
  afterAll(() => gateway.stop());

  const detect = (): Promise<void> => gateway.sandbox.gateway.app.get(AlertDetection).round();
  const list = async (query = '', call: Call = officer): Promise<ListedAlert[]> => {
    const answer = await call('GET', `/v1/alerts?limit=100${query}`);
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
    return answer.body['alerts'] as ListedAlert[];
  };
  const ofExchange = async (kind: string, exchangeId: unknown, call: Call = officer): Promise<ListedAlert[]> =>
    (await list(`&kind=${kind}`, call)).filter(({ detail }) => detail['exchangeId'] === exchangeId);
  const ask = async (staffId = 'sw-4711', change: object = {}): Promise<Answer> =>
    await council(
      'POST',
      '/v1/queries',
      needsQuery(PERSON, { requestedBy: { staffId, role: 'social-worker' }, ...change }),
    );
  const close = (call: Call, id: string, body: object = { outcome: 'in-order' }): Promise<Answer> =>
    call('POST', `/v1/alerts/${id}/close`, body);

  it('are none while nothing happens', async () => {
    await detect();
    expect((await officer('GET', '/v1/alerts')).body).toEqual({ alerts: [], count: 0, nextCursor: null });
  });

  it('tell of a sample, with what is needed to judge it, and of nothing of the person', async () => {
    const { body } = await ask();
    await detect();
    const [sampled, ...more] = await ofExchange('sampled', body['exchangeId']);
    expect(more).toEqual([]);
    expect(sampled).toMatchObject({
      status: 'new',
      detail: { exchangeId: body['exchangeId'], drawnBy: ['staff'], staffId: 'sw-4711' },
    });
    const { body: full, text } = await officer('GET', `/v1/alerts/${sampled!.id}`);
    expect(full).toMatchObject({
      exchanges: [
        {
          exchangeId: body['exchangeId'],
          requester: COUNCIL,
          supplier: TRUST,
          role: 'social-worker',
          staffId: 'sw-4711',
          purpose: 'adult-social-care',
          agreement: { id: 'adult-care-assessed-needs', version: 1 },
          decision: 'permit',
          result: 'disclosed',
          explanation: `/v1/exchanges/${String(body['exchangeId'])}/explanation`,
        },
      ],
      person: { days: 28, lookups: 1, refusals: 0 },
      staff: { days: 28, lookups: 1, refusals: 0 },
    });
    const today = clock.now().toISOString().slice(0, 10);
    for (const history of [full['person'], full['staff']]) {
      // What the alert is about is no history of it.
      expect(history).toMatchObject({ byDay: [{ day: today, lookups: 1, refusals: 0 }], exchanges: [] });
    }
    const items = (full['exchanges'] as { items: { dataItem: string; legalBasis: string[] }[] }[])[0]!.items;
    expect(items.map(({ dataItem }) => dataItem)).toEqual(['assessed-needs', 'care-coordinator']);
    expect(items[0]!.legalBasis).toContain('care-2014-s6');
    expect(text).not.toContain(PERSON);
    const [{ handles } = { handles: '' }] = await runAsOwner<{ handles: string }>(
      gateway.database.ownerUrl,
      `SELECT string_agg(about, ' ') AS handles FROM alert_counts WHERE scope = 'handle'`,
    );
    expect(handles.split(' ')).toHaveLength(2);
    for (const handle of handles.split(' ')) expect(text).not.toContain(handle);
    expect(
      (await officer('GET', String((full['exchanges'] as { explanation: string }[])[0]!.explanation))).status,
    ).toBe(200);
  });

  it('come of officers’ looks at exchanges too, which count as look-ups of theirs', async () => {
    await detect();
    const counted = await runAsOwner(
      gateway.database.ownerUrl,
      `SELECT scope, lookups, refusals FROM alert_counts WHERE agency = $1 AND about IN ('', 'northmoor-council-ig-1')
       ORDER BY scope`,
      [COUNCIL],
    );
    expect(counted).toEqual([
      { scope: 'agency', lookups: 2, refusals: 0 },
      { scope: 'staff', lookups: 1, refusals: 0 },
    ]);
  });

  it('are found once, by however many replicas look, and counted once', async () => {
    const exchanges = await Promise.all([ask(), ask(), ask()]);
    const other = await gateway.addReplica(clock);
    await Promise.all([
      detect(),
      detect(),
      other.app.get(AlertDetection).round(),
      other.app.get(AlertDetection).round(),
    ]);
    await detect();
    for (const { body } of exchanges) expect(await ofExchange('sampled', body['exchangeId'])).toHaveLength(1);
    const [counted] = await runAsOwner<{ lookups: number; decisions: number }>(
      gateway.database.ownerUrl,
      `SELECT lookups, (SELECT count(*)::int FROM log_entries WHERE kind = 'decision') AS decisions
       FROM alert_counts WHERE scope = 'staff' AND about = 'sw-4711'`,
    );
    expect(counted!.lookups).toBe(counted!.decisions);
  });

  it('are found although a round was broken off in the middle, and none of them twice', async () => {
    const { body } = await ask();
    const { ownerUrl } = gateway.database;
    const countedBefore = await runAsOwner(ownerUrl, 'SELECT * FROM alert_counts ORDER BY agency, scope, about');
    await runAsOwner(ownerUrl, `ALTER TABLE alerts ADD CONSTRAINT broken CHECK (kind <> 'sampled') NOT VALID`);
    await expect(detect()).rejects.toThrow();
    expect(await runAsOwner(ownerUrl, 'SELECT * FROM alert_counts ORDER BY agency, scope, about')).toEqual(
      countedBefore,
    );
    await runAsOwner(ownerUrl, 'ALTER TABLE alerts DROP CONSTRAINT broken');
    await detect();
    await detect();
    expect(await ofExchange('sampled', body['exchangeId'])).toHaveLength(1);
  });

  it('have the history of the person, with no staff id of another agency', async () => {
    const { body } = await ask();
    await detect();
    const [sampled] = await ofExchange('sampled', body['exchangeId']);
    const { body: full } = await officer('GET', `/v1/alerts/${sampled!.id}`);
    const { exchanges, lookups } = full['person'] as { exchanges: Record<string, unknown>[]; lookups: number };
    expect(lookups).toBeGreaterThan(1);
    // The last of the day is the one that the alert is about.
    expect(exchanges).toEqual([
      {
        exchangeId: expect.any(String),
        at: expect.any(String),
        requester: COUNCIL,
        supplier: TRUST,
        role: 'social-worker',
        staffId: 'sw-4711',
        purpose: 'adult-social-care',
        decision: 'permit',
        result: 'disclosed',
      },
    ]);
    const alerts = gateway.sandbox.gateway.app.get(AlertsService);
    const detail = { exchangeId: String(body['exchangeId']) };
    await alerts.raise({ kind: 'decision-without-outcome', agency: TRUST, about: detail.exchangeId, detail });
    const [ofTrust] = await ofExchange('decision-without-outcome', detail.exchangeId, trustOfficer);
    const { body: seen, text } = await trustOfficer('GET', `/v1/alerts/${ofTrust!.id}`);
    expect((seen['person'] as { exchanges: object[] }).exchanges).toEqual([{ ...exchanges[0], staffId: null }]);
    expect(text).not.toContain('sw-4711');
    await alerts.settle({ kind: 'decision-without-outcome', agency: TRUST, about: detail.exchangeId });
  });

  it('tell both agencies of a permit without an outcome, and close themselves when its outcome comes', async () => {
    const supplier = held(patient());
    gateway.holds.set(PERSON, supplier.answer);
    const asking = ask('sw-slow');
    await supplier.asked;
    await detect();
    expect(await list('&kind=decision-without-outcome')).toEqual([]);
    clock.aheadSeconds += 301;
    await detect();
    const [found] = await list('&kind=decision-without-outcome');
    const exchangeId = found!.detail['exchangeId'];
    expect(await ofExchange('decision-without-outcome', exchangeId, trustOfficer)).toHaveLength(1);
    expect(await list('&kind=decision-without-outcome', stranger)).toEqual([]);
    supplier.release();
    gateway.holds.set(PERSON, patient());
    expect((await asking).body['exchangeId']).toBe(exchangeId);
    await detect();
    for (const call of [officer, trustOfficer]) {
      const [closed] = await ofExchange('decision-without-outcome', exchangeId, call);
      expect(closed).toMatchObject({ status: 'closed', outcome: 'no-longer-so' });
    }
  });

  it('tell of a member of staff who looks up far more than anybody does, once a day, with the exchanges', async () => {
    await Promise.all(Array.from({ length: 51 }, () => ask('sw-9')));
    await detect();
    const above = async (): Promise<ListedAlert[]> =>
      (await list('&kind=lookups-above-usual')).filter(({ detail }) => detail['staffId'] === 'sw-9');
    const [found] = await above();
    expect(found!.detail).toMatchObject({ count: 51, usual: 0, limit: 50 });
    const { body } = await officer('GET', `/v1/alerts/${found!.id}`);
    const exchanges = body['exchanges'] as { staffId: string }[];
    expect(exchanges).toHaveLength(20);
    expect(exchanges.every(({ staffId }) => staffId === 'sw-9')).toBe(true);
    expect(body).toMatchObject({ person: null, staff: { lookups: 51 } });
    expect((await close(reviewer, found!.id, { outcome: 'misuse', reference: 'IG-2026-0042' })).status).toBe(200);
    await ask('sw-9');
    await detect();
    expect(await above()).toEqual([expect.objectContaining({ id: found!.id, status: 'closed' })]);
    expect(await list('&kind=lookups-above-usual', trustOfficer)).toEqual([]);
  });

  it('tell of refusals, and say which', async () => {
    await Promise.all(Array.from({ length: 11 }, () => ask('sw-8', { purpose: 'adult-safeguarding' })));
    await ask('sw-8');
    await detect();
    const [found] = (await list('&kind=refusals-above-usual')).filter(({ detail }) => detail['staffId'] === 'sw-8');
    expect(found!.detail).toMatchObject({ count: 11 });
    const { body } = await officer('GET', `/v1/alerts/${found!.id}`);
    expect((body['exchanges'] as { decision: string }[]).map(({ decision }) => decision)).toEqual(
      Array.from({ length: 11 }, () => 'deny'),
    );
  });

  it('are dealt with once: looked into, closed with an outcome, each step on record without the reference', async () => {
    const { body } = await ask();
    await detect();
    const [{ id } = { id: '' }] = await ofExchange('sampled', body['exchangeId']);
    const looked = await officer('POST', `/v1/alerts/${id}/investigate`);
    expect(looked.body).toMatchObject({ status: 'under-investigation', investigatedBy: 'northmoor-council-ig-1' });
    const again = await reviewer('POST', `/v1/alerts/${id}/investigate`);
    expect([again.status, again.body['code']]).toEqual([409, 'ALERT_NOT_IN_STATUS']);
    const both = await Promise.all([
      close(officer, id, { outcome: 'in-order', reference: 'IG-2026-0007' }),
      close(reviewer, id, { outcome: 'in-order', reference: 'IG-2026-0007' }),
    ]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 409]);
    expect((await reviewer('GET', `/v1/alerts/${id}`)).body).toMatchObject({
      status: 'closed',
      outcome: 'in-order',
      reference: 'IG-2026-0007',
    });
    const entries = (await readLog(gateway.database.ownerUrl)) as unknown as {
      kind: string;
      claims: Record<string, unknown>;
    }[];
    const steps = entries.filter(({ claims }) => claims['alert'] === id);
    expect(steps.map(({ kind }) => kind)).toEqual(['alert-investigated', 'alert-closed', 'alert-read']);
    expect(steps[0]!.claims).toMatchObject({
      alertKind: 'sampled',
      by: { agency: COUNCIL, officer: 'northmoor-council-ig-1' },
    });
    expect(steps[1]!.claims).toMatchObject({ outcome: 'in-order' });
    expect(JSON.stringify(entries)).not.toContain('IG-2026-0007');
  });

  it('are not dealt with by whom they are about', async () => {
    const { body } = await ask('northmoor-council-ig-1');
    await detect();
    const [{ id } = { id: '' }] = await ofExchange('sampled', body['exchangeId']);
    for (const own of [await officer('POST', `/v1/alerts/${id}/investigate`), await close(officer, id)]) {
      expect([own.status, own.body['code']]).toEqual([403, 'ALERT_ABOUT_CALLER']);
    }
    expect((await close(reviewer, id)).status).toBe(200);
  });

  it('are looked at by oversight, which deals with none', async () => {
    const oversight = await gateway.as('northmoor-council-looks-on');
    const [{ id } = { id: '' }] = await list('&status=new');
    expect((await oversight('GET', `/v1/alerts/${id}`)).body).toMatchObject({ id, status: 'new' });
    for (const refused of [await oversight('POST', `/v1/alerts/${id}/investigate`), await close(oversight, id)]) {
      expect([refused.status, refused.body['code']]).toEqual([403, 'ROLE_NOT_ALLOWED']);
    }
  });

  it('of another agency look like none, by each route', async () => {
    const [{ id } = { id: '' }] = await list();
    for (const call of [stranger, trustOfficer]) {
      const nothing = await call('GET', '/v1/alerts/0192f0c1-9b14-7a30-8f11-2b1c0d9e8f70');
      for (const hidden of [
        await call('GET', `/v1/alerts/${id}`),
        await call('POST', `/v1/alerts/${id}/investigate`),
        await close(call, id),
        await call('GET', '/v1/alerts/no-id'),
      ]) {
        expect([hidden.status, hidden.body['code'], hidden.body['title']]).toEqual([
          404,
          'NOT_FOUND',
          nothing.body['title'],
        ]);
      }
    }
    expect((await stranger('GET', '/v1/alerts')).body).toMatchObject({ alerts: [], count: 0 });
    expect((await council('GET', '/v1/alerts')).body['code']).toBe('ROLE_NOT_ALLOWED');
  });

  it.each([
    ['an outcome of no list', { outcome: 'fine' }, '/outcome'],
    ['the outcome that is the gateway’s own', { outcome: 'no-longer-so' }, '/outcome'],
    ['a note', { outcome: 'mistake', note: 'Mrs Example was told' }, '/note'],
    ['words in place of a reference', { outcome: 'mistake', reference: 'Mrs Example' }, '/reference'],
    ['an identifier in place of a reference', { outcome: 'mistake', reference: 'NN123456C' }, '/reference'],
  ])('take no %s', async (_what, body, pointer) => {
    const [{ id } = { id: '' }] = await list('&status=new');
    const refused = await close(officer, id, body);
    expect([refused.status, refused.body['pointers']]).toEqual([400, [pointer]]);
  });

  it('are listed a page at a time, with how many there are, by status, kind and time', async () => {
    const all = await list();
    const pages: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const page = (await officer('GET', `/v1/alerts?limit=30${cursor}`)).body as {
        alerts: ListedAlert[];
        count: number;
        nextCursor: string | null;
      };
      expect(page.count).toBe(all.length);
      pages.push(...page.alerts.map(({ id }) => id));
      cursor = page.nextCursor === null ? undefined : `&cursor=${page.nextCursor}`;
    }
    expect(pages).toEqual(all.map(({ id }) => id));
    expect(pages.length).toBeGreaterThan(60);
    const closed = await list('&status=closed&kind=sampled');
    expect(closed.map(({ id }) => id)).toEqual(
      all.filter(({ status, kind }) => status === 'closed' && kind === 'sampled').map(({ id }) => id),
    );
    const now = clock.now().toISOString();
    expect(await list(`&from=${now}`)).toEqual([]);
    expect(await list(`&until=${now}`)).toHaveLength(all.length);
    for (const query of [
      'status=open',
      'kind=witness-missing',
      'limit=101',
      'from=today',
      'cursor=x',
      'person=1',
      'status=new&status=closed',
    ]) {
      expect((await officer('GET', `/v1/alerts?${query}`)).status).toBe(400);
    }
  });

  it('without an agency are the operator’s, in the measurements', async () => {
    const alerts = gateway.sandbox.gateway.app.get(AlertsService);
    const missing = {
      kind: 'witness-missing',
      agency: null,
      about: 'salford',
      detail: { witness: 'salford' },
    } as const;
    expect([await alerts.raise(missing), await alerts.raise(missing)]).toEqual([true, false]);
    const gauges = async (): Promise<string[]> =>
      (await (await fetch(`${gateway.publicUrl}/metrics`)).text())
        .split('\n')
        .filter((line) => line.startsWith('gatehouse_alerts{') && line.includes('witness-missing'));
    expect(await gauges()).toEqual(['gatehouse_alerts{agency="",kind="witness-missing",status="new"} 1']);
    for (const call of [officer, trustOfficer, stranger]) {
      expect((await list('', call)).filter(({ kind }) => kind === 'witness-missing')).toEqual([]);
    }
    await alerts.settle(missing);
    expect(await gauges()).toEqual([]);
    expect(await alerts.raise(missing)).toBe(true);
  });

  it('tell of an override until its agency has concluded, and of one that is overdue', async () => {
    const overridden = await ask('sw-4711', BY_OVERRIDE);
    expect(overridden.status).toBe(200);
    const second = await ask('sw-4711', BY_OVERRIDE);
    await detect();
    const awaiting = async (of: Answer, call: Call) =>
      (await ofExchange('override-awaiting-review', of.body['exchangeId'], call)).map(({ status }) => status);
    expect(await awaiting(overridden, officer)).toEqual(['new']);
    expect(await awaiting(overridden, trustOfficer)).toEqual(['new']);
    const [{ detail } = { detail: {} }] = await ofExchange('override-awaiting-review', overridden.body['exchangeId']);
    const answered = await reviewer('POST', `/v1/reviews/${String((detail as { review: string }).review)}/answers`, {
      outcome: 'justified',
      measures: ['none'],
    });
    expect(answered.status).toBe(201);
    await detect();
    expect(await awaiting(overridden, officer)).toEqual(['closed']);
    expect(await awaiting(overridden, trustOfficer)).toEqual(['new']);
    clock.aheadSeconds += REVIEW_DAYS * 86_400 + 60;
    await detect();
    await detect();
    const overdue = async (of: Answer, call: Call) =>
      (await ofExchange('override-review-overdue', of.body['exchangeId'], call)).map(({ status }) => status);
    expect(await overdue(overridden, officer)).toEqual([]);
    expect(await overdue(overridden, trustOfficer)).toEqual(['new']);
    expect(await overdue(second, officer)).toEqual(['new']);
    expect(await awaiting(second, officer)).toEqual(['closed']);
  });

  it('tell both parties of a budget that is used up, once in its period', async () => {
    await gateway.define({
      edit: (file, text) =>
        file === 'fire-premises-risk.agreement.yaml'
          ? text
              .replace('version: 1', 'version: 2')
              .replace('    from:', `    budget: { perDay: ${PER_DAY} }\n    from:`)
          : text,
    });
    gateway.holds.set('999900000001', json({ premises: { hazards: [], accessNotes: null } }));
    const fire = await gateway.as('northmoor-fire-control');
    const asked: Answer[] = [];
    for (let i = 0; i <= PER_DAY + 1; i++) asked.push(await fire('POST', '/v1/queries', premisesQuery()));
    expect(asked.map(({ status }) => status)).toEqual([200, 200, 429, 429]);
    await detect();
    for (const call of [officer, await gateway.as('northmoor-fire-ig-1')]) {
      expect(await list('&kind=budget-reached', call)).toEqual([
        expect.objectContaining({
          status: 'new',
          detail: {
            agreement: 'fire-premises-risk',
            leg: expect.any(String),
            system: 'northmoor-fire-control',
            period: 'day',
            most: PER_DAY,
          },
        }),
      ]);
    }
    expect(await list('&kind=budget-reached', trustOfficer)).toEqual([]);
  });

  it('leave a log that verifies', async () => {
    await until(() => gateway.sandbox.gateway.app.get(DisclosureLog).readiness().ok);
    expect(await logFindings(gateway)).toEqual([]);
  });
});
