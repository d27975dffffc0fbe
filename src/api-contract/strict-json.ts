import { isUtf8 } from 'node:buffer';
import { Problem } from './problem.js';

/** Largest request body, bytes: 256 KiB. */
export const MAX_BODY_BYTES = 256 * 1024;
/** Deepest nesting of objects and arrays in a request body. */
export const MAX_JSON_DEPTH = 32;

/** Names that reach a prototype when a careless copy is made. No member of this API is called so. */
const FORBIDDEN_NAMES: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const SPACES: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * Parses a request body as I-JSON (RFC 7493), in time that grows with its length alone.
 *
 * Refused: more than {@link MAX_BODY_BYTES}; bytes that are not UTF-8, or a byte order mark; nesting over
 * {@link MAX_JSON_DEPTH} (found before anything descends into the text); a member name that occurs twice in one object,
 * however it is escaped; `__proto__`, `constructor` and `prototype` as member names; a lone surrogate; whatever
 * `JSON.parse` refuses.
 *
 * Does NOT check the precision of numbers: they become doubles, and one beyond their range becomes `Infinity`.
 *
 * @throws Problem `REQUEST_MALFORMED` or `REQUEST_TOO_LARGE`. Never quotes the body.
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  if (bytes.length > MAX_BODY_BYTES) throw new Problem('REQUEST_TOO_LARGE');
  if (!isUtf8(bytes)) throw malformed('Send the body in UTF-8.');
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  refuseAmbiguity(text);
  return parseJson(text);
}

function malformed(detail: string): Problem {
  return new Problem('REQUEST_MALFORMED', { detail });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The engine's message quotes the text around the fault, so it goes no further.
    throw malformed('Send one complete JSON value.');
  }
}

/**
 * Looks once over the text for what `JSON.parse` lets pass. It need not judge grammar: of a text that is not JSON it may
 * find anything, because `JSON.parse` refuses that text afterwards; of a text that is JSON it finds every fault.
 */
function refuseAmbiguity(text: string): void {
  /** One entry for each open bracket: the names seen so far in an object, none yet, or an array (`null`). */
  const open: (Set<string> | undefined | null)[] = [];
  const escapes = new Escapes(text);
  for (let at = 0; at < text.length; at++) {
    switch (text.charCodeAt(at)) {
      case OPEN_OBJECT:
      case OPEN_ARRAY:
        open.push(text.charCodeAt(at) === OPEN_ARRAY ? null : undefined);
        if (open.length > MAX_JSON_DEPTH) throw malformed(`Nest no deeper than ${MAX_JSON_DEPTH} levels.`);
        break;
      case CLOSE_OBJECT:
      case CLOSE_ARRAY:
        open.pop();
        break;
      case QUOTE: {
        const end = closingQuote(text, at + 1);
        const isName = text.charCodeAt(afterSpace(text, end + 1)) === COLON;
        const isEscaped = escapes.isIn(at, end);
        if (isEscaped || isName) {
          const string = isEscaped ? unescaped(text.slice(at, end + 1)) : text.slice(at + 1, end);
          if (isName) open[open.length - 1] = withName(open.at(-1), string, at);
        }
        at = end;
      }
    }
  }
}

/** Adds a member name to those of its object. @throws Problem when it was there before or is forbidden */
function withName(names: Set<string> | undefined | null, name: string, at: number): Set<string> {
  if (FORBIDDEN_NAMES.has(name)) throw malformed(`Remove the member whose name begins at character ${at}.`);
  const known = names ?? new Set<string>();
  if (known.has(name)) throw malformed(`Give each member once; one is repeated at character ${at}.`);
  return known.add(name);
}

/** Finds the quote that closes a string. @param start First character inside the string */
function closingQuote(text: string, start: number): number {
  for (let from = start; ;) {
    const quote = text.indexOf('"', from);
    if (quote < 0) throw malformed('Send one complete JSON value.');
    let backslashes = 0;
    while (quote - backslashes > start && text.charCodeAt(quote - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return quote;
    from = quote + 1;
  }
}

/** Tells whether a stretch has a backslash. Asked for stretches in order, it looks at each character once in all. */
class Escapes {
  #next = -1;
  constructor(private readonly text: string) {}
  isIn(start: number, end: number): boolean {
    if (this.#next < start) {
      const found = this.text.indexOf('\\', start);
      this.#next = found < 0 ? Infinity : found;
    }
    return this.#next < end;
  }
}

function unescaped(literal: string): string {
  const value = String(parseJson(literal));
  if (!value.isWellFormed()) throw malformed('Write every character in full; one is half of a surrogate pair.');
  return value;
}

function afterSpace(text: string, start: number): number {
  let at = start;
  while (SPACES.has(text.charCodeAt(at))) at++;
  return at;
}
