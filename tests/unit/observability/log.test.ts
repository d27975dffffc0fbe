import { Logger } from '@nestjs/common';
import { Problem } from '../../../src/api-contract/index.js';
import { describeError, Log, type LogFields } from '../../../src/observability/index.js';
import { NestLog } from '../../../src/observability/observability.module.js';

const NOW = new Date('2026-11-22T09:30:00.000Z');

function makeLog(level: 'error' | 'warn' | 'info' | 'debug' = 'info'): {
  log: Log;
  lines: Record<string, unknown>[];
  text: () => string;
} {
  const written: string[] = [];
  const lines: Record<string, unknown>[] = [];
  const write = (line: string): void => {
    written.push(line);
    lines.push(JSON.parse(line) as Record<string, unknown>);
  };
  return { log: new Log(level, { now: () => NOW }, { write }), lines, text: () => written.join('') };
}

describe('a log line', () => {
  it('is one JSON object with time, level, event and the fields on the list', () => {
    const { log, lines, text } = makeLog();
    log.info('request-answered', { method: 'POST', route: '/v1/queries', status: 200, durationMs: 1.5, system: 'a-b' });
    expect(text()).toMatch(/^\{.*\}\n$/);
    expect(lines).toEqual([
      {
        level: 'info',
        time: '2026-11-22T09:30:00.000Z',
        event: 'request-answered',
        method: 'POST',
        route: '/v1/queries',
        status: 200,
        durationMs: 1.5,
        system: 'a-b',
      },
    ]);
  });

  it('drops every field that is not on the list, and says how many', () => {
    const { log, lines, text } = makeLog();
    const fields = {
      count: 1,
      nhsNumber: 'SENTINEL',
      body: { a: 'SENTINEL' },
      __proto__: { x: 'SENTINEL' },
      message: 'SENTINEL',
    };
    log.error('exchange-failed', fields as LogFields);
    expect(lines[0]).toMatchObject({ count: 1, dropped: 3 });
    expect(text()).not.toContain('SENTINEL');
  });

  it.each<[keyof LogFields, unknown]>([
    ['requestId', '9434765919'],
    ['exchangeId', 'Jane Doe'],
    ['route', '/v1/people?nhs=9434765919'],
    ['route', 'https://example.org/'],
    ['system', '9434765919'],
    ['system', 'Jane Doe'],
    ['dataService', 'a/b/c'],
    ['code', 'Some sentence'],
    ['reasonCodes', ['PERMIT', 'Jane Doe']],
    ['status', '200'],
    ['status', Number.NaN],
    ['count', { toJSON: () => 'SENTINEL' }],
    ['policyVersion', 'short'],
    ['remoteAddress', 'not-an-address'],
    ['context', 'two words'],
    ['aborted', 'yes'],
    ['fault', 'No such person: Jane'],
  ])('drops a %s that has not its shape', (field, value) => {
    const { log, lines } = makeLog();
    log.info('tested', { [field]: value } as LogFields);
    expect(lines[0]).not.toHaveProperty(field);
    expect(lines[0]).toHaveProperty('dropped', 1);
  });

  it('has no event that was made at run time', () => {
    const { log, lines, text } = makeLog();
    const made: string = 'SENTINEL 9434765919';
    // @ts-expect-error -- a string is not a literal
    log.info(made);
    expect(lines[0]).toHaveProperty('event', 'unnamed');
    expect(text()).not.toContain('SENTINEL');
  });

  it('is not written below the level', () => {
    const { log, lines } = makeLog('warn');
    log.info('tested');
    log.debug('tested');
    log.warn('tested');
    expect(lines).toHaveLength(1);
  });

  it('is marked when it belongs to the security log', () => {
    const { log, lines } = makeLog();
    log.security('caller-refused', { code: 'PROOF_REPLAYED', remoteAddress: '::1' });
    expect(lines[0]).toMatchObject({ log: 'security', level: 'warn', code: 'PROOF_REPLAYED', remoteAddress: '::1' });
  });
});

