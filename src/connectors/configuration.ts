/**
 * A connector's configuration cannot be used. `problems` are sentences for the author of the definition; they name items,
 * members and secrets, and never hold the value of a secret.
 */
export class ConnectorConfigurationError extends Error {
  override readonly name = 'ConnectorConfigurationError';
  constructor(readonly problems: readonly string[]) {
    super(problems.join('; '));
  }
}

/** Looks a secret up by the name that configuration gives it; undefined when it is not set. */
export type SecretOf = (name: string) => string | undefined;

/** Collects what is wrong with a configuration, so that its author sees everything at once. */
export class Problems {
  readonly found: string[] = [];

  add(problem: string): void {
    this.found.push(problem);
  }

  /** Runs `compile`; what it throws becomes a problem, and the result undefined. */
  attempt<Compiled>(what: string, compile: () => Compiled): Compiled | undefined {
    try {
      return compile();
    } catch (error) {
      this.add(`${what}: ${error instanceof Error ? error.message : 'cannot be used'}`);
      return undefined;
    }
  }
}

/** What may be sent as the name of a header: RFC 9110 section 5.1 `token`. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Headers that the gateway, and no template, decides on. */
const OWN_HEADERS = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'traceparent',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);

/** Headers that carry a credential, which configuration MUST NOT hold. */
const CREDENTIAL_HEADERS = new Set(['authorization', 'cookie', 'proxy-authorization']);

/** Checks the name of a header that a template fills in; `credential` allows those that carry one. */
export function checkHeaderName(name: string, problems: Problems, credential = false): void {
  const lower = name.toLowerCase();
  if (!HEADER_NAME.test(name)) problems.add('a header name has characters that HTTP does not allow');
  else if (OWN_HEADERS.has(lower)) problems.add(`the header ${lower} is the gateway's own and cannot be configured`);
  else if (!credential && CREDENTIAL_HEADERS.has(lower)) {
    problems.add(`the header ${lower} carries a credential: use "credential", which names a secret`);
  }
}

/**
 * Names of secrets. They start alike so that a definition cannot name a setting of the gateway's own, such as the address of
 * its database, and have it sent to a supplier.
 */
const SECRET_NAME = /^SUPPLIER_[A-Z0-9_]{1,120}$/;

export function checkSecretName(name: string, problems: Problems): void {
  if (!SECRET_NAME.test(name)) {
    problems.add(
      'a secret is named SUPPLIER_ and upper-case letters, digits or underscores (the name, never the secret)',
    );
  }
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/**
 * Reads a URL that a connector may call: `https:`, or `http:` on loopback; no user, no password, no fragment.
 * @returns undefined when it cannot be used, with the reason in `problems`
 */
export function readSupplierUrl(text: string, member: string, problems: Problems): URL | undefined {
  if (!URL.canParse(text)) {
    problems.add(`${member} is not a URL`);
    return undefined;
  }
  const url = new URL(text);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.test(url.hostname))) {
    problems.add(`${member} must be https: (http: only on loopback)`);
  } else if (url.username !== '' || url.password !== '') {
    problems.add(`${member} must not hold a user or password`);
  } else if (url.hash !== '') {
    problems.add(`${member} must not have a fragment`);
  } else {
    return url;
  }
  return undefined;
}

/** What one connector may use; see `Limits` in `connector.ts` for units and defaults. */
export interface ConnectorLimits {
  readonly deadlineMs: number;
  readonly maxBytes: number;
  readonly answerNoSoonerThanMs: number;
  readonly maxConcurrent: number;
}

export function readLimits(given: Partial<ConnectorLimits>, problems: Problems): ConnectorLimits {
  const whole = (member: keyof ConnectorLimits, fallback: number, least: number, most: number): number =>
    readWhole(given[member], member, { fallback, least, most }, problems);
  return {
    deadlineMs: whole('deadlineMs', 5_000, 1, 30_000),
    maxBytes: whole('maxBytes', 1 << 20, 1, 8 << 20),
    answerNoSoonerThanMs: whole('answerNoSoonerThanMs', 0, 0, 30_000),
    maxConcurrent: whole('maxConcurrent', 64, 1, 1_024),
  };
}

export function readWhole(
  value: number | undefined,
  member: string,
  range: { readonly fallback: number; readonly least: number; readonly most: number },
  problems: Problems,
): number {
  if (value === undefined) return range.fallback;
  if (!Number.isInteger(value) || value < range.least || value > range.most) {
    problems.add(`${member} must be a whole number from ${range.least} to ${range.most}`);
    return range.fallback;
  }
  return value;
}
