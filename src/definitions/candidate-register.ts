import { canonicalAgreement, type Agreement } from '../agreements/index.js';
import { buildRegister } from './build-register.js';
import type { Defined, Definitions } from './read-definitions.js';
import type { Register } from './register.js';
import type { StoredDefinitions } from './stored-definitions.js';

/**
 * What a folder defines on top of what was applied; of agreements the folder's alone, the newest version of each. For asking
 * what would have been decided; MUST NOT be disclosed under: an agreement counts as signed.
 *
 * Does NOT check anything (see `lintAgreement`).
 */
export function candidateRegister(definitions: Definitions, stored: StoredDefinitions): Register {
  const newest = definitions.agreements.toSorted((a, b) => a.value.version - b.value.version);
  const agreements = new Map(newest.map(({ value }) => [value.id, value as Agreement]));
  return buildRegister({
    revision: stored.revision,
    agencies: onTopOf(stored.agencies, definitions.agencies),
    systems: onTopOf(stored.systems, definitions.systems),
    officers: onTopOf(stored.officers, definitions.officers),
    dataServices: onTopOf(stored.dataServices, definitions.dataServices),
    agreements: [...agreements.values()].map((agreement) => ({
      agreement,
      hash: canonicalAgreement(agreement).hash,
      signatures: [],
    })),
  });
}

const onTopOf = <T extends { readonly id: string }>(
  stored: ReadonlyMap<string, T>,
  defined: readonly Defined<T>[],
): Map<string, T> => new Map([...stored, ...defined.map(({ value }) => [value.id, value] as const)]);
