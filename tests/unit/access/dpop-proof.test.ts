import { ProofRefused, verifyDpopProof } from '../../../src/access/dpop-proof.js';
import { PublicKeys } from '../../../src/access/public-key.js';
import { normaliseUrl } from '../../../src/access/request-url.js';
import { makeCallerKey, makeProof, sha256 } from '../../support/dpop-caller.js';

/** RFC 9449 figure 2 (section 4.1), figure 13 (section 7.1) and the access token that goes with it. */
const HEADER =
  'eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19';
const TOKEN_REQUEST_PROOF = `${HEADER}.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg`;
const RESOURCE_PROOF = `${HEADER}.eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leGFtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0RaNTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1plemAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA`;
const ACCESS_TOKEN = 'Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU';
const ATH = 'fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo';
const JKT = '0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I';

const expected = {
  method: 'GET',
  url: 'https://resource.example.org/protectedresource',
  accessTokenHash: ATH,
  jkt: JKT,
  now: new Date(1562262618_000),
};

async function codeOf(work: Promise<unknown>): Promise<string> {
  return await work.then(
    () => 'accepted',
    (error: unknown) => (error instanceof ProofRefused ? error.code : String(error)),
  );
}

describe('the examples of RFC 9449', () => {
  it('hash the access token of section 7.1 to its ath', () => {
    expect(sha256(ACCESS_TOKEN)).toBe(ATH);
  });

  it('prove the request of section 7.1', async () => {
    const proof = await verifyDpopProof(RESOURCE_PROOF, expected, new PublicKeys());
    expect(proof).toEqual({ jti: 'e1j3V_bKic8-LAEB', iat: 1562262618 });
  });

  it.each<[string, Partial<typeof expected>, string]>([
    ['another method', { method: 'POST' }, 'PROOF_INVALID'],
    ['another URL', { url: 'https://resource.example.org/other' }, 'PROOF_INVALID'],
    ['another token', { accessTokenHash: sha256('x') }, 'PROOF_INVALID'],
    ['60 s later', { now: new Date(1562262678_000) }, 'accepted'],
    ['61 s later', { now: new Date(1562262679_000) }, 'PROOF_INVALID'],
    ['60 s earlier', { now: new Date(1562262558_000) }, 'accepted'],
    ['61 s earlier', { now: new Date(1562262557_000) }, 'PROOF_INVALID'],
    ['a token bound to another key', { jkt: sha256('x') }, 'TOKEN_INVALID'],
  ])('do not prove more than that: %s', async (_, change, code) => {
    expect(await codeOf(verifyDpopProof(RESOURCE_PROOF, { ...expected, ...change }, new PublicKeys()))).toBe(code);
  });

  it('refuses the token request proof of section 4.1 at a resource: it names no token', async () => {
    const request = { method: 'POST', url: 'https://server.example.com/token', now: new Date(1562262616_000) };
    expect(await codeOf(verifyDpopProof(TOKEN_REQUEST_PROOF, { ...expected, ...request }, new PublicKeys()))).toBe(
      'PROOF_INVALID',
    );
  });

  it('refuses a proof in which any one character is changed', async () => {
    const keys = new PublicKeys();
    for (let place = 0; place < RESOURCE_PROOF.length - 1; place += 7) {
      const other = RESOURCE_PROOF[place] === 'A' ? 'B' : 'A';
      const changed = RESOURCE_PROOF.slice(0, place) + other + RESOURCE_PROOF.slice(place + 1);
      expect(await codeOf(verifyDpopProof(changed, expected, keys))).toMatch(/^(PROOF|TOKEN)_INVALID$/);
    }
  });
});

describe('a proof', () => {
  it.each(['ES256', 'EdDSA', 'Ed25519', 'PS256'])('may be signed with %s', async (alg) => {
    const key = await makeCallerKey(alg);
    const request = { method: 'POST', url: 'https://gatehouse.example/v1/queries', token: 'x', now: new Date(0) };
    const proof = await makeProof(key, request);
    const wanted = { ...request, accessTokenHash: sha256('x'), jkt: key.jkt };
    expect(await codeOf(verifyDpopProof(proof, wanted, new PublicKeys()))).toBe('accepted');
  });

  it.each(['RS256', 'ES384', 'PS512'])('may not be signed with %s', async (alg) => {
    const key = await makeCallerKey(alg);
    const request = { method: 'POST', url: 'https://gatehouse.example/v1/queries', token: 'x', now: new Date(0) };
    const proof = await makeProof(key, request);
    const wanted = { ...request, accessTokenHash: sha256('x'), jkt: key.jkt };
    expect(await codeOf(verifyDpopProof(proof, wanted, new PublicKeys()))).toBe('PROOF_INVALID');
  });
});

describe('a URL', () => {
  it.each([
    ['HTTPS://Resource.Example:443/a', 'https://resource.example/a'],
    ['https://resource.example', 'https://resource.example/'],
    ['https://resource.example/a?b=c#d', 'https://resource.example/a'],
    ['https://resource.example/x/../%7ea/%2f%c3%a9', 'https://resource.example/~a/%2F%C3%A9'],
    ['/a', undefined],
    ['', undefined],
  ])('%s is compared as %s', (url, normal) => {
    expect(normaliseUrl(url)).toBe(normal);
  });
});
