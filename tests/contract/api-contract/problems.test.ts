import { request } from 'node:http';
import { connect } from 'node:net';
import { PROBLEMS, type ProblemCode } from '../../../src/api-contract/index.js';
import { startHttpApplication, type HttpApplication } from '../../support/http-application.js';
import { SampleController } from '../../support/sample.controller.js';

let gateway: HttpApplication;
beforeAll(async () => {
  gateway = await startHttpApplication([SampleController]);
});
afterAll(() => gateway.close());

const JSON_TYPE = { 'content-type': 'application/json' };
const post = (
  path: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Record<string, string> = JSON_TYPE,
): Promise<Response> => fetch(`${gateway.url}${path}`, { method: 'POST', body, headers });

async function expectProblem(response: Response, code: ProblemCode): Promise<Record<string, unknown>> {
  const body = (await response.json()) as Record<string, unknown>;
  expect(body).toMatchObject({
    type: `/docs/errors#${code}`,
    code,
    status: PROBLEMS[code].status,
    title: PROBLEMS[code].title,
  });
  expect(response.status).toBe(PROBLEMS[code].status);
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json(; charset=utf-8)?$/);
  expect(response.headers.get('gatehouse-error')).toBe(code);
  return body;
}

describe('every error', () => {
  it.each(Object.keys(PROBLEMS) as ProblemCode[])('%s is answered as a problem with its headers', async (code) => {
    const response = await fetch(`${gateway.url}/v1/problems/${code}`);
    await expectProblem(response, code);
    const entry: { status: number; retryAfterSeconds?: number } = PROBLEMS[code];
    expect(response.headers.get('retry-after')).toBe(entry.retryAfterSeconds ? String(entry.retryAfterSeconds) : null);
    expect(response.headers.get('www-authenticate')).toBe(
      entry.status === 401 ? 'DPoP algs="ES256 EdDSA PS256"' : null,
    );
  });

  it('carries the details that its problem declares', async () => {
    const body = await expectProblem(await fetch(`${gateway.url}/v1/problems/refusal`), 'DISCLOSURE_REFUSED');
    expect(body).toMatchObject({ exchangeId: 'e', decision: { outcome: 'deny' }, receipt: 'a.b.c' });
  });

  it.each(['bug', 'text', 'nest'])(
    'that is no problem (%s) is INTERNAL, and its message goes nowhere',
    async (kind) => {
      const from = gateway.lines.length;
      const body = await expectProblem(await fetch(`${gateway.url}/v1/problems/${kind}`), 'INTERNAL');
      expect(JSON.stringify([body, gateway.lines.slice(from)])).not.toContain('SENTINEL');
      expect(gateway.lines.slice(from).join('')).toContain('"event":"request-failed"');
    },
  );

  it('of another HTTP status becomes the nearest code, without its body', async () => {
    const body = await expectProblem(await fetch(`${gateway.url}/v1/problems/teapot`), 'REQUEST_MALFORMED');
    expect(JSON.stringify(body)).not.toContain('SENTINEL');
  });

  it('says where it came from in the log: class, code and place', async () => {
    const from = gateway.lines.length;
    await fetch(`${gateway.url}/v1/problems/bug`);
    const line = gateway.lines.slice(from).find((one) => one.includes('request-failed'));
    expect(JSON.parse(line ?? '')).toMatchObject({
      level: 'error',
      code: 'INTERNAL',
      err: { class: 'TypeError', cause: { class: 'Error' } },
    });
  });
});

