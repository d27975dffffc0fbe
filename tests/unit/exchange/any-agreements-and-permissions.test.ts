import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { acceptsCaseReference, type Agreement, type Leg } from '../../../src/agreements/index.js';
import { buildRegister, type Register } from '../../../src/definitions/index.js';
import { answeredDecision } from '../../../src/exchange/answered-decision.js';
import { decideRequest } from '../../../src/exchange/decide-request.js';
import type { DisclosureRequest } from '../../../src/exchange/disclosure-request.js';
import { decisionEntry, type Decided } from '../../../src/exchange/exchange-entry.js';
import { stackGaps } from '../../../src/legal-bases/index.js';
import type { Permission } from '../../../src/permissions/index.js';
import { Decisions } from '../../../src/policy/index.js';
import { makeAgency, makeAgreement, makeDataService, makeItem } from '../../support/agreement.js';
import { makeDisclosureRequest } from '../../support/disclosure-request.js';
import { policies } from '../../support/facts.js';
import { CATALOGUE } from '../../support/legal-bases.js';
import { makePermission } from '../../support/permission.js';

const NOW = new Date('2026-11-22T09:30:00Z');
const ON = '2026-11-22';
const KEY = randomBytes(32);
const RUNS = { numRuns: 1_500, seed: 20_261_122 };

const AGENCIES = [
  makeAgency('council', 'council'),
  makeAgency('trust', 'nhs-provider'),
  makeAgency('fire', 'fire-and-rescue'),
];
const SERVICE = makeDataService({
  identifierTypes: ['nhs-number', 'uprn'],
  items: [
    makeItem('needs', { sensitivity: 'special-category', confidential: true }),
    makeItem('coordinator', { confidential: true }),
    makeItem('hazards'),
  ],
});
const typeOf = new Map(AGENCIES.map(({ id, type }) => [id, type]));
const itemOf = new Map(SERVICE.items.map((item) => [item.id, item]));

/** Stacks that are complete for some flows, and every smaller one. */
const STACKS = [
  ['ukgdpr-6-1-e', 'care-2014-s6', 'ukgdpr-9-2-h', 'dpa-sch1-para2', 'cldc-explicit-consent'],
  ['ukgdpr-6-1-e', 'frsa-2004-s7', 'ukgdpr-9-2-g', 'dpa-sch1-para18', 'dpa-sch1-part4-apd'],
  ['ukgdpr-6-1-a', 'ukgdpr-9-2-a', 'care-2014-s6', 'cldc-explicit-consent'],
  ['ukgdpr-6-1-e', 'ca-2004-s16la', 'psa-1938-s1', 'no-such-basis'],
];
const mostly = <T>(value: T, ...others: T[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(value) }, fc.constantFrom(value, ...others));
const stacks = fc
  .constantFrom(...STACKS)
  .chain((stack) => fc.oneof({ weight: 3, arbitrary: fc.constant(stack) }, fc.subarray(stack, { minLength: 1 })));
const items = fc.subarray(['needs', 'coordinator', 'hazards'], { minLength: 1 });

const legs: fc.Arbitrary<Leg> = fc.record({
  id: fc.constantFrom('a', 'b'),
  from: fc.constant('trust'),
  to: mostly('council', 'fire'),
  dataService: mostly('trust/needs', 'trust/other'),
  items,
  purposes: mostly<string[]>(['adult-social-care', 'premises-risk'], ['adult-social-care'], ['premises-risk']),
  patterns: mostly<Leg['patterns']>(['query', 'referral'], ['referral']),
  roles: mostly<string[]>(['social-worker', 'clerk'], ['clerk']),
  identifierTypes: mostly<string[]>(['nhs-number', 'uprn'], ['uprn']),
  caseReferences: mostly(
    [{ kind: 'case', pattern: '^ASC-[0-9]{4}$' }],
    [{ kind: 'incident', pattern: '^INC-[0-9]{4}$' }],
  ),
  legalBasis: stacks,
  unmatched: fc.constantFrom('uniform', 'reveal'),
});
const agreements: fc.Arbitrary<Agreement[]> = fc
  .array(
    fc.record({
      parties: mostly<string[]>(['council', 'trust', 'fire'], ['trust', 'fire']),
      purposes: mostly<string[]>(['adult-social-care', 'premises-risk'], ['premises-risk']),
      legs: fc.array(legs, { minLength: 1, maxLength: 2 }),
      startsOn: mostly('2026-01-01', '2026-11-22', '2026-11-23'),
      endsOn: mostly('2028-12-31', '2026-11-22', '2026-11-21'),
      policyDocument: fc.constant({ reference: 'APD 1', reviewOn: '2028-01-01', retentionSummary: 'Six years.' }),
    }),
    { maxLength: 3 },
  )
  .map((all) => all.map((change, place) => makeAgreement({ ...change, id: `agreement-${place}` })));

