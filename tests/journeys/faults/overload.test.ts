import { needsQuery, premisesQuery, type Answer } from '../../support/gateway.js';
import { startFaultyWorld, type FaultyWorld } from '../../support/faulty-world.js';
import { until } from '../../support/until.js';

const MOST = 6;
const MOST_PER_SYSTEM = 4;

describe('more requests than the gateway can carry', () => {
  let world: FaultyWorld;
  beforeAll(async () => {
    world = await startFaultyWorld({ MAX_EXCHANGES: String(MOST), MAX_EXCHANGES_PER_SYSTEM: String(MOST_PER_SYSTEM) });
  });
  afterAll(async () => world.stop());

  const greedy = () => world.council('POST', '/v1/queries', needsQuery());
  const other = () => world.fire('POST', '/v1/queries', premisesQuery());
  const times = <Value>(count: number, make: () => Value): Value[] => Array.from({ length: count }, () => make());
  const expectTurnedAway = ({ body, headers }: Answer, status: number, code: string): void => {
    expect(body).toMatchObject({ status, code });
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  };

  it('are answered 429 to a system above its share, while others are served', async () => {
    world.supplier.hold();
    const share = times(MOST_PER_SYSTEM, greedy);
    await until(() => world.supplier.waiting() === MOST_PER_SYSTEM);
    world.supplier.pass();
    const entries = await world.records.count();
    // Answered although its share still waits: nobody queues.
    for (const answer of await Promise.all(times(5, greedy))) expectTurnedAway(answer, 429, 'SYSTEM_OVER_SHARE');
    expect(await world.records.count()).toBe(entries);
    expect((await other()).status).toBe(200);
    world.supplier.release();
    expect((await Promise.all(share)).map(({ status }) => status)).toEqual(times(MOST_PER_SYSTEM, () => 200));
  });

  it('are answered 503 at once when it is full, and its health, metrics and checkpoint all the same', async () => {
    world.supplier.hold();
    const full = [...times(MOST_PER_SYSTEM, greedy), ...times(MOST - MOST_PER_SYSTEM, other)];
    await until(() => world.supplier.waiting() === MOST);
    const entries = await world.records.count();
    for (const answer of await Promise.all(times(5, other))) expectTurnedAway(answer, 503, 'GATEWAY_BUSY');
    expectTurnedAway(await greedy(), 429, 'SYSTEM_OVER_SHARE');
    expect((await world.health('live')).status).toBe(200);
    expect((await world.health('ready')).status).toBe(200);
    expect((await fetch(`${world.url}/metrics`)).status).toBe(200);
    expect((await fetch(`${world.url}/v1/log/checkpoint`)).status).toBe(200);
    expect(await world.records.count()).toBe(entries);
    world.supplier.release();
    expect((await Promise.all(full)).map(({ status }) => status)).toEqual(times(MOST, () => 200));
  });

  it('leave nothing half done, and everything works afterwards', async () => {
    const before = await world.records.count();
    const answers = await Promise.all(times(40, () => [greedy(), other()]).flat());
    const served = answers.filter(({ status }) => status === 200);
    expect(served.length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => ![200, 429, 503].includes(status))).toEqual([]);
    // A decision and an outcome for each that was served, and not a word of the others.
    expect(await world.records.count()).toBe(before + 2 * served.length);
    expect(await world.records.unresolved()).toEqual([]);
    expect(await world.records.verify()).toMatchObject({ findings: [] });
    for (const { status } of [await greedy(), await other()]) expect(status).toBe(200);
  });
});
