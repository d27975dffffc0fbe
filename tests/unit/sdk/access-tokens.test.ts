import { setTimeout as sleep } from 'node:timers/promises';
import { AccessTokens } from '../../../sdk/access-tokens.js';

/** A source of numbered tokens. */
function makeTokens(lifetimeMs: number, request?: (count: number) => Promise<void>) {
  const counted = { requests: 0 };
  const tokens = new AccessTokens({
    request: async () => {
      counted.requests++;
      const token = `token-${counted.requests}`;
      await (request?.(counted.requests) ?? sleep(1));
      return { token, lifetimeMs };
    },
    timeLimitMs: 1_000,
    repeats: 0,
  });
  return { tokens, counted };
}

describe('access tokens', () => {
  it('are asked for once by many who need one at the same time', async () => {
    const { tokens, counted } = makeTokens(300_000);
    const all = await Promise.all(Array.from({ length: 50 }, () => tokens.current()));
    expect(new Set(all)).toEqual(new Set(['token-1']));
    expect(counted.requests).toBe(1);
  });

  it('are renewed before they end', async () => {
    const { tokens, counted } = makeTokens(60);
    await tokens.current();
    await sleep(40);
    // It would be valid for 20 ms more.
    expect(await tokens.current()).toBe('token-2');
    expect(counted.requests).toBe(2);
  });

  it('are asked for again after a failure', async () => {
    const { tokens } = makeTokens(300_000, async (count) => {
      if (count === 1) throw new Error('no answer');
    });
    await expect(tokens.current()).rejects.toThrow('no answer');
    expect(await tokens.current()).toBe('token-2');
  });

  it('are dropped when the gateway does not take them, once for many who were told so', async () => {
    const { tokens, counted } = makeTokens(300_000);
    const refused = await tokens.current();
    tokens.forget(refused);
    expect(await tokens.current()).toBe('token-2');
    tokens.forget(refused);
    expect(await tokens.current()).toBe('token-2');
    expect(counted.requests).toBe(2);
  });
});
