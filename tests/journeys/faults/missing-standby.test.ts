import { DisclosureLog } from '../../../src/disclosure-log/index.js';
import { needsQuery, type Answer } from '../../support/gateway.js';
import { SECRET, startFaultyWorld, type FaultyWorld } from '../../support/faulty-world.js';
import { startStandbyServer, type StandbyServer } from '../../support/standby-server.js';
import { until } from '../../support/until.js';

/** Twice the bound that the gateway promises, for a busy machine. Milliseconds. */
const ANSWERED_WITHIN_MS = 4_000;

describe('a gateway whose synchronous standby is missing', () => {
  let server: StandbyServer;
  let world: FaultyWorld;
  beforeAll(async () => {
    server = await startStandbyServer();
    world = await startFaultyWorld();
  });
  afterAll(async () => {
    await server.dropStandby();
    await world.stop();
    await server.stop();
  });
  afterEach(async () => {
    await server.dropStandby();
    await world.untilReady();
    expect(await world.records.verify()).toMatchObject({ findings: [] });
    expect((await world.council('POST', '/v1/queries', needsQuery())).status).toBe(200);
  });

  const timed = async (asking: Promise<Answer>): Promise<Answer> => {
    const began = performance.now();
    const answer = await asking;
    expect(performance.now() - began).toBeLessThan(ANSWERED_WITHIN_MS);
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.text).not.toContain(SECRET);
    return answer;
  };
  /** A permit whose supplier has been asked and has not yet answered. */
  const underWay = async (): Promise<{ asking: Promise<Answer> }> => {
    world.supplier.hold();
    const asking = world.council('POST', '/v1/queries', needsQuery());
    await until(() => world.supplier.waiting() === 1);
    return { asking };
  };

  it('is not ready, answers 503 in time, asks no supplier, and leaves no sessions waiting behind it', async () => {
    await server.requireStandby();
    await world.untilReady(false);
    const asked = world.supplier.asked();
    for (let i = 0; i < 4; i++) await timed(world.council('POST', '/v1/queries', needsQuery()));
    expect(world.supplier.asked()).toBe(asked);
    await until(async () => (await server.waiting('gatehouse')).length <= 1);
  });

  it('releases nothing when the wait for the outcome does not end', async () => {
    const { asking } = await underWay();
    await server.requireStandby();
    await world.untilReady(false);
    world.supplier.release();
    const { exchangeId } = (await timed(asking)).body;
    await server.dropStandby();
    await world.untilReady();
    const kinds = (await world.records.of(exchangeId)).map(({ kind }) => kind);
    // Listed as unresolved, or reconciled: never as disclosed.
    expect([['decision'], ['decision', 'outcome', 'reconciliation']]).toContainEqual(kinds);
  });

  it('releases nothing when the wait is cancelled and PostgreSQL reports success', async () => {
    const log = world.gateway.sandbox.gateway.app.get(DisclosureLog);
    const { asking } = await underWay();
    await server.requireStandby();
    let answered = false;
    void asking.finally(() => (answered = true));
    world.supplier.release();
    await until(async () => {
      await server.cancelWaits('gatehouse-log');
      return answered;
    });
    const { exchangeId } = (await timed(asking)).body;
    await server.dropStandby();
    await until(() => log.unconfirmedExchanges().length === 0);
    expect((await world.records.of(exchangeId)).map(({ kind }) => kind)).not.toEqual(['decision', 'outcome']);
  });
});
