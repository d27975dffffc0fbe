import { isUtf8 } from 'node:buffer';
import { SupplierFault } from './connector.js';

/**
 * Parses a JSON body.
 * @throws SupplierFault `not-understood` unless it says that it is JSON (RFC 8259, RFC 6839 `+json`), unencoded, in UTF-8, and is
 */
export function readJson(contentType: unknown, contentEncoding: unknown, bytes: Buffer): unknown {
  if (typeof contentType !== 'string' || !JSON_TYPE.test(contentType)) {
    throw new SupplierFault('not-understood', 'content type');
  }
  if (contentEncoding !== undefined && contentEncoding !== 'identity') {
    throw new SupplierFault('not-understood', 'content encoding');
  }
  if (!isUtf8(bytes)) throw new SupplierFault('not-understood', 'not UTF-8');
  try {
    // The byte order mark that RFC 8259 section 8.1 lets a reader ignore.
    return JSON.parse(bytes.toString('utf8', bytes[0] === 0xef ? 3 : 0)) as unknown;
  } catch {
    // INVARIANT: 1. The parser's message quotes the text it stumbled on; it goes no further.
    throw new SupplierFault('not-understood', 'invalid JSON');
  }
}

const JSON_TYPE = /^application\/(?:[\w.!#$&^-]+\+)?json[ \t]*(?:;[ \t]*charset="?utf-8"?[ \t]*)?$/i;
