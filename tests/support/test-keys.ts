import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { thumbprint, type GatewayKeys, type SigningKey } from '../../src/keys/index.js';

/** Gateway keys in memory, new each time. */
export function makeTestKeys(): GatewayKeys {
  return {
    token: signingKey('ec'),
    log: signingKey('ed25519'),
    receipt: signingKey('ed25519'),
    witness: signingKey('ed25519'),
    subjectHandle: randomBytes(32),
    cookie: randomBytes(32),
  };
}

function signingKey(type: 'ec' | 'ed25519'): SigningKey {
  const { privateKey, publicKey } =
    type === 'ec' ? generateKeyPairSync('ec', { namedCurve: 'P-256' }) : generateKeyPairSync('ed25519');
  return { kid: thumbprint(publicKey), privateKey, publicKey };
}