const instants = fc.constantFrom('2026-01-01T00:00:00Z', '2026-06-01T00:00:00Z', '2026-11-22T09:30:00Z');
const permissions: fc.Arbitrary<Permission[]> = fc
  .array(
    fc.record({
      answer: mostly<Permission['answer']>('given', 'refused'),
      kind: mostly<Permission['kind']>('confidentiality', 'uk-gdpr-consent', 'service-choice'),
      purpose: mostly('adult-social-care', 'premises-risk'),
      recipients: mostly<string[]>(['council', 'fire'], ['fire']),
      items: mostly<string[]>(['trust/needs#*'], ['trust/needs#coordinator'], ['trust/other#*']),
      capacity: mostly<Permission['capacity']>('own', 'property-and-financial-affairs'),
      recordedAt: instants.map((at) => new Date(at)),
      validUntil: mostly('2027-01-01T00:00:00Z', '2026-11-22T09:30:00Z').map((at) => new Date(at)),
      withdrawnAt: mostly<Date | null>(null, new Date('2026-11-01T00:00:00Z')),
    }),
    { maxLength: 3 },
  )
  .map((all) =>
    all.map(({ answer, ...change }, place) =>
      makePermission({
        ...change,
        id: `permission-${place}`,
        answer,
        ...(answer === 'refused' && { validUntil: null, withdrawnAt: null }),
      }),
    ),
  );
const requests: fc.Arbitrary<DisclosureRequest> = fc
  .record({
    pattern: mostly<DisclosureRequest['pattern']>('query', 'referral'),
    caller: mostly('council', 'fire').map((agency) => ({ system: `${agency}-system`, agency })),
    purpose: mostly('adult-social-care', 'premises-risk', 'housing-support'),
    identifiers: mostly<DisclosureRequest['identifiers']>(
      [{ type: 'nhs-number', value: '9990000018' }],
      [{ type: 'uprn', value: '1' }],
    ),
    dataItems: items,
    caseReference: mostly<string | undefined>('ASC-0001', 'INC-0001', undefined),
    requestedBy: mostly('social-worker', 'clerk').map((role) => ({ staffId: 'sw-1', role })),
  })
  .map((change) => makeDisclosureRequest(change));

const cases = fc.record({ agreements, permissions, request: requests });
type Case = { agreements: Agreement[]; permissions: Permission[]; request: DisclosureRequest };

const registerOf = (all: readonly Agreement[]): Register =>
  buildRegister({
    revision: 1,
    agencies: new Map(AGENCIES.map((agency) => [agency.id, agency])),
    systems: new Map(),
    officers: new Map(),
    dataServices: new Map([[SERVICE.id, SERVICE]]),
    agreements: all.map((agreement) => ({ agreement, hash: agreement.id, signatures: [] })),
  });

const decisions = new Decisions(policies);
const decide = ({ agreements: all, permissions: recorded, request }: Case): Promise<Decided> =>
  decideRequest(request, registerOf(all), {
    catalogue: CATALOGUE,
    decisions,
    clock: { now: () => NOW },
    keys: { subjectHandle: KEY },
    permissions: { recordedOf: async () => recorded },
    statements: { recordedOf: async (handles) => ({ statements: [], seen: 0, handles }) },
  });

const permittedItems = ({ decision }: Decided) =>
  decision.outcome === 'deny' ? [] : decision.items.filter(({ outcome }) => outcome === 'permit');

/** Said again, and otherwise than the program says it: a leg that lets this item go. */
function legFor(item: string, agreement: Agreement | undefined, request: DisclosureRequest): Leg | undefined {
  const { caller, purpose, pattern, identifiers, caseReference, requestedBy, dataService } = request;
  if (!agreement || agreement.startsOn > ON || agreement.endsOn < ON) return undefined;
  if (![caller.agency, 'trust'].every((party) => agreement.parties.includes(party))) return undefined;
  if (!agreement.purposes.includes(purpose) || caseReference === undefined) return undefined;
  return agreement.legs.find(
    (leg) =>
      leg.dataService === dataService &&
      leg.to === caller.agency &&
      leg.items.includes(item) &&
      leg.purposes.includes(purpose) &&
      leg.patterns.includes(pattern) &&
      leg.roles?.includes(requestedBy.role) &&
      identifiers.every(({ type }) => leg.identifierTypes.includes(type)) &&
      leg.caseReferences.some((rule) => acceptsCaseReference(rule, caseReference)),
  );
}

