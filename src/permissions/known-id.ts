import { isUUID } from 'class-validator';
import { Problem } from '../api-contract/index.js';

/** The id of a record as a path names it. @throws Problem NOT_FOUND for what no record is called */
export function knownId(id: string): string {
  if (!isUUID(id)) throw new Problem('NOT_FOUND');
  return id;
}
