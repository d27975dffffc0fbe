import type { SharingStatement } from '../../src/statements/index.js';

/** A person's objection to a council receiving what a trust holds, as the trust recorded it. */
export function makeStatement(change: Partial<SharingStatement> = {}): SharingStatement {
  return {
    id: 'a-statement',
    kind: 'objection',
    recordedBy: 'trust',
    subjectHandles: ['a-handle'],
    purpose: 'adult-social-care',
    recipients: ['council'],
    items: ['trust/needs#needs'],
    says: 'do-not-share',
    reason: 'particular-situation',
    decision: null,
    validUntil: null,
    recordedAt: new Date('2026-01-01T00:00:00Z'),
    liftedAt: null,
    ...change,
  };
}

/** A best-interests decision; to share unless it says otherwise, valid through 2026. */
export const makeBestInterestsDecision = (change: Partial<SharingStatement> = {}): SharingStatement =>
  makeStatement({
    kind: 'best-interests-decision',
    says: 'share',
    reason: null,
    validUntil: new Date('2027-01-01T00:00:00Z'),
    ...change,
  });