describe('an error in the log', () => {
  class SupplierBroke extends Error {
    code = 'ECONNRESET';
    detail = 'SENTINEL';
  }

  it('is its class, code, place and causes, never its message or members', () => {
    const { log, lines, text } = makeLog();
    const root = Object.assign(new TypeError('SENTINEL\n    at x (src/SENTINEL.js:1:1)'), { code: '23505' });
    log.error('exchange-failed', { err: new SupplierBroke('SENTINEL', { cause: root }) });
    expect(lines[0]?.['err']).toMatchObject({
      class: 'SupplierBroke',
      code: 'ECONNRESET',
      cause: { class: 'TypeError', code: '23505' },
    });
    expect(text()).not.toContain('SENTINEL');
  });

  it.each([
    ['text', 'SENTINEL', { class: 'string' }],
    ['nothing', undefined, { class: 'undefined' }],
    ['an object', { message: 'SENTINEL' }, { class: 'object' }],
  ])('is only its type when %s was thrown', (_, thrown, expected) => {
    expect(describeError(thrown)).toEqual(expected);
  });

  it('leaves out a code that is not a code', () => {
    for (const code of ['9434765919', 'Jane Doe', 42, { a: 1 }]) {
      expect(describeError(Object.assign(new Error('x'), { code }))).not.toHaveProperty('code');
    }
  });

  it('leaves out a name that is not a class', () => {
    const error = Object.assign(new Error('x'), { name: 'SENTINEL NAME' });
    Object.defineProperty(error, 'constructor', { value: { name: 'Jane Doe' } });
    expect(describeError(error).class).toBe('Error');
  });

  it('ends where causes go round in a circle', () => {
    const error = new Error('x');
    error.cause = error;
    expect(JSON.stringify(describeError(error)).length).toBeLessThan(1000);
  });

  it('takes no frame from a message, and finds the first place in own code', () => {
    const error = new Error('a\n    at b (/x/src/secret/jane.js:1:2)');
    error.stack = `Error: ${error.message}\n    at node:internal/x:1:1\n    at c (file:///x/dist/src/exchange/broker.js:41:7)`;
    expect(describeError(error).at).toBe('src/exchange/broker.js:41:7');
    error.stack = 'Error: another\n    at c (file:///x/dist/src/exchange/broker.js:41:7)';
    expect(describeError(error)).not.toHaveProperty('at');
  });
});

describe("NestJS's own messages", () => {
  it('are never written; only who reports and what was thrown', () => {
    const { log, lines, text } = makeLog('debug');
    const nest = new NestLog(log);
    nest.log();
    nest.error('SENTINEL', 'stack SENTINEL', 'ExceptionsHandler');
    nest.warn({ SENTINEL: 'SENTINEL' }, 'FastifyAdapter');
    nest.fatal(new TypeError('SENTINEL'));
    nest.warn({ event: 'caller-refused', code: 'TOKEN_INVALID', client_id: 'SENTINEL' }, 'security');
    expect(text()).not.toContain('SENTINEL');
    expect(lines).toMatchObject([
      { level: 'error', event: 'framework-error', context: 'ExceptionsHandler' },
      { level: 'warn', event: 'framework-warning', context: 'FastifyAdapter' },
      { level: 'error', event: 'framework-error', err: { class: 'TypeError' } },
      { level: 'warn', event: 'framework-warning', context: 'security', code: 'TOKEN_INVALID', dropped: 2 },
    ]);
  });

  it('reach it through the static logger', () => {
    const { log, lines } = makeLog();
    Logger.overrideLogger(new NestLog(log));
    new Logger('InstanceLoader').error(new Problem('INTERNAL'));
    Logger.overrideLogger(false);
    expect(lines).toMatchObject([
      { event: 'framework-error', context: 'InstanceLoader', err: { class: 'Problem', code: 'INTERNAL' } },
    ]);
  });
});
