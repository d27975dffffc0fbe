/** A permission as the API reference shows it. The person is the sandbox's. */
export const PERMISSION_EXAMPLES = {
  confidentiality: {
    summary: 'A patient lets an NHS trust tell the council two of the things that it holds in confidence',
    value: {
      kind: 'confidentiality',
      purpose: 'adult-social-care',
      recipients: ['northmoor-council'],
      items: [
        'northmoor-nhs-trust/assessed-needs#assessed-needs',
        'northmoor-nhs-trust/assessed-needs#care-coordinator',
      ],
      subject: { identifiers: [{ type: 'nhs-number', value: '999 000 0034' }] },
      givenBy: 'self',
      capacity: 'own',
      method: 'in-person',
      wordingVersion: 'shared-assessment-v3',
      language: 'en',
      askedBy: { staffId: 'tr-0815', role: 'care-coordinator' },
      validUntil: '2027-11-22T09:00:00Z',
    },
  },
} as const;
