import type { LegalBasesCatalogue } from './legal-bases-catalogue.js';
import type { Flow, LegalBasis } from './legal-basis.js';
import { requiredPermissions } from './required-permissions.js';
import { neededParts, stackGaps } from './stack-gaps.js';
import { examineStack } from './standing-bases.js';

/** The entry that a stack may name for the appropriate policy document (DPA 2018 Sch. 1 Part 4). */
const POLICY_DOCUMENT = 'dpa-sch1-part4-apd';

/**
 * The bases of a stack that a disclosure really rests on, in the order of the stack: those that stand and fill a part it
 * needs, and the companions they stand on. What is left out is idle for this flow: a power for another purpose of the leg,
 * a condition for another item, a basis whose permission nobody has to give. Empty when the stack is not complete.
 *
 * Does NOT check that the permissions it rests on were given (see `requiredPermissions`).
 */
export function basesReliedOn(catalogue: LegalBasesCatalogue, stackIds: readonly string[], flow: Flow): string[] {
  if (stackGaps(catalogue, stackIds, flow).length > 0) return [];
  const permissions = requiredPermissions(catalogue, stackIds, flow);
  const withoutIdlePermissions = [...new Set(stackIds)].filter((id) => {
    const permission = catalogue.get(id)?.permission ?? null;
    return permission === null || permissions.includes(permission);
  });
  const { standing } = examineStack(catalogue, withoutIdlePermissions, flow);
  const parts = neededParts(standing.values().toArray(), flow);
  const reliedOn = new Set<string>();
  const rely = (basis: LegalBasis): void => {
    if (reliedOn.has(basis.id)) return;
    reliedOn.add(basis.id);
    if (basis.policyDocument && flow.policyDocument) reliedOn.add(POLICY_DOCUMENT);
    for (const companion of basis.needs.flat()) {
      const found = standing.get(companion);
      if (found) rely(found);
    }
  };
  for (const basis of standing.values()) if (basis.supplies.some((part) => parts.includes(part))) rely(basis);
  return withoutIdlePermissions.filter((id) => reliedOn.has(id));
}
