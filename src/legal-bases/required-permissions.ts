import type { LegalBasesCatalogue } from './legal-bases-catalogue.js';
import type { Flow, PermissionKind } from './legal-basis.js';
import { stackGaps } from './stack-gaps.js';

/**
 * The kinds of permission that a disclosure relies on: the fewest without which its stack would not be complete. Empty when
 * the stack is complete without any, for example a confidentiality permission for an item that is not confidential. Where
 * several sets are equally few, the one that the stack names first. Every kind in the answer MUST be given; one never stands
 * in for another.
 *
 * A stack with gaps relies on every kind that it names: nothing less may be assumed, and it permits nothing anyway.
 *
 * INVARIANT: 4. Without permissions of these kinds, the rest of the stack does not make the disclosure lawful.
 */
export function requiredPermissions(
  catalogue: LegalBasesCatalogue,
  stackIds: readonly string[],
  flow: Flow,
): PermissionKind[] {
  const kindOf = (id: string): PermissionKind | null => catalogue.get(id)?.permission ?? null;
  const named = [...new Set(stackIds.map(kindOf))].filter((kind) => kind !== null);
  if (stackGaps(catalogue, stackIds, flow).length > 0) return named;
  const isEnough = (given: readonly PermissionKind[]): boolean => {
    const rest = stackIds.filter((id) => {
      const kind = kindOf(id);
      return kind === null || given.includes(kind);
    });
    return stackGaps(catalogue, rest, flow).length === 0;
  };
  return subsets(named).find(isEnough) ?? named;
}

/** Every subset, smaller before larger; among equals, those with earlier members first. */
function subsets<T>(all: readonly T[]): T[][] {
  const found: T[][] = [[]];
  for (const set of found) {
    const after = set.length === 0 ? 0 : all.indexOf(set.at(-1) as T) + 1;
    for (const next of all.slice(after)) found.push([...set, next]);
  }
  return found;
}
