import { decideDisclosure, type Decision } from './decide-disclosure.js';
import type { DisclosureFacts } from './facts.js';
import type { PolicySet } from './policy-set.js';

/** Most decisions remembered. Facts hold nothing of a person, so that few distinct ones occur. */
const MOST_REMEMBERED = 10_000;

/**
 * Decides, and remembers. A decision depends on the facts and on the policies and on nothing else, so it is remembered by
 * the whole of the facts, and a `Decisions` belongs to one policy version.
 */
export class Decisions {
  private readonly remembered = new Map<string, Decision>();

  constructor(readonly policies: PolicySet) {}

  decide(facts: DisclosureFacts): Decision {
    const key = JSON.stringify(facts);
    const known = this.remembered.get(key);
    if (known) return known;
    const decision = decideDisclosure(facts, this.policies);
    if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
    this.remembered.set(key, decision);
    return decision;
  }
}
