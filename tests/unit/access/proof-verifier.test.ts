import { Problem } from '../../../src/api-contract/problem.js';
import { ProofVerifier } from '../../../src/access/proof-verifier.js';
import { makeCallerKey, makeProof, sha256 } from '../../support/dpop-caller.js';

const NOW = new Date('2026-03-02T10:00:00Z');
const URL_ASKED = 'https://gatehouse.example/v1/queries';

let verifier: ProofVerifier;
beforeEach(() => {
  verifier = new ProofVerifier();
});
afterEach(async () => {
  await verifier.close();
});

async function makeCase(token: string) {
  const key = await makeCallerKey('ES256');
  const proof = await makeProof(key, { method: 'POST', url: URL_ASKED, token, now: NOW });
  const expected = { method: 'POST', url: URL_ASKED, accessTokenHash: sha256(token), jkt: key.jkt, now: NOW };
  return { proof, expected };
}

const codeOf = (error: unknown): string => (error instanceof Problem ? error.code : String(error));

describe('proofs that are verified on a thread of their own', () => {
  it('are each answered with what was found of them, whatever is asked beside them', async () => {
    const cases = await Promise.all(Array.from({ length: 60 }, (_, place) => makeCase(`token-${place}`)));
    const asked = cases.map(async ({ proof, expected }, place) => {
      const kind = (['genuine', 'of another token', 'of another key'] as const)[place % 3]!;
      const wanted = {
        genuine: expected,
        'of another token': { ...expected, accessTokenHash: sha256('x') },
        'of another key': { ...expected, jkt: sha256('x') },
      }[kind];
      // Some come together, and some while others are under way.
      if (place > 30) await new Promise((resolve) => setTimeout(resolve, place % 5));
      const found = await verifier.verify(proof, wanted).then(({ jti }) => jti, codeOf);
      const { jti } = JSON.parse(Buffer.from(proof.split('.')[1]!, 'base64url').toString()) as { jti: string };
      expect(found).toBe(
        { genuine: jti, 'of another token': 'PROOF_INVALID', 'of another key': 'TOKEN_INVALID' }[kind],
      );
    });
    await Promise.all(asked);
    expect.assertions(60);
  });

  it('are refused when the thread ends before it answered, and the next are verified by another', async () => {
    const { proof, expected } = await makeCase('token');
    await verifier.verify(proof, expected);
    // So many that the thread cannot be done with them by then.
    const underWay = Array.from({ length: 500 }, () => verifier.verify(proof, expected).catch(String));
    await new Promise(setImmediate);
    await verifier.close();
    expect(new Set(await Promise.all(underWay))).toEqual(
      new Set(['Error: the thread that verifies proofs did not answer']),
    );
    expect(await verifier.verify(proof, expected)).toHaveProperty('jti');
  });

  it('are refused when they cannot be handed to the thread, and the gateway goes on', async () => {
    const { proof, expected } = await makeCase('token');
    const unsendable = { ...expected, now: () => NOW } as unknown as typeof expected;
    await expect(verifier.verify(proof, unsendable)).rejects.toThrow('the thread that verifies proofs did not answer');
    expect(await verifier.verify(proof, expected)).toHaveProperty('jti');
  });
});
