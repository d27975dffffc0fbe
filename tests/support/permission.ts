import type { Permission } from '../../src/permissions/permission.js';

/** A permission that a person gave for a council to receive what a trust holds; valid through 2026. */
export function makePermission(change: Partial<Permission> = {}): Permission {
  return {
    id: 'a-permission',
    answer: 'given',
    recordedBy: 'council',
    kind: 'confidentiality',
    purpose: 'adult-social-care',
    recipients: ['council'],
    items: ['trust/needs#needs'],
    givenBy: 'self',
    capacity: 'own',
    method: 'in-person',
    wordingVersion: 'v1',
    language: 'en',
    askedBy: null,
    capacityStatement: null,
    validFrom: new Date('2026-01-01T00:00:00Z'),
    validUntil: new Date('2027-01-01T00:00:00Z'),
    subjectHandles: ['a-handle'],
    recordedAt: new Date('2026-01-01T00:00:00Z'),
    withdrawnAt: null,
    supersededBy: null,
    revision: 0,
    ...change,
  };
}

/** That the person lacks capacity for the decision that it stands with. */
export const LACKS_CAPACITY = {
  finding: 'lacks-capacity',
  assessedBy: { staffId: 'tr-0042', role: 'consultant' },
  assessedOn: '2026-01-01',
} as const;
