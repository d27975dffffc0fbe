import { Problem } from '../../../src/api-contract/problem.js';
import { AccessTokens } from '../../../src/access/access-token.js';
import { makeAccessToken, sha256 } from '../../support/dpop-caller.js';
import { makeTestKeys } from '../../support/test-keys.js';

/** The claims of RFC 9068 section 2.2's example, figure 2, for the parties named there. */
const ISSUER = 'https://authorization-server.example.com/';
const EXAMPLE = {
  iss: ISSUER,
  sub: '5ba552d67',
  aud: 'https://rs.example.com/',
  exp: 1639528912,
  iat: 1618354090,
  jti: 'dbe39bf3a3ba4238a513f51d6e1691c4',
  client_id: 's6BhdRkqt3',
  scope: 'openid profile reademail',
};
const JKT = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I';

describe('an access token', () => {
  const keys = makeTestKeys();
  let now: Date;
  let tokens: AccessTokens;
  beforeEach(() => {
    now = new Date(EXAMPLE.iat * 1000);
    tokens = new AccessTokens(ISSUER, keys.token.publicKey, { now: () => now }, 2);
  });
  const make = (claims: Record<string, unknown>, typ = 'at+JWT'): Promise<string> =>
    makeAccessToken(keys, { issuer: ISSUER, clientId: 'x', jkt: JKT, now }, { claims, header: { typ } });
  const verify = async (token: string): Promise<unknown> =>
    await tokens.verify(token, sha256(token)).catch((error: unknown) => (error as Problem).code);

  it('with the claims and the type of RFC 9068 is accepted where it is for this audience and bound to a key', async () => {
    const token = await make({ ...EXAMPLE, aud: ISSUER, cnf: { jkt: JKT } });
    expect(await verify(token)).toEqual({ clientId: 's6BhdRkqt3', jkt: JKT, expiresAt: 1639528912 });
  });

  it.each<[string, Record<string, unknown>]>([
    ['the audience of the example', { cnf: { jkt: JKT } }],
    ['no key that it is bound to', { aud: ISSUER, cnf: undefined }],
    ['a certificate instead of a key', { aud: ISSUER, cnf: { 'x5t#S256': 'x' } }],
    ['a confirmation that is text', { aud: ISSUER, cnf: JKT }],
  ])('is refused with %s', async (_, claims) => {
    expect(await verify(await make({ ...EXAMPLE, ...claims }))).toBe('TOKEN_INVALID');
  });

  it('is refused with a media type other than at+jwt', async () => {
    for (const typ of ['JWT', 'dpop+jwt', 'logout+jwt']) {
      expect(await verify(await make({ ...EXAMPLE, aud: ISSUER }, typ))).toBe('TOKEN_INVALID');
    }
  });

  it('that was accepted is refused from its expiry on', async () => {
    const token = await make({ ...EXAMPLE, aud: ISSUER });
    expect(await verify(token)).toMatchObject({ clientId: 's6BhdRkqt3' });
    now = new Date((EXAMPLE.exp - 1) * 1000);
    expect(await verify(token)).toMatchObject({ clientId: 's6BhdRkqt3' });
    now = new Date(EXAMPLE.exp * 1000);
    expect(await verify(token)).toBe('TOKEN_INVALID');
  });
});
