import type { Agency, AgencyType, PublicJwk } from '../../src/agencies/index.js';
import type { Agreement, Leg } from '../../src/agreements/index.js';
import type { DataItem, DataService } from '../../src/catalogue/index.js';

/** An agreement between a trust and a council about which there is nothing to say; `change` replaces members. */
export function makeAgreement(change: Partial<Agreement> = {}, leg: Partial<Leg> = {}): Agreement {
  return {
    id: 'care',
    version: 1,
    title: 'Needs for care',
    parties: ['council', 'trust'],
    purposes: ['adult-social-care'],
    legs: [makeLeg(leg)],
    startsOn: '2026-01-01',
    endsOn: '2028-12-31',
    reviewOn: '2027-12-31',
    retention: { requester: 'Eight years.', logBodyYears: 8 },
    ...change,
  };
}

/** A leg; with `rolesByPurpose`, it has no `roles`. */
export function makeLeg(change: Partial<Leg> = {}): Leg {
  return {
    id: 'trust-to-council',
    from: 'trust',
    to: 'council',
    dataService: 'trust/needs',
    items: ['needs', 'coordinator'],
    purposes: ['adult-social-care'],
    patterns: ['query'],
    ...(!change.rolesByPurpose && { roles: ['social-worker'] }),
    identifierTypes: ['nhs-number'],
    caseReferences: [{ kind: 'case', pattern: '^ASC-[0-9]{4}$' }],
    legalBasis: ['ukgdpr-6-1-e', 'care-2014-s6', 'ukgdpr-9-2-h', 'dpa-sch1-para2', 'cldc-explicit-consent'],
    unmatched: 'uniform',
    ...change,
  };
}

export function makeAgency(id: string, type: AgencyType, keys: PublicJwk[] = []): Agency {
  return { id, type, name: `The ${id}`, codes: {}, keys };
}

export function makeItem(id: string, change: Partial<DataItem> = {}): DataItem {
  return {
    id,
    name: `The ${id}`,
    sensitivity: 'standard',
    confidential: false,
    schema: { type: 'string' },
    select: `$.${id}`,
    ...change,
  };
}

export function makeDataService(change: Partial<DataService> = {}): DataService {
  return {
    id: 'trust/needs',
    agency: 'trust',
    name: 'Needs',
    description: 'What people need.',
    identifierTypes: ['nhs-number'],
    items: [
      makeItem('needs', { sensitivity: 'special-category', confidential: true }),
      makeItem('coordinator', { confidential: true }),
    ],
    connector: {
      kind: 'http-json',
      baseUrl: 'https://trust.example',
      method: 'GET',
      path: '/needs/{identifier:nhs-number}',
      credential: { method: 'none' },
    },
    ...change,
  };
}
