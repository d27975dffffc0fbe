import { Problem } from '../api-contract/index.js';

/** What was read. @throws Problem `STORE_UNAVAILABLE` when it could not be, or what is stored contradicts itself */
export async function stored<Value>(read: Promise<Value>): Promise<Value> {
  try {
    return await read;
  } catch (error) {
    throw new Problem('STORE_UNAVAILABLE', {}, { cause: error });
  }
}
