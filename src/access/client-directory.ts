import type { Officer, System } from '../agencies/index.js';
import { Problem } from '../api-contract/index.js';

/** What may ask for tokens: a system, or an officer, who alone has roles. */
export type RegisteredClient = System | Officer;

/**
 * Who is registered. Bound outside this folder, so that access does not depend on where definitions come from.
 *
 * Guarantee asked of an implementation: the answer is at most a second old, on every replica, whichever of them the change
 * was made on. Access remembers no answer, so a removal binds here as soon as it is known.
 */
export interface ClientDirectory {
  /**
   * @returns the system or officer, or undefined when it, or its agency, is not registered
   * @throws when the answer is not known; the caller is then refused with 503, never let in
   */
  client(clientId: string): Promise<RegisteredClient | undefined>;
}

/** Injection token of the {@link ClientDirectory}. */
export const CLIENT_DIRECTORY = Symbol('ClientDirectory');

/**
 * Asks the directory.
 * @throws Problem STORE_UNAVAILABLE when the answer is not known
 */
export async function findClient(clients: ClientDirectory, clientId: string): Promise<RegisteredClient | undefined> {
  try {
    return await clients.client(clientId);
  } catch (cause) {
    throw cause instanceof Problem ? cause : new Problem('STORE_UNAVAILABLE', {}, { cause });
  }
}