/** A yes that nothing later takes back, whoever recorded what. */
const isGiven = (kind: string, item: string, { request, permissions: recorded }: Case): boolean =>
  recorded.some(
    (one) =>
      one.kind === kind &&
      one.answer === 'given' &&
      one.withdrawnAt === null &&
      one.validUntil !== null &&
      one.validUntil > NOW &&
      one.purpose === request.purpose &&
      one.recipients.includes(request.caller.agency) &&
      (one.items.includes(`trust/needs#${item}`) || one.items.includes('trust/needs#*')) &&
      (one.capacity === 'own' || itemOf.get(item)?.sensitivity === 'standard'),
  );

describe('whatever was agreed and whatever a person said', () => {
  it('permits nothing without an agreement in force that covers it, and the permissions its stack needs (invariant 2)', async () => {
    let permits = 0;
    await fc.assert(
      fc.asyncProperty(cases, async (of) => {
        const decided = await decide(of);
        const agreement = of.agreements.find(({ id }) => id === decided.facts.agreement?.id);
        for (const { item, legalBasis } of permittedItems(decided)) {
          permits += 1;
          const leg = legFor(item, agreement, of.request);
          expect(leg).toBeDefined();
          expect(leg?.legalBasis).toEqual(expect.arrayContaining([...legalBasis]));
          for (const basis of legalBasis) {
            const kind = CATALOGUE.get(basis)?.permission;
            if (kind) expect(isGiven(kind, item, of)).toBe(true);
          }
        }
      }),
      RUNS,
    );
    expect(permits).toBeGreaterThan(50);
  });

  it('names for each item it permits a stack that is complete and in force (invariant 4)', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (of) => {
        for (const { item, legalBasis } of permittedItems(await decide(of))) {
          const { sensitivity, confidential } = itemOf.get(item)!;
          const flow = {
            from: typeOf.get('trust')!,
            to: typeOf.get(of.request.caller.agency)!,
            purpose: of.request.purpose,
            sensitivity,
            confidential,
            on: ON,
            policyDocument: true,
          };
          expect(stackGaps(CATALOGUE, legalBasis, flow)).toEqual([]);
          expect(legalBasis.map((id) => CATALOGUE.get(id)?.inForce)).toEqual(legalBasis.map(() => 'in-force'));
        }
      }),
      RUNS,
    );
  });

  it('relies on no permission that was withdrawn (invariant 6)', async () => {
    let withdrawals = 0;
    await fc.assert(
      fc.asyncProperty(cases, async (of) => {
        const before = await decide(of);
        if (before.decision.outcome === 'deny') return;
        for (const { id } of before.permissions) {
          withdrawals += 1;
          const after = await decide({
            ...of,
            permissions: of.permissions.map((one) => (one.id === id ? { ...one, withdrawnAt: NOW } : one)),
          });
          expect(after.permissions.map((one) => one.id)).not.toContain(id);
          const left = permittedItems(after).map(({ item }) => item);
          expect(left.length).toBeLessThan(permittedItems(before).length);
          expect(permittedItems(before).map(({ item }) => item)).toEqual(expect.arrayContaining(left));
        }
      }),
      RUNS,
    );
    expect(withdrawals).toBeGreaterThan(20);
  });

  it('tells the requester the same of somebody known and unknown, unless every leg it used says otherwise (invariant 9)', async () => {
    let told = 0;
    await fc.assert(
      fc.asyncProperty(cases, async (of) => {
        const decided = await decide(of);
        const permitted = permittedItems(decided);
        if (permitted.length === 0) return;
        const { decision } = decisionEntry(decided, KEY).claims;
        const answer = (matched: boolean) =>
          answeredDecision(
            decision,
            { data: {}, matched, surplus: 0, suppressed: [] },
            !matched && decided.revealsUnmatched,
          );
        const agreement = of.agreements.find(({ id }) => id === decided.facts.agreement?.id);
        const reveals = permitted.every(({ item }) => legFor(item, agreement, of.request)?.unmatched === 'reveal');
        expect(JSON.stringify(answer(true)) === JSON.stringify(answer(false))).toBe(!reveals);
        told += 1;
      }),
      RUNS,
    );
    expect(told).toBeGreaterThan(50);
  });
});
