import { Readiness } from '../../../src/observability/index.js';

describe('readiness', () => {
  it('is given when nothing is registered, and when every check says yes', () => {
    const readiness = new Readiness();
    expect(readiness.check()).toEqual({ ready: true, checks: [] });
    readiness.register('disclosure-log', () => ({ ok: true }));
    expect(readiness.check()).toEqual({ ready: true, checks: [{ name: 'disclosure-log', ok: true }] });
  });

  it('is refused when any check says no, with its reason', () => {
    const readiness = new Readiness();
    readiness.register('register', () => ({ ok: true }));
    readiness.register('disclosure-log', () => ({ ok: false, reason: 'The disclosure log cannot be written.' }));
    expect(readiness.check()).toMatchObject({
      ready: false,
      checks: [{ ok: true }, { name: 'disclosure-log', ok: false, reason: 'The disclosure log cannot be written.' }],
    });
  });

  it('is refused when a check throws, without its message', () => {
    const readiness = new Readiness();
    readiness.register('disclosure-log', () => {
      throw new Error('SENTINEL');
    });
    expect(readiness.check().ready).toBe(false);
    expect(JSON.stringify(readiness.check())).not.toContain('SENTINEL');
  });
});
