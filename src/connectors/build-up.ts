import { SupplierFault } from './connector.js';
import type { Shape } from './schema-shape.js';

/** Deepest nesting of objects and arrays read from a supplier. */
const MAX_DEPTH = 48;

/** A step into a JSON document: the name of a member or the index of an element. */
export type Step = string | number;

/** A place in the supplier's document, marked when the value there has been copied into the answer. */
class Place {
  released = false;
  private readonly below = new Map<Step, Place>();

  at(step: Step): Place {
    let place = this.below.get(step);
    if (place === undefined) this.below.set(step, (place = new Place()));
    return place;
  }
}

/** Which leaf values of one document were copied into the answer, each counted once however many items selected it. */
export class ReleasedLeaves {
  count = 0;
  private readonly root = new Place();

  at(location: readonly Step[]): Place {
    let place = this.root;
    for (const step of location) place = place.at(step);
    return place;
  }

  release(place: Place): void {
    if (place.released) return;
    place.released = true;
    this.count++;
  }
}

/**
 * Copies a value, member by member, as far as the shape declares it. What it does not declare is not looked at.
 *
 * INVARIANT: 5. The copy is made from what the schema names; nothing is removed from what the supplier sent.
 *
 * @param shape undefined where the schema says nothing: a leaf value is copied, an object comes out empty
 * @param place where the value stands in the document; undefined for a value that was computed
 */
export function buildUp(
  value: unknown,
  shape: Shape | undefined,
  released: ReleasedLeaves,
  place: Place | undefined,
): unknown {
  if (typeof value !== 'object' || value === null) {
    if (value !== null && place !== undefined) released.release(place);
    return value;
  }
  if (Array.isArray(value)) {
    return value.map((element, index) => buildUp(element, shape?.element(index), released, place?.at(index)));
  }
  const copy: Record<string, unknown> = {};
  for (const [name, member] of Object.entries(value)) {
    const declared = name === '__proto__' ? undefined : shape?.member(name);
    if (declared !== undefined) copy[name] = buildUp(member, declared, released, place?.at(name));
  }
  return copy;
}

/**
 * How many leaf values (texts, numbers, booleans; not null) a document holds.
 * @throws SupplierFault `not-understood` when it is nested more than 48 levels deep
 */
export function countLeaves(value: unknown, depth = 0): number {
  if (typeof value !== 'object') return 1;
  if (value === null) return 0;
  if (depth >= MAX_DEPTH) throw new SupplierFault('not-understood', 'nested too deeply');
  let count = 0;
  for (const member of Object.values(value)) count += countLeaves(member, depth + 1);
  return count;
}

/** Whether a value holds anything at all; an empty array or object does not. */
export function holdsNothing(value: unknown): boolean {
  if (typeof value !== 'object') return value === undefined;
  return value === null || Object.values(value).every(holdsNothing);
}
