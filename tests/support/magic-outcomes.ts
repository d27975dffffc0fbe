import type { Query } from '../../sdk/index.js';

/** What asking the sandbox about a published identifier comes to. */
export interface MagicOutcome {
  readonly identifier: string;
  readonly status: number;
  /** Code of the problem, for anything but 200. */
  readonly code?: string;
  readonly reasonCodes?: readonly string[];
}

/** By NHS number: the council asks the trust for assessed needs. */
export const MAGIC_OUTCOMES: readonly MagicOutcome[] = [
  { identifier: '9990000018', status: 200, reasonCodes: ['PERMIT'] },
  { identifier: '9990000026', status: 200, reasonCodes: ['PERMIT'] },
  { identifier: '9990000034', status: 403, code: 'DISCLOSURE_REFUSED', reasonCodes: ['DENY_CONSENT_REQUIRED'] },
  { identifier: '9990000042', status: 403, code: 'DISCLOSURE_REFUSED', reasonCodes: ['DENY_CONSENT_REQUIRED'] },
  { identifier: '9990000050', status: 504, code: 'SUPPLIER_TIMED_OUT' },
  { identifier: '9990000069', status: 502, code: 'SUPPLIER_UNAVAILABLE' },
  { identifier: '9990000077', status: 502, code: 'SUPPLIER_ANSWER_UNUSABLE' },
  { identifier: '9990000085', status: 502, code: 'SUPPLIER_ANSWER_UNUSABLE' },
  { identifier: '9990000093', status: 502, code: 'SUPPLIER_ANSWER_UNUSABLE' },
  { identifier: '9990000107', status: 502, code: 'SUPPLIER_REFUSED' },
  { identifier: '9990000115', status: 200, reasonCodes: ['PERMIT_PARTIAL_SUPPRESSED'] },
];

/** The question that the outcomes are of. */
export const magicQuery = (nhsNumber: string): Query => ({
  dataService: 'northmoor-nhs-trust/assessed-needs',
  purpose: 'adult-social-care',
  subject: { identifiers: [{ type: 'nhs-number', value: nhsNumber }] },
  dataItems: ['assessed-needs', 'care-coordinator', 'address', 'address-suppressed'],
  caseReference: 'ASC-2026-00123',
  requestedBy: { staffId: 'sw-4711', role: 'social-worker' },
});
