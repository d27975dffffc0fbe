import { Admission } from '../../../src/admission/index.js';
import { Metrics, Readiness } from '../../../src/observability/index.js';
import { startHttpApplication, type HttpApplication } from '../../support/http-application.js';
import { SampleController } from '../../support/sample.controller.js';

let gateway: HttpApplication;
let logWritable = true;
beforeAll(async () => {
  gateway = await startHttpApplication([SampleController]);
  gateway.app
    .get(Readiness)
    .register('disclosure-log', () =>
      logWritable ? { ok: true } : { ok: false, reason: 'The disclosure log cannot be written.' },
    );
});
afterAll(() => gateway.close());
beforeEach(() => {
  logWritable = true;
});

const get = (path: string): Promise<Response> => fetch(`${gateway.url}${path}`);

describe('/health/ready', () => {
  it('is 200 when every check says yes, and lists them', async () => {
    const response = await get('/health/ready');
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: 'ready',
      checks: [
        { name: 'admission', ok: true },
        { name: 'disclosure-log', ok: true },
      ],
    });
  });

  it('is 503 with the reason when the log cannot be written, while /health/live stays 200', async () => {
    logWritable = false;
    const response = await get('/health/ready');
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({
      status: 'not-ready',
      checks: [{ ok: true }, { name: 'disclosure-log', ok: false, reason: 'The disclosure log cannot be written.' }],
    });
    expect((await get('/health/live')).status).toBe(200);
    expect(await (await get('/metrics')).text()).toContain('gatehouse_ready 0');
  });

  it('answers while exchanges fill the gateway', async () => {
    const held = get('/v1/hold');
    while (gateway.app.get(Admission).underWay === 0) await new Promise(setImmediate);
    const refused = await get('/v1/hold');
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '1']);
    expect((await get('/health/live')).status).toBe(200);
    expect((await get('/health/ready')).status).toBe(200);
    SampleController.release?.();
    expect((await held).status).toBe(200);
  });
});

describe('/metrics', () => {
  it('counts requests by the template of their route, never by the address', async () => {
    await get('/v1/problems/SENTINEL');
    await get('/SENTINEL?SENTINEL=SENTINEL');
    const response = await get('/metrics');
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    const text = await response.text();
    expect(text).toContain('gatehouse_http_requests_total{method="GET",route="/v1/problems/:code",status="200"}');
    expect(text).toContain('route="unmatched",status="404"');
    expect(text).toContain('gatehouse_problems_total{code="NOT_FOUND"}');
    expect(text).not.toContain('SENTINEL');
  });

  it('comes from the registry of this application', async () => {
    gateway.app.get(Metrics).surplusDropped('northmoor/needs', 2);
    expect(await (await get('/metrics')).text()).toContain(
      'gatehouse_surplus_values_total{data_service="northmoor/needs"} 2',
    );
  });
});

describe('the access log', () => {
  it('has a line for each request with method, route, status, duration and ids, and nothing of the address', async () => {
    const from = gateway.lines.length;
    await get('/v1/problems/SUPPLIER_TIMED_OUT?nhs=SENTINEL');
    while (!gateway.lines.slice(from).some((line) => line.includes('request-answered')))
      await new Promise(setImmediate);
    const line = gateway.lines.slice(from).find((one) => one.includes('request-answered')) ?? '{}';
    expect(JSON.parse(line)).toEqual({
      level: 'info',
      time: '2026-11-22T09:30:00.000Z',
      event: 'request-answered',
      method: 'GET',
      route: '/v1/problems/:code',
      status: 504,
      code: 'SUPPLIER_TIMED_OUT',
      durationMs: expect.any(Number) as number,
      requestId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
    expect(gateway.lines.join('')).not.toContain('SENTINEL');
  });
});

describe('a gateway that is told to stop', () => {
  it('finishes what is under way, begins nothing, and says that it is not ready', async () => {
    const stopping = await startHttpApplication([SampleController]);
    const held = fetch(`${stopping.url}/v1/hold`);
    while (stopping.app.get(Admission).underWay === 0) await new Promise(setImmediate);
    const closed = stopping.close();
    while (!stopping.app.get(Admission).stopping) await new Promise(setImmediate);
    const refused = await fetch(`${stopping.url}/v1/hold`);
    expect([refused.status, refused.headers.get('gatehouse-error')]).toEqual([503, 'GATEWAY_STOPPING']);
    expect((await fetch(`${stopping.url}/health/ready`)).status).toBe(503);
    SampleController.release?.();
    expect(await (await held).json()).toEqual({ held: true });
    await closed;
    expect(stopping.lines.join('')).toContain('exchanges-finished');
    await expect(fetch(`${stopping.url}/health/live`)).rejects.toThrow();
  });
});