describe('a request', () => {
  it('with a good body is served', async () => {
    const response = await post('/v1/asks', '{"purpose":"adult-care"}', {
      'content-type': 'application/json; charset=utf-8',
    });
    expect([response.status, await response.json()]).toEqual([200, { purpose: 'adult-care' }]);
    expect(response.headers.get('gatehouse-error')).toBeNull();
  });

  it.each<[string, string | Uint8Array<ArrayBuffer>, ProblemCode]>([
    ['a body that is not JSON', '{', 'REQUEST_MALFORMED'],
    ['an empty body', '', 'REQUEST_MALFORMED'],
    ['duplicate members', '{"purpose":"a","purpose":"b"}', 'REQUEST_MALFORMED'],
    ['__proto__', '{"__proto__":{},"purpose":"a"}', 'REQUEST_MALFORMED'],
    ['nesting over 32 levels', '['.repeat(40) + ']'.repeat(40), 'REQUEST_MALFORMED'],
    ['bytes that are not UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 'REQUEST_MALFORMED'],
    ['an unknown member', '{"purpose":"a","surprise":1}', 'REQUEST_INVALID'],
    ['a wrong type', '{"purpose":1}', 'REQUEST_INVALID'],
    ['a body over 256 KiB', JSON.stringify({ purpose: 'x'.repeat(256 * 1024) }), 'REQUEST_TOO_LARGE'],
  ])('with %s is refused', async (_, body, code) => {
    await expectProblem(await post('/v1/asks', body), code);
  });

  it('of unknown length that grows over 256 KiB is refused while it arrives', async () => {
    const status = await new Promise((resolve, reject) => {
      const sent = request(`${gateway.url}/v1/asks`, { method: 'POST', headers: JSON_TYPE }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      });
      sent.on('error', reject);
      for (let block = 0; block < 5; block++) sent.write(Buffer.alloc(64 * 1024, 0x20));
      sent.end('{}');
    });
    expect(status).toBe(413);
  });

  it('of another media type is refused', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application/jsonp',
      'application/problem+json',
    ]) {
      await expectProblem(
        await post('/v1/asks', '{"purpose":"a"}', { 'content-type': type }),
        'MEDIA_TYPE_UNSUPPORTED',
      );
    }
  });

  it('for no route is not found, also with a malformed address', async () => {
    await expectProblem(await fetch(`${gateway.url}/v1/nothing-SENTINEL`), 'NOT_FOUND');
    await expectProblem(await fetch(`${gateway.url}/%zz`), 'NOT_FOUND');
    await expectProblem(await fetch(`${gateway.url}/v1/problems/${'x'.repeat(300)}`), 'NOT_FOUND');
  });

  it('with a method that the path does not know is told which it knows', async () => {
    const response = await fetch(`${gateway.url}/v1/asks?x=1`);
    await expectProblem(response, 'METHOD_NOT_ALLOWED');
    expect(response.headers.get('allow')).toBe('POST');
    const other = await fetch(`${gateway.url}/v1/problems/x`, { method: 'DELETE' });
    await expectProblem(other, 'METHOD_NOT_ALLOWED');
    expect(other.headers.get('allow')).toBe('GET, HEAD');
  });

  it('of any type is left unread for a hook that answers itself', async () => {
    // The authorization server reads its own bodies; nothing may have taken them before.
    const open = await startHttpApplication([], [], (app) => {
      const instance = app.getHttpAdapter().getInstance();
      instance.addHook('onRequest', (asked, reply, done) => {
        if (asked.url !== '/oauth/token') return done();
        reply.hijack();
        asked.raw.pipe(reply.raw);
      });
    });
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const response = await fetch(`${open.url}/oauth/token`, { method: 'POST', body: 'grant_type=x', headers: type });
    expect(await response.text()).toBe('grant_type=x');
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    await open.close();
  });
});

describe('every answer', () => {
  const HEADERS = {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  };

  it.each(['/v1/problems/NOT_FOUND', '/nothing', '/%zz', '/health/live'])(
    'has the security headers (%s)',
    async (path) => {
      const { headers } = await fetch(`${gateway.url}${path}`);
      expect(Object.fromEntries(headers)).toMatchObject(HEADERS);
    },
  );

  it('mirrors well-formed ids', async () => {
    const ids = {
      'x-request-id': '6F9619FF-8B86-4D01-B42D-00CF4FC964FF',
      'x-correlation-id': '0af7651916cd43dd8448eb211c80319c',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    };
    for (const path of ['/health/live', '/nothing', '/%zz']) {
      const { headers } = await fetch(`${gateway.url}${path}`, { headers: ids });
      expect(Object.fromEntries(headers)).toMatchObject(ids);
    }
  });

  it('replaces or drops ids that could hold something else, and never logs them', async () => {
    for (const bad of ['9434765919', 'Jane-Doe', 'x'.repeat(500), '6f9619ff-8b86-4d01-b42d-00cf4fc964ff-9434765919']) {
      const from = gateway.lines.length;
      const { headers } = await fetch(`${gateway.url}/health/live`, {
        headers: { 'x-request-id': bad, 'x-correlation-id': bad, traceparent: bad },
      });
      expect(headers.get('x-request-id')).toMatch(
        /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
      );
      expect(headers.get('x-correlation-id')).toBeNull();
      expect(headers.get('traceparent')).toBeNull();
      expect(gateway.lines.slice(from).join('')).not.toContain(bad);
    }
  });
});

describe('a connection that breaks off', () => {
  it('in the middle of a body is counted as ended', async () => {
    const { hostname, port } = new URL(gateway.url);
    const from = gateway.lines.length;
    const socket = connect(Number(port), hostname);
    socket.write(
      'POST /v1/asks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"purp',
    );
    while (!(await metrics()).includes('gatehouse_http_requests_in_flight 2')) await new Promise(setImmediate);
    socket.destroy();
    while (!gateway.lines.slice(from).some((line) => line.includes('/v1/asks'))) await new Promise(setImmediate);
    expect(gateway.lines.slice(from).find((line) => line.includes('/v1/asks'))).toContain('"aborted":true');
  });
  const metrics = async (): Promise<string> => (await fetch(`${gateway.url}/metrics`)).text();
});
