import { Problem } from '../api-contract/index.js';
import { looksLikePersonIdentifier } from '../subject-handles/index.js';
import type { StatementContent } from './statement.js';

/** Longest that a best-interests decision stands, years. A choice: capacity and circumstances are looked at again by then. */
const LONGEST_VALIDITY_YEARS = 1;

/** @throws Problem REQUEST_INVALID for what cannot stand, and for what has the form of an identifier */
export function refuseWhatMustNotBeStored(content: StatementContent, now: Date): void {
  const { purpose, recipients, items, decision, validUntil } = content;
  const latest = new Date(now);
  latest.setUTCFullYear(latest.getUTCFullYear() + LONGEST_VALIDITY_YEARS);
  if (validUntil && !(validUntil > now && validUntil <= latest)) {
    refuse('/validUntil', 'A best-interests decision ends in the future, and within a year.');
  }
  const capacity = decision?.capacityStatement;
  if (capacity && capacity.finding !== 'lacks-capacity') {
    refuse('/capacityStatement/finding', 'Whoever has capacity for a decision makes it: record a permission.');
  }
  if (capacity && capacity.assessedOn > now.toISOString().slice(0, 10)) {
    refuse('/capacityStatement/assessedOn', 'Capacity is assessed before the decision is made.');
  }
  // INVARIANT: 1. These are stored as they stand.
  const names = {
    purpose: purpose === null ? [] : [purpose],
    recipients: recipients ?? [],
    items: (items ?? []).flatMap((item) => item.split(/[/#]/)),
    decidedBy: decision ? Object.values(decision.decidedBy) : [],
    consulted: decision?.consulted ?? [],
    'capacityStatement/assessedBy': capacity ? Object.values(capacity.assessedBy) : [],
  };
  const wrong = Object.entries(names).find(([, texts]) => texts.some(looksLikePersonIdentifier));
  if (wrong) refuse(`/${wrong[0]}`, 'This is stored, so it must not have the form of a person’s identifier.');
}

function refuse(pointer: string, detail: string): never {
  throw new Problem('REQUEST_INVALID', { pointers: [pointer], detail });
}
