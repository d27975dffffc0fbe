import { isUUID } from 'class-validator';
import { Problem } from '../api-contract/index.js';

/** The id of a record as a path names it. @throws Problem NOT_FOUND for what no record is called */
export function knownId(id: string): string {
  if (!isUUID(id)) throw new Problem('NOT_FOUND');
  return id;
}

/** @throws Problem REQUEST_INVALID unless it is absent or 1 to 200 printable ASCII characters */
export function readIdempotencyKey(key: string | undefined): string | undefined {
  if (key !== undefined && !/^[\x21-\x7e]{1,200}$/.test(key)) {
    throw new Problem('REQUEST_INVALID', { detail: 'An Idempotency-Key is 1 to 200 printable ASCII characters.' });
  }
  return key;
}
