/** Requests and an answer as the API reference shows them. The people and places are the sandbox's, so each can be tried. */

export const QUERY_EXAMPLES = {
  'assessed-needs': {
    summary: 'A council asks an NHS trust for assessed needs, with the person’s permission on record',
    value: {
      dataService: 'northmoor-nhs-trust/assessed-needs',
      purpose: 'adult-social-care',
      subject: { identifiers: [{ type: 'nhs-number', value: '999 000 0018' }] },
      dataItems: ['assessed-needs', 'care-coordinator'],
      caseReference: 'ASC-2026-00123',
      requestedBy: { staffId: 'sw-4711', role: 'social-worker' },
    },
  },
  'premises-risk': {
    summary: 'A fire service asks a council about premises with an incident',
    value: {
      dataService: 'northmoor-council/premises-risk',
      purpose: 'premises-risk',
      subject: { identifiers: [{ type: 'uprn', value: '999900000001' }] },
      dataItems: ['hazards', 'access-notes', 'evacuation-assistance-count'],
      caseReference: 'INC-20261122-0007',
      requestedBy: { staffId: 'control-3', role: 'control-operator' },
    },
  },
} as const;

const RECEIPT = 'eyJhbGciOiJFZERTQSIsInR5cCI6ImdhdGVob3VzZS1yZWNlaXB0K2p3cyJ9.eyJpc3MiOiIuLi4ifQ.c2lnbmF0dXJl';
const POLICY_VERSION = '7d1f0c6e5b8a49324f6c0b7e9d2a1c3b5f8e7d6c4a3b2910f0e1d2c3b4a59687';
const CARE_COORDINATOR = { name: 'Casey Example', team: 'Northmoor East community team' };

export const QUERY_ANSWER_EXAMPLES = {
  permit: {
    summary: 'Everything that was asked for',
    value: {
      exchangeId: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f',
      decision: { outcome: 'permit', reasonCodes: ['PERMIT'], policyVersion: POLICY_VERSION },
      data: {
        'assessed-needs': { assessedOn: '2026-10-14', needs: [{ area: 'preparing meals', level: 'moderate' }] },
        'care-coordinator': CARE_COORDINATOR,
      },
      withheld: [],
      receipt: RECEIPT,
    },
  },
  'permit-partial': {
    summary: 'Less, because the person’s permission does not cover all of it',
    value: {
      exchangeId: '0192f0c1-8a02-7f10-b0de-4f1c2a3b4c5d',
      decision: {
        outcome: 'permit-partial',
        reasonCodes: ['PERMIT_PARTIAL_CONSENT_SCOPE'],
        policyVersion: POLICY_VERSION,
      },
      data: { 'care-coordinator': CARE_COORDINATOR },
      withheld: [{ dataItem: 'assessed-needs', reason: 'DENY_CONSENT_REQUIRED' }],
      receipt: RECEIPT,
    },
  },
} as const;
