import { createHash, randomBytes } from 'node:crypto';
import * as asn1 from 'asn1js';
import * as pki from 'pkijs';

/** Why an answer is no time-stamp that holds. */
export type TimeStampFaultCode =
  | 'not-granted'
  | 'not-understood' // not DER of RFC 3161, or a part that must be there is not
  | 'wrong-imprint' // of something else than was asked
  | 'wrong-nonce' // made for another request
  | 'wrong-certificate' // not for time-stamping alone, not the one signed with, not in force, or of a foreign authority
  | 'wrong-signature';

export class TimeStampFault extends Error {
  override readonly name = 'TimeStampFault';
  constructor(
    readonly code: TimeStampFaultCode,
    options?: { cause?: unknown },
  ) {
    super(`no time-stamp: ${code}`, options);
  }
}

/** A question to a time-stamping authority (RFC 3161 section 2.4.1), and what its answer is held against. */
export interface TimeStampQuestion {
  /** DER. */
  readonly request: Buffer;
  readonly nonce: asn1.Integer;
}

const OID = {
  signedData: '1.2.840.113549.1.7.2',
  tstInfo: '1.2.840.113549.1.9.16.1.4',
  contentType: '1.2.840.113549.1.9.3',
  signingCertificate: '1.2.840.113549.1.9.16.2.12',
  signingCertificateV2: '1.2.840.113549.1.9.16.2.47',
  extendedKeyUsage: '2.5.29.37',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
} as const;

const DIGESTS: Readonly<Record<string, string>> = {
  [OID.sha256]: 'sha256',
  [OID.sha384]: 'sha384',
  [OID.sha512]: 'sha512',
};

/** Signature algorithms with a broken hash: MD5 or SHA-1, with RSA, DSA or ECDSA. */
const BROKEN_SIGNATURES: ReadonlySet<string> = new Set([
  '1.2.840.113549.1.1.4',
  '1.2.840.113549.1.1.5',
  '1.2.840.10040.4.3',
  '1.2.840.10045.4.1',
]);

/** Granted, or granted with modifications: the parts that matter here are checked one by one. */
const GRANTED: ReadonlySet<number> = new Set([0, 1]);

const NONCE_BYTES = 16;

/** Asks for a time-stamp over SHA-256 of `stamped`, with the authority's certificates. */
export function askForTimeStamp(stamped: Uint8Array): TimeStampQuestion {
  const bytes = randomBytes(NONCE_BYTES);
  // Positive, and of the same length for every encoder.
  bytes[0] = 0x40 | (bytes[0]! & 0x3f);
  const nonce = new asn1.Integer({ valueHex: new Uint8Array(bytes).buffer });
  const request = new pki.TimeStampReq({
    version: 1,
    messageImprint: new pki.MessageImprint({
      hashAlgorithm: new pki.AlgorithmIdentifier({ algorithmId: OID.sha256, algorithmParams: new asn1.Null() }),
      hashedMessage: new asn1.OctetString({ valueHex: new Uint8Array(sha256(stamped)).buffer }),
    }),
    nonce,
    certReq: true,
  });
  return { request: Buffer.from(request.toSchema().toBER()), nonce };
}

/** The token of an answer (RFC 3161 section 2.4.2), DER, as it came. Verifies nothing of it. @throws TimeStampFault */
export function tokenOf(answer: Uint8Array): Buffer {
  const { result } = parse(answer);
  const { status, timeStampToken } = understood(() => new pki.TimeStampResp({ schema: result }));
  if (!GRANTED.has(status.status)) throw new TimeStampFault('not-granted');
  const [, token] = (result as asn1.Sequence).valueBlock.value;
  if (!timeStampToken || !token) throw new TimeStampFault('not-understood');
  return Buffer.from(token.valueBeforeDecodeView);
}

/**
 * Verifies a time-stamp token (RFC 3161) over `stamped`: the imprint (SHA-256), the CMS signature, that its certificate is the
 * one that the signed attributes name (RFC 5035, RFC 2634), is for time-stamping alone (critical), and chains up to a trusted
 * one, all in force at the time that the token names.
 *
 * Does NOT look for revocations, and does not judge the time: it is the authority's word.
 *
 * @param token DER
 * @param trusted certificates of root authorities, DER
 * @param nonce of the question; none when a kept token is verified again
 * @returns the time that the authority names
 * @throws TimeStampFault
 */
export async function verifyTimeStamp(
  token: Uint8Array,
  stamped: Uint8Array,
  trusted: readonly Uint8Array[],
  nonce?: asn1.Integer,
): Promise<Date> {
  const signed = understood(() => readSignedData(token));
  const info = understood(() => pki.TSTInfo.fromBER(signed.encapContentInfo.eContent!.getValue()));
  const { hashAlgorithm, hashedMessage } = info.messageImprint;
  if (hashAlgorithm.algorithmId !== OID.sha256 || !sha256(stamped).equals(bytesOf(hashedMessage))) {
    throw new TimeStampFault('wrong-imprint');
  }
  if (nonce && !info.nonce?.isEqual(nonce)) throw new TimeStampFault('wrong-nonce');
  const [signer, ...others] = signed.signerInfos;
  if (!signer || others.length > 0) throw new TimeStampFault('not-understood');
  if (
    !(signer.digestAlgorithm.algorithmId in DIGESTS) ||
    BROKEN_SIGNATURES.has(signer.signatureAlgorithm.algorithmId)
  ) {
    throw new TimeStampFault('wrong-signature');
  }
  const certificate = await verifySignature(signed, stamped, trusted);
  if (!isForTimeStampingAlone(certificate) || !namesCertificate(signer, certificate)) {
    throw new TimeStampFault('wrong-certificate');
  }
  return info.genTime;
}

