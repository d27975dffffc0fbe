import type { DisclosureRequest } from '../../src/exchange/disclosure-request.js';

/** A council's request about somebody's needs, under the agreement of `tests/support/agreement.ts`. */
export function makeDisclosureRequest(change: Partial<DisclosureRequest> = {}): DisclosureRequest {
  return {
    exchangeId: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f',
    pattern: 'query',
    caller: { system: 'council-system', agency: 'council' },
    dataService: 'trust/needs',
    purpose: 'adult-social-care',
    identifiers: [{ type: 'nhs-number', value: '9990000018' }],
    dataItems: ['needs', 'coordinator'],
    caseReference: 'ASC-0001',
    requestedBy: { staffId: 'sw-1', role: 'social-worker' },
    agreement: undefined,
    permission: undefined,
    justification: undefined,
    override: undefined,
    assurance: undefined,
    ...change,
  };
}
