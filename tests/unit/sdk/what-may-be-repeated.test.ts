import { readFileSync } from 'node:fs';
import { CREATING, isIdempotent, waitAfterAnswer } from '../../../sdk/what-may-be-repeated.js';
import { PROBLEMS } from '../../../src/api-contract/index.js';

const answer = (status: number, headers: Record<string, string> = {}): Response =>
  new Response(null, { status, headers });

describe('what may be repeated', () => {
  it.each([
    ['GET /v1/log/keys', {}, true],
    ['POST /v1/permissions/0192f0c1/withdraw', {}, true],
    ['POST /v1/withdrawal-notices/0192f0c1/acknowledge', {}, true],
    ['POST /v1/objections/0192f0c1/lift', {}, true],
    ['POST /v1/permissions', { 'idempotency-key': 'k' }, true],
    ['POST /v1/permissions', {}, false],
    ['POST /v1/queries', {}, false],
    // A key does not make idempotent what does not take one.
    ['POST /v1/queries', { 'idempotency-key': 'k' }, false],
    ['POST /v1/something-new', {}, false],
  ])('%s with %p counts as idempotent: %p', (operation, headers, expected) => {
    expect(isIdempotent(operation, new Headers(headers as Record<string, string>))).toBe(expected);
  });

  it('knows every operation that takes an Idempotency-Key', () => {
    const { paths } = JSON.parse(readFileSync('schemas/openapi.json', 'utf8')) as {
      paths: Record<string, Record<string, { parameters?: { name: string }[] }>>;
    };
    const taking = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item)
        .filter(([, { parameters = [] }]) => parameters.some(({ name }) => /^idempotency-key$/i.test(name)))
        .map(([method]) => `${method.toUpperCase()} ${path}`),
    );
    expect(new Set(taking)).toEqual(CREATING);
  });

  it.each(Object.entries(PROBLEMS).filter(([, { status }]) => status === 429 || status === 503))(
    'repeats a query that the gateway turned away with %s',
    (code, { status }) => {
      expect(waitAfterAnswer(answer(status, { 'gatehouse-error': code, 'retry-after': '2' }), false)).toBe(2_000);
    },
  );

  it.each(Object.entries(PROBLEMS).filter(([, { status }]) => status !== 429 && status !== 503))(
    'repeats nothing that was answered %s',
    (code, { status }) => {
      expect(waitAfterAnswer(answer(status, { 'gatehouse-error': code, 'retry-after': '2' }), true)).toBeUndefined();
    },
  );

  it('does not repeat a query after a 503 of something in between, which may hide a lost answer', () => {
    expect(waitAfterAnswer(answer(503, { 'retry-after': '2' }), false)).toBeUndefined();
    expect(waitAfterAnswer(answer(503, { 'retry-after': '2' }), true)).toBe(2_000);
  });
});
