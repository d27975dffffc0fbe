import { needsQuery, premisesQuery } from '../../support/gateway.js';
import { startFaultyWorld, type FaultyWorld } from '../../support/faulty-world.js';
import { startGatewayProcess } from '../../support/gateway-process.js';
import { until } from '../../support/until.js';

describe('a gateway that is told to stop', () => {
  let world: FaultyWorld;
  beforeAll(async () => {
    world = await startFaultyWorld({ PUBLIC_URL: 'https://gateway.test' });
  });
  afterAll(async () => world.stop());

  it('answers what is under way, begins nothing, and exits 0', async () => {
    const replica = await startGatewayProcess(world.gateway);
    await until(() => replica.ready());
    const council = await world.gateway.as('northmoor-council-adult-care', replica.url);
    const fire = await world.gateway.as('northmoor-fire-control', replica.url);
    world.supplier.hold();
    const asking = council('POST', '/v1/queries', needsQuery());
    await until(() => world.supplier.waiting() === 1);

    const ended = replica.end('SIGTERM');
    await until(async () => !(await replica.ready()));
    const late = await fire('POST', '/v1/queries', premisesQuery());
    expect(late.body).toMatchObject({ status: 503, code: 'GATEWAY_STOPPING' });
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await (await fetch(`${replica.url}/health/ready`)).text()).toContain('The gateway is stopping.');
    world.supplier.release();

    expect(await asking).toMatchObject({ status: 200, body: { decision: { outcome: 'permit' } } });
    expect(await ended).toMatchObject({ code: 0, signal: null, stderr: '' });
    expect(await world.records.unresolved()).toEqual([]);
  });
});
