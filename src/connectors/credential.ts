import { createSecureContext } from 'node:tls';
import { SupplierToken } from './supplier-token.js';
import { checkHeaderName, checkSecretName, Problems, readSupplierUrl, type SecretOf } from './configuration.js';
import type { SupplierCredential } from './connector.js';

/** How a connector shows who it is, with its secrets looked up. */
export interface Credential {
  /** Name of the header that carries it; undefined when none does. */
  readonly header?: string;
  /** The header's value for the next request. */
  value?(): string | Promise<string>;
  /** The supplier answered 401 to this value; the next one MUST be another. Absent when there is no other. */
  reject?(value: string): void;
  /** For the TLS handshake. */
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
  close?(): Promise<void>;
}

/** Checks what can be checked without the secrets. */
export function checkCredential(credential: SupplierCredential, baseUrl: URL | undefined, problems: Problems): void {
  switch (credential.method) {
    case 'none':
      return;
    case 'api-key':
      checkHeaderName(credential.header, problems, true);
      checkSecretName(credential.secret, problems);
      return;
    case 'client-credentials':
      readSupplierUrl(credential.tokenUrl, 'tokenUrl', problems);
      checkSecretName(credential.secret, problems);
      return;
    case 'mtls':
      for (const name of [credential.certificate, credential.privateKey, credential.ca ?? credential.certificate]) {
        checkSecretName(name, problems);
      }
      if (baseUrl?.protocol === 'http:') problems.add('baseUrl must be https: for mtls');
      return;
    default:
      problems.add('credential.method is not one of none, api-key, client-credentials, mtls');
  }
}

/** Looks the secrets up and makes them ready for use. `problems` names those that are missing or unusable. */
export function openCredential(
  credential: SupplierCredential,
  secretOf: SecretOf,
  deadlineMs: number,
  problems: Problems,
): Credential {
  const secret = (name: string): string => {
    const value = secretOf(name) ?? '';
    if (value === '') problems.add(`the secret ${name} is not set`);
    return value;
  };
  switch (credential.method) {
    case 'none':
      return {};
    case 'api-key': {
      const key = secret(credential.secret);
      if (!/^[\x20-\x7e]*$/.test(key)) problems.add(`the secret ${credential.secret} cannot stand in a header`);
      return { header: credential.header.toLowerCase(), value: () => key };
    }
    case 'client-credentials':
      return openToken(credential, secret(credential.secret), deadlineMs);
    case 'mtls':
      return { tls: openTls(credential, secret, problems) };
  }
}

type Of<Method> = Extract<SupplierCredential, { method: Method }>;

function openToken(credential: Of<'client-credentials'>, secret: string, deadlineMs: number): Credential {
  const { clientId, scope } = credential;
  const token = new SupplierToken({ tokenUrl: new URL(credential.tokenUrl), clientId, secret, scope, deadlineMs });
  const bearer = (value: string): string => `Bearer ${value}`;
  return {
    header: 'authorization',
    value: () => {
      const current = token.current();
      return typeof current === 'string' ? bearer(current) : current.then(bearer);
    },
    reject: (value) => token.reject(value.slice('Bearer '.length)),
    close: () => token.close(),
  };
}

function openTls(
  credential: Of<'mtls'>,
  secret: (name: string) => string,
  problems: Problems,
): { cert: string; key: string; ca?: string } {
  const tls = {
    cert: secret(credential.certificate),
    key: secret(credential.privateKey),
    ...(credential.ca === undefined ? {} : { ca: secret(credential.ca) }),
  };
  try {
    createSecureContext(tls);
  } catch {
    problems.add(
      `the secrets ${credential.certificate} and ${credential.privateKey} are not a certificate and its key`,
    );
  }
  return tls;
}
