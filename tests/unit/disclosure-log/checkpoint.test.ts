import { generateKeyPairSync } from 'node:crypto';
import {
  openCheckpoint,
  openNote,
  readVerifierKey,
  signCheckpoint,
  verifierKey,
} from '../../../src/disclosure-log/tree/checkpoint.js';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const signer = { name: 'gateway.example/log', key: privateKey };
const reader = { name: 'gateway.example/log', key: publicKey };
const checkpoint = { origin: 'gateway.example/log', size: 7, root: Buffer.alloc(32, 5) };

describe('a checkpoint', () => {
  it('is read back as it was signed', () => {
    expect(openCheckpoint(signCheckpoint(checkpoint, signer), reader)).toEqual(checkpoint);
  });

  it('opens the published example of a signed note with its published key', () => {
    const key = readVerifierKey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
    const text =
      "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
    const signature = 'x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=';
    expect(openNote(`${text}\n— PeterNeumann ${signature}\n`, key)).toBe(text);
    expect(openNote(`${text}\n— PeterNeumann ${signature.replace('x', 'y')}\n`, key)).toBeUndefined();
    expect(verifierKey(key)).toBe('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
  });

  it('is opened with the verifier key that the gateway hands out', () => {
    expect(openCheckpoint(signCheckpoint(checkpoint, signer), readVerifierKey(verifierKey(signer)))).toEqual(
      checkpoint,
    );
  });

  it('keeps its signature beside that of a witness', () => {
    const witness = generateKeyPairSync('ed25519');
    const note = signCheckpoint(checkpoint, signer);
    const other = signCheckpoint(checkpoint, { name: 'witness.example', key: witness.privateKey }).split('\n\n')[1]!;
    expect(openCheckpoint(note + other, reader)).toEqual(checkpoint);
  });

  it.each([
    ['another size', (note: string) => note.replace('\n7\n', '\n8\n')],
    ['another root', (note: string) => note.replace(/\nB/, '\nC')],
    ['another origin', (note: string) => note.replace('gateway.example/log\n', 'gateway.example/fog\n')],
    ['no signature', (note: string) => note.split('\n\n')[0] + '\n\n'],
    ['a size with a leading zero', (note: string) => note.replace('\n7\n', '\n07\n')],
    ['nothing', () => ''],
  ])('is refused with %s', (_name, change) => {
    expect(openCheckpoint(change(signCheckpoint(checkpoint, signer)), reader)).toBeUndefined();
  });

  it('is refused when another key signed it', () => {
    const other = generateKeyPairSync('ed25519');
    expect(openCheckpoint(signCheckpoint(checkpoint, { ...signer, key: other.privateKey }), reader)).toBeUndefined();
  });

  it('is refused when the signer, though right, signed for another log', () => {
    const note = signCheckpoint({ ...checkpoint, origin: 'elsewhere.example/log' }, signer);
    expect(openCheckpoint(note, reader)).toBeUndefined();
  });
});
