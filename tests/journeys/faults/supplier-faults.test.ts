import { needsQuery } from '../../support/gateway.js';
import { DISCLOSABLE, SECRET, startFaultyWorld, type FaultyWorld } from '../../support/faulty-world.js';
import { json, status, type Answer } from '../../support/supplier-stub.js';
import { until } from '../../support/until.js';

const { patient } = DISCLOSABLE;
const text =
  (body: string, type = 'application/json'): Answer =>
  (_seen, response) =>
    void response.writeHead(200, { 'content-type': type }).end(body);

describe('a supplier that fails', () => {
  let world: FaultyWorld;
  beforeAll(async () => {
    world = await startFaultyWorld();
  });
  afterAll(async () => world.stop());
  afterEach(() => world.supplier.answerWith(json(DISCLOSABLE)));

  it.each<[string, Answer, number, string, string]>([
    ['refuses', status(403), 502, 'SUPPLIER_REFUSED', 'refused'],
    ['is broken', status(500), 502, 'SUPPLIER_UNAVAILABLE', 'unavailable'],
    ['hangs up', (_seen, response) => void response.destroy(), 502, 'SUPPLIER_UNAVAILABLE', 'unavailable'],
    [
      'hangs up half-way through its answer',
      (_seen, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '10000' });
        response.write(JSON.stringify(DISCLOSABLE), () => response.destroy());
      },
      502,
      'SUPPLIER_UNAVAILABLE',
      'unavailable',
    ],
    ['never answers', () => undefined, 504, 'SUPPLIER_TIMED_OUT', 'timed-out'],
    [
      'answers more than may be read',
      text(JSON.stringify({ ...DISCLOSABLE, more: 'x'.repeat(3 * 1024 * 1024) })),
      502,
      'SUPPLIER_ANSWER_UNUSABLE',
      'too-large',
    ],
    ['answers what is not JSON', text(`{"patient": ${SECRET}`), 502, 'SUPPLIER_ANSWER_UNUSABLE', 'not-understood'],
    ['answers a page', text(`<p>${SECRET}</p>`, 'text/html'), 502, 'SUPPLIER_ANSWER_UNUSABLE', 'not-understood'],
    [
      'sends the gateway elsewhere',
      status(302, { location: 'http://127.0.0.1:1/' }),
      502,
      'SUPPLIER_ANSWER_UNUSABLE',
      'not-understood',
    ],
    [
      'answers one item of two with the wrong type',
      json({ patient: { ...patient, careCoordinator: SECRET } }),
      502,
      'SUPPLIER_ANSWER_UNUSABLE',
      'wrong-type',
    ],
  ])('and %s releases nothing, not even in part, and is on record', async (_what, answer, httpStatus, code, cause) => {
    world.supplier.answerWith(answer);
    const { body, text: sent } = await world.council('POST', '/v1/queries', needsQuery());
    expect(body).toMatchObject({ status: httpStatus, code });
    expect(sent).not.toContain(SECRET);
    const [decision, outcome, ...more] = await world.records.of(body['exchangeId']);
    expect(more).toEqual([]);
    expect(decision).toMatchObject({ kind: 'decision', claims: { decision: { outcome: 'permit' } } });
    expect(outcome).toMatchObject({
      kind: 'outcome',
      claims: {
        outcome: {
          result: 'supplier-failed',
          cause,
          released: [],
          withheld: [
            { dataItem: 'assessed-needs', reason: cause },
            { dataItem: 'care-coordinator', reason: cause },
          ],
        },
      },
    });
    expect(`${decision?.text}${outcome?.text}${world.gateway.logged.join('')}`).not.toContain(SECRET);
  });

  it('does not keep the next one from being answered', async () => {
    expect((await world.council('POST', '/v1/queries', needsQuery())).status).toBe(200);
    expect(await world.records.verify()).toMatchObject({ findings: [] });
    expect(await world.records.unresolved()).toEqual([]);
  });
});

describe('a requester that goes away while the supplier is asked', () => {
  let world: FaultyWorld;
  beforeAll(async () => {
    world = await startFaultyWorld({ MAX_EXCHANGES: '1' });
  });
  afterAll(async () => world.stop());

  it('is waited for no longer: the supplier is let go, the outcome says so, and the next one is served', async () => {
    let letGo = false;
    world.supplier.answerWith((_seen, response) => void response.once('close', () => (letGo = true)));
    const asked = world.supplier.asked();
    const leaving = new AbortController();
    const asking = world.council('POST', '/v1/queries', needsQuery(), {}, leaving.signal);
    await until(() => world.supplier.asked() === asked + 1);
    leaving.abort();
    await expect(asking).rejects.toThrow();
    await until(() => letGo);
    await until(async () => (await world.records.unresolved()).length === 0);
    const last = (await world.records.all()).at(-1);
    expect(last).toMatchObject({
      kind: 'outcome',
      claims: { outcome: { result: 'supplier-failed', cause: 'abandoned', released: [] } },
    });
    world.supplier.answerWith(json(DISCLOSABLE));
    await until(async () => (await world.council('POST', '/v1/queries', needsQuery())).status === 200);
  });
});
