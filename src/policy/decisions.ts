import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { decideDisclosure, type Decision } from './decide-disclosure.js';
import type { DisclosureFacts } from './facts.js';
import type { PolicySet } from './policy-set.js';

/** A decision with the facts that it was made on, as they are archived. */
export interface MadeDecision extends Decision {
  /** RFC 8785. */
  readonly canonicalFacts: string;
  /** SHA-256 over `canonicalFacts`, lower-case hexadecimal. */
  readonly factsHash: string;
}

/** Most decisions remembered. Facts hold nothing of a person, so that few distinct ones occur. */
const MOST_REMEMBERED = 10_000;

/**
 * Decides, and remembers. A decision depends on the facts and on the policies and on nothing else, so it is remembered by
 * the whole of the facts, and a `Decisions` belongs to one policy version.
 */
export class Decisions {
  private readonly remembered = new Map<string, MadeDecision>();

  constructor(readonly policies: PolicySet) {}

  decide(facts: DisclosureFacts): MadeDecision {
    const key = JSON.stringify(facts);
    const known = this.remembered.get(key);
    if (known) return known;
    const canonicalFacts = canonicalize(facts) ?? '';
    const factsHash = createHash('sha256').update(canonicalFacts).digest('hex');
    const made = { ...decideDisclosure(facts, this.policies), canonicalFacts, factsHash };
    if (this.remembered.size >= MOST_REMEMBERED) this.remembered.clear();
    this.remembered.set(key, made);
    return made;
  }
}
