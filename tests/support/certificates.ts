import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** A certificate and its private key, PEM. */
export interface Certified {
  readonly certificate: string;
  readonly privateKey: string;
}

/** A certificate authority of a test's own. Its certificates hold from two days ago for a day from now. */
export interface TestAuthority extends Certified {
  /** A certificate for a server at 127.0.0.1, or for a client. */
  issue(commonName: string): Certified;
  /** One for time-stamping alone (RFC 3161 section 2.3), unless it is made otherwise. */
  issueForTimeStamping(made?: {
    /** Ended yesterday. */
    readonly expired?: boolean;
    /** The extension is not critical. */
    readonly uncritical?: boolean;
    /** For code signing too. */
    readonly forMore?: boolean;
  }): Certified;
}

/** Makes X.509 version 3 certificates (RFC 5280) with ECDSA P-256, written as DER by hand: no tool has to be installed. */
export function createAuthority(): TestAuthority {
  const own = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = `Test authority ${randomBytes(4).toString('hex')}`;
  const certified = (
    subject: string,
    key: { publicKey: KeyObject; privateKey: KeyObject },
    extensions: Buffer[],
    ends = 1,
  ) => ({
    certificate: pem(
      'CERTIFICATE',
      certificate(subject, key.publicKey, { name, key: own.privateKey }, extensions, ends),
    ),
    privateKey: key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  });
  return {
    ...certified(name, own, [extension('551d13', sequence(BOOLEAN_TRUE))]),
    issue: (commonName) =>
      certified(commonName, generateKeyPairSync('ec', { namedCurve: 'P-256' }), [
        extension('551d11', sequence(der(0x87, Buffer.from([127, 0, 0, 1])))),
      ]),
    issueForTimeStamping: ({ expired, uncritical, forMore } = {}) =>
      certified(
        'Time-stamping authority',
        generateKeyPairSync('ec', { namedCurve: 'P-256' }),
        [
          extension(
            '551d25',
            sequence(...[TIME_STAMPING, ...(forMore ? [CODE_SIGNING] : [])].map((oid) => der(0x06, oid))),
            !uncritical,
          ),
        ],
        expired ? -1 : 1,
      ),
  };
}

function certificate(
  subject: string,
  publicKey: KeyObject,
  issuer: { name: string; key: KeyObject },
  extensions: Buffer[],
  ends: number,
): Buffer {
  const day = 86_400_000;
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    commonName(issuer.name),
    sequence(utcTime(new Date(Date.now() - 2 * day)), utcTime(new Date(Date.now() + ends * day))),
    commonName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signature = sign('sha256', body, issuer.key);
  return sequence(body, ECDSA_WITH_SHA256, der(0x03, Buffer.concat([Buffer.from([0]), signature])));
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: Buffer[]): Buffer {
  return der(0x30, Buffer.concat(parts));
}

const ECDSA_WITH_SHA256 = sequence(der(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
const BOOLEAN_TRUE = der(0x01, Buffer.from([0xff]));
const TIME_STAMPING = Buffer.from('2b06010505070308', 'hex');
const CODE_SIGNING = Buffer.from('2b06010505070303', 'hex');

function extension(oid: string, value: Buffer, critical = true): Buffer {
  return sequence(der(0x06, Buffer.from(oid, 'hex')), ...(critical ? [BOOLEAN_TRUE] : []), der(0x04, value));
}

function commonName(text: string): Buffer {
  const attribute = sequence(der(0x06, Buffer.from('550403', 'hex')), der(0x0c, Buffer.from(text)));
  return sequence(der(0x31, attribute));
}

function utcTime(instant: Date): Buffer {
  const text = instant.toISOString().replaceAll(/[-:T]/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${text}Z`));
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}