function readSignedData(token: Uint8Array): pki.SignedData {
  const content = new pki.ContentInfo({ schema: parse(token).result });
  const signed = new pki.SignedData({ schema: content.content });
  const { eContentType, eContent } = signed.encapContentInfo;
  if (content.contentType !== OID.signedData || eContentType !== OID.tstInfo || !eContent) {
    throw new TimeStampFault('not-understood');
  }
  return signed;
}

/** The signature, and the chain at the time in the token. @returns the signer's certificate */
async function verifySignature(
  signed: pki.SignedData,
  stamped: Uint8Array,
  trusted: readonly Uint8Array[],
): Promise<pki.Certificate> {
  const trustedCerts = trusted.map((der) => pki.Certificate.fromBER(new Uint8Array(der).buffer));
  try {
    const { signatureVerified, signerCertificate, signerCertificateVerified } = await signed.verify({
      signer: 0,
      data: new Uint8Array(stamped).buffer,
      trustedCerts,
      checkChain: true,
      extendedMode: true,
    });
    if (!signatureVerified) throw new TimeStampFault('wrong-signature');
    if (!signerCertificate || !signerCertificateVerified) throw new TimeStampFault('wrong-certificate');
    return signerCertificate;
  } catch (error) {
    if (error instanceof TimeStampFault) throw error;
    const { signerCertificate, signerCertificateVerified } = Object(error) as Partial<pki.SignedDataVerifyError>;
    const found = signerCertificate && signerCertificateVerified !== false;
    throw new TimeStampFault(found ? 'wrong-signature' : 'wrong-certificate', { cause: error });
  }
}

/** RFC 3161 section 2.3: the extension is critical and names time-stamping, and nothing else. */
function isForTimeStampingAlone({ extensions = [] }: pki.Certificate): boolean {
  const usages = extensions.filter(({ extnID }) => extnID === OID.extendedKeyUsage);
  const [usage] = usages;
  const purposes = (usage?.parsedValue as pki.ExtKeyUsage | undefined)?.keyPurposes ?? [];
  return usages.length === 1 && usage?.critical === true && purposes.length === 1 && purposes[0] === OID.timeStamping;
}

/** Whether the signed attributes say that this is a TSTInfo, and name this certificate first (ESSCertID or ESSCertIDv2). */
function namesCertificate({ signedAttrs }: pki.SignerInfo, certificate: pki.Certificate): boolean {
  const valuesOf = (type: string): asn1.BaseBlock[] =>
    (signedAttrs?.attributes ?? [])
      .filter((one) => one.type === type)
      .flatMap(({ values }) => values as asn1.BaseBlock[]);
  const [type, ...types] = valuesOf(OID.contentType);
  if (!(type instanceof asn1.ObjectIdentifier) || type.getValue() !== OID.tstInfo || types.length > 0) return false;
  const der = Buffer.from(certificate.toSchema().toBER());
  const named = [
    ...valuesOf(OID.signingCertificate).map((value) => namesByHash(value, der, OID.sha1)),
    ...valuesOf(OID.signingCertificateV2).map((value) => namesByHash(value, der, OID.sha256)),
  ];
  return named.length > 0 && named.every(Boolean);
}

/** `SEQUENCE { certs SEQUENCE OF SEQUENCE { hashAlgorithm DEFAULT ..., certHash OCTET STRING, ... } }` */
function namesByHash(value: asn1.BaseBlock, der: Buffer, byDefault: string): boolean {
  const [first, second] = elements(elements(elements(value)[0])[0]);
  const [algorithm] = elements(first);
  const oid = algorithm instanceof asn1.ObjectIdentifier ? algorithm.getValue() : byDefault;
  const hash = first instanceof asn1.OctetString ? first : second;
  const digest = oid === OID.sha1 ? 'sha1' : DIGESTS[oid];
  if (!(hash instanceof asn1.OctetString) || digest === undefined) return false;
  return createHash(digest).update(der).digest().equals(bytesOf(hash));
}

const elements = (block: asn1.BaseBlock | undefined): asn1.BaseBlock[] =>
  block instanceof asn1.Sequence ? (block.valueBlock.value as asn1.BaseBlock[]) : [];

const bytesOf = (octets: asn1.OctetString): Buffer => Buffer.from(octets.valueBlock.valueHexView);

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/** @throws TimeStampFault when it is not one ASN.1 value */
function parse(bytes: Uint8Array): asn1.FromBerResult {
  const parsed = asn1.fromBER(new Uint8Array(bytes).buffer);
  if (parsed.offset !== bytes.length) throw new TimeStampFault('not-understood');
  return parsed;
}

function understood<Value>(read: () => Value): Value {
  try {
    return read();
  } catch (error) {
    throw error instanceof TimeStampFault ? error : new TimeStampFault('not-understood', { cause: error });
  }
}
