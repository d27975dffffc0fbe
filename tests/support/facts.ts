import path from 'node:path';
import fc from 'fast-check';
import {
  preparePolicies,
  readPolicyFiles,
  type DisclosureFacts,
  type ItemFacts,
  type OverrideFacts,
} from '../../src/policy/index.js';

export const policyFiles = readPolicyFiles(path.resolve('consent-policies'));
export const policies = preparePolicies(policyFiles);

/** An item that may be disclosed: everything that a permit asks for is so. */
export const permittedItem: ItemFacts & { leg: NonNullable<ItemFacts['leg']> } = {
  item: 'assessed-needs',
  sensitivity: 'special-category',
  confidential: true,
  leg: {
    id: 'trust-to-council',
    coversPurpose: true,
    coversPattern: true,
    coversRole: true,
    coversIdentifierTypes: true,
    caseReference: 'accepted',
    legalBasis: ['ukgdpr-6-1-e', 'care-2014-s6', 'ukgdpr-9-2-h', 'dpa-sch1-para2', 'cldc-explicit-consent'],
    gaps: [],
  },
  permission: { required: ['confidentiality'], state: 'given' },
};

export const permittedFacts: DisclosureFacts & { agreement: NonNullable<DisclosureFacts['agreement']> } = {
  on: '2026-11-22',
  pattern: 'query',
  purpose: 'adult-social-care',
  requester: { agency: 'a-council', agencyType: 'council', role: 'social-worker' },
  supplier: { agency: 'a-trust', agencyType: 'nhs-provider' },
  dataService: 'a-trust/assessed-needs',
  caseReferenceGiven: true,
  agreement: {
    id: 'an-agreement',
    version: 1,
    hash: 'a'.repeat(64),
    state: 'in-force',
    requesterIsParty: true,
    supplierIsParty: true,
    coversPurpose: true,
  },
  items: [permittedItem],
};

const gap = fc.constantFrom(
  ...(['no-lawful-basis', 'not-in-force', 'no-confidentiality-gate', 'bars-disclosure'] as const),
);
const permissionState = fc.constantFrom(
  ...([
    'not-required',
    'given',
    'none',
    'withdrawn',
    'expired',
    'outside-scope',
    'outside-authority',
    'unknown',
  ] as const),
);

const anyGaps = fc.oneof(
  { weight: 4, arbitrary: fc.constant([]) },
  fc.array(
    gap.map((code) => ({ code, message: 'a gap' })),
    { maxLength: 2 },
  ),
);
const rarely = fc.integer({ min: 0, max: 24 }).map((n) => (n === 0 ? (true as const) : undefined));
/** Members that are there only where they say something. */
const present = <T extends object>(of: T): { [K in keyof T]?: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as never;

/** An override that the leg accepts, with a stack that is complete. */
export const acceptedOverride: OverrideFacts = {
  accepted: true,
  kind: 'duty-of-care',
  legalBasis: ['ukgdpr-6-1-e', 'care-2014-s45', 'ukgdpr-9-2-g', 'dpa-sch1-para18', 'cldc-public-interest'],
  gaps: [],
};

/** Any item, mostly near to being permitted, so that single failings are met often. */
export const anyItem: fc.Arbitrary<ItemFacts> = fc
  .record({
    item: fc.stringMatching(/^[a-z]{1,8}$/),
    sensitivity: fc.constantFrom('standard', 'special-category', 'criminal-offence'),
    confidential: fc.boolean(),
    leg: fc.option(
      fc
        .record({
          id: fc.constant('a-leg'),
          coversPurpose: likely(),
          coversPattern: likely(),
          coversRole: likely(),
          coversIdentifierTypes: likely(),
          caseReference: fc.oneof(
            { weight: 5, arbitrary: fc.constant('accepted' as const) },
            fc.constantFrom('absent' as const, 'not-accepted' as const),
          ),
          legalBasis: fc.subarray(['ukgdpr-6-1-e', 'care-2014-s6', 'care-2014-s45']),
          gaps: anyGaps,
          exceptional: fc
            .record({
              onlyByOverride: rarely,
              outsideHours: rarely,
              assurance: fc.oneof(
                { weight: 8, arbitrary: fc.constant(undefined) },
                fc.constantFrom('not-accepted' as const, 'to-be-reviewed' as const),
              ),
            })
            .map(present),
        })
        .map(({ exceptional, ...leg }) => ({ ...leg, ...exceptional })),
      { freq: 8 },
    ),
    exceptional: fc
      .record({
        bars: rarely.map((barred) => barred && ['psa-1938-s1']),
        objection: rarely,
        heldBack: rarely,
        override: fc.oneof(
          { weight: 3, arbitrary: fc.constant(undefined) },
          fc.record({
            accepted: likely(),
            kind: fc.constantFrom('duty-of-care' as const, 'vital-interests' as const),
            legalBasis: fc.subarray(['ukgdpr-6-1-e', 'ukgdpr-6-1-d', 'care-2014-s45']),
            gaps: anyGaps,
          }),
        ),
      })
      .map(present),
    permission: fc.record({
      required: fc.subarray(['confidentiality', 'uk-gdpr-consent'] as ('confidentiality' | 'uk-gdpr-consent')[]),
      state: fc.oneof(
        { weight: 4, arbitrary: fc.constantFrom('given' as const, 'not-required' as const) },
        permissionState,
      ),
    }),
  })
  .map(({ exceptional, ...item }) => ({ ...item, ...exceptional }));

export const anyFacts: fc.Arbitrary<DisclosureFacts> = fc.record({
  on: fc.constant('2026-11-22'),
  pattern: fc.constantFrom('query', 'bulk-match', 'referral'),
  purpose: fc.constantFrom('adult-social-care', 'premises-risk'),
  requester: fc.constant(permittedFacts.requester),
  supplier: fc.constant(permittedFacts.supplier),
  dataService: fc.constant('a-trust/assessed-needs'),
  caseReferenceGiven: likely(),
  agreement: fc.option(
    fc.record({
      id: fc.constant('an-agreement'),
      version: fc.constant(1),
      hash: fc.constant('a'.repeat(64)),
      state: fc.oneof(
        { weight: 5, arbitrary: fc.constant('in-force' as const) },
        fc.constantFrom('not-yet' as const, 'ended' as const),
      ),
      requesterIsParty: likely(),
      supplierIsParty: likely(),
      coversPurpose: likely(),
    }),
    { freq: 8 },
  ),
  items: fc.array(anyItem, { maxLength: 3 }),
});

function likely(): fc.Arbitrary<boolean> {
  return fc.integer({ min: 0, max: 9 }).map((n) => n > 0);
}
