import type { System } from '../agencies/index.js';
import { Problem } from '../api-contract/index.js';

/**
 * Who is registered. Bound outside this folder, so that access does not depend on where definitions come from.
 *
 * Guarantee asked of an implementation: the answer is at most a second old, on every replica, whichever of them the change
 * was made on. Access remembers no answer, so a removal binds here as soon as it is known.
 */
export interface SystemDirectory {
  /**
   * @returns the system, or undefined when it, or its agency, is not registered
   * @throws when the answer is not known; the caller is then refused with 503, never let in
   */
  system(clientId: string): Promise<System | undefined>;
}

/** Injection token of the {@link SystemDirectory}. */
export const SYSTEM_DIRECTORY = Symbol('SystemDirectory');

/**
 * Asks the directory.
 * @throws Problem STORE_UNAVAILABLE when the answer is not known
 */
export async function findSystem(systems: SystemDirectory, clientId: string): Promise<System | undefined> {
  try {
    return await systems.system(clientId);
  } catch (cause) {
    throw cause instanceof Problem ? cause : new Problem('STORE_UNAVAILABLE', {}, { cause });
  }
}
