import { generateKeyPairSync } from 'node:crypto';
import {
  cosign,
  openCosignature,
  readVerifierKey,
  signCheckpoint,
  textOfNote,
  verifierKey,
} from '../../../src/disclosure-log/index.js';

/** Published with sunlight (github.com/FiloSottile/sunlight, cmd/skylight/testdata/witness): a cosigned checkpoint and its key. */
const PUBLISHED_KEY = 'witness.example.org+b8a2cf20+BFLN3yikSfFkVAJtrnh/CiY3Zozkoy7clp+P7XB28qUN';
const PUBLISHED_TEXT = 'rome2026h1.example.org\n300\nlCkHUpkmVBEms2r2T1K6Og69+wUuuN3MIEW1/ezu2v0=\n';
const PUBLISHED_LINES = [
  '— rome2026h1.example.org kVB1JgAAAZtxtEwABAMARzBFAiEAi+mTa2xjL1IdWpH82OeciGsGvwRAP+f1WkfKaSZCfFECIHoNPZ/Q3y6UNzvKOO9cuLr6V16vPNfhwhle9f6r5H/Z',
  '— witness.example.org uKLPIAAAAABpVGeAhm2bOvKc3LaB9PFN1ruG19Y5yqslmcAAbhftnn1Zznmo0LXFZq4LGvqKqLX8jWlwLKasxEGTLIqAVusneCBmBw==',
  '',
].join('\n');

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const witness = { name: 'partner.example/witness', key: privateKey };
const reader = { name: 'partner.example/witness', key: publicKey };
const text = 'gateway.example/log\n7\nBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU=\n';
const at = new Date('2026-11-22T09:30:00.900Z');

describe('a cosignature', () => {
  it('is found valid on the published checkpoint, with the published key', () => {
    const found = openCosignature(PUBLISHED_TEXT, PUBLISHED_LINES, readVerifierKey(PUBLISHED_KEY, 'cosignature'));
    expect(found?.at).toEqual(new Date('2025-12-31T00:00:00Z'));
    expect(found?.line).toBe(`${PUBLISHED_LINES.split('\n')[1]}\n`);
  });

  it('is not found on the published checkpoint when anything of it differs', () => {
    const key = readVerifierKey(PUBLISHED_KEY, 'cosignature');
    expect(openCosignature(PUBLISHED_TEXT.replace('300', '301'), PUBLISHED_LINES, key)).toBeUndefined();
    expect(openCosignature(PUBLISHED_TEXT, PUBLISHED_LINES.replace('BpVGeA', 'BpVGeB'), key)).toBeUndefined();
    expect(openCosignature(PUBLISHED_TEXT, PUBLISHED_LINES, { ...key, name: 'witness.example' })).toBeUndefined();
  });

  it('has the published form of a verifier key, which is not one for notes', () => {
    expect(verifierKey(readVerifierKey(PUBLISHED_KEY, 'cosignature'), 'cosignature')).toBe(PUBLISHED_KEY);
    expect(() => readVerifierKey(PUBLISHED_KEY)).toThrow();
    expect(() => readVerifierKey(verifierKey(reader), 'cosignature')).toThrow();
  });

  it('is read back as it was given, to the second', () => {
    const line = cosign(text, witness, at);
    expect(openCosignature(text, line, reader)).toEqual({ at: new Date('2026-11-22T09:30:00Z'), line });
    expect(openCosignature(text, `— other.example AAAA\n${line}`, reader)?.line).toBe(line);
  });

  it('stands beside the log’s own signature, and neither passes for the other', () => {
    const log = { name: 'gateway.example/log', key: generateKeyPairSync('ed25519').privateKey };
    const note = signCheckpoint({ origin: log.name, size: 7, root: Buffer.alloc(32, 5) }, log);
    expect(textOfNote(note + cosign(text, witness, at))).toBe(text);
    const plain = signCheckpoint({ origin: log.name, size: 7, root: Buffer.alloc(32, 5) }, witness).split('\n\n')[1]!;
    expect(openCosignature(text, plain, reader)).toBeUndefined();
  });

  it.each([
    ['another text', (line: string) => line, text.replace('7', '8')],
    ['a damaged signature', (line: string) => line.replace(/.(?=.{10}\n)/, (one) => (one === 'A' ? 'B' : 'A')), text],
    ['a word too many', (line: string) => line.replace('\n', ' more\n'), text],
    ['its end cut off', (line: string) => line.slice(0, -20), text],
    ['nothing', () => '', text],
  ])('is refused with %s', (_name, change, of) => {
    expect(openCosignature(of, change(cosign(text, witness, at)), reader)).toBeUndefined();
  });

  it('is refused when another key signed under the same name', () => {
    const other = { name: witness.name, key: generateKeyPairSync('ed25519').privateKey };
    expect(openCosignature(text, cosign(text, other, at), reader)).toBeUndefined();
  });
});
