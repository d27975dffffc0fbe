import fc from 'fast-check';
import {
  decideDisclosure,
  Decisions,
  preparePolicies,
  type DisclosureFacts,
  type ItemFacts,
} from '../../../src/policy/index.js';
import {
  acceptedOverride,
  anyFacts,
  permittedFacts,
  permittedItem,
  policies,
  policyFiles,
} from '../../support/facts.js';

const withItem = (change: Partial<ItemFacts>): DisclosureFacts => ({
  ...permittedFacts,
  items: [{ ...permittedItem, ...change }],
});
const withLeg = (change: Partial<NonNullable<ItemFacts['leg']>>): DisclosureFacts =>
  withItem({ leg: { ...permittedItem.leg, ...change } });
const withAgreement = (change: Partial<NonNullable<DisclosureFacts['agreement']>>): DisclosureFacts => ({
  ...permittedFacts,
  agreement: { ...permittedFacts.agreement, ...change },
});

/** What the ordinary way asks for, beside an agreement that covers it. */
const mayGo = (of: ItemFacts, leg: NonNullable<ItemFacts['leg']>): boolean =>
  leg.gaps.length === 0 &&
  leg.legalBasis.length > 0 &&
  !leg.onlyByOverride &&
  !leg.outsideHours &&
  !of.objection &&
  !of.heldBack &&
  of.permission.state === (of.permission.required.length > 0 ? 'given' : 'not-required');
const mayGoByOverride = ({ leg, override }: ItemFacts): boolean =>
  override?.accepted === true &&
  override.gaps.length === 0 &&
  override.legalBasis.length > 0 &&
  !leg?.gaps.some(({ code }) => code === 'bars-disclosure');

describe('deciding a disclosure', () => {
  it('denies when nothing is asked for', () => {
    expect(decideDisclosure({ ...permittedFacts, items: [] }, policies).outcome).toBe('deny');
  });

  it('denies everything under an empty policy set', () => {
    const schema = Object.fromEntries(Object.entries(policyFiles).filter(([name]) => name.endsWith('.cedarschema')));
    expect(decideDisclosure(permittedFacts, preparePolicies(schema)).outcome).toBe('deny');
  });

  it('permits what an agreement in force, a complete stack and a given permission cover, and names the stack', () => {
    expect(decideDisclosure(permittedFacts, policies)).toMatchObject({
      outcome: 'permit',
      reasonCodes: ['PERMIT'],
      items: [{ item: 'assessed-needs', outcome: 'permit', legalBasis: permittedItem.leg.legalBasis }],
    });
  });

  it.each<[string, DisclosureFacts, string]>([
    ['there is no agreement', { ...permittedFacts, agreement: null }, 'DENY_RECIPIENT_NOT_PARTY'],
    ['the agreement has not begun', withAgreement({ state: 'not-yet' }), 'DENY_NO_LEGAL_BASIS'],
    ['the agreement has ended', withAgreement({ state: 'ended' }), 'DENY_NO_LEGAL_BASIS'],
    ['the requester is not a party', withAgreement({ requesterIsParty: false }), 'DENY_RECIPIENT_NOT_PARTY'],
    ['the supplier is not a party', withAgreement({ supplierIsParty: false }), 'DENY_RECIPIENT_NOT_PARTY'],
    ['the purpose is not the agreement’s', withAgreement({ coversPurpose: false }), 'DENY_PURPOSE_MISMATCH'],
    ['the purpose is not the leg’s', withLeg({ coversPurpose: false }), 'DENY_PURPOSE_MISMATCH'],
    ['the item is in no leg', withItem({ leg: null }), 'DENY_NO_LEGAL_BASIS'],
    ['the pattern is not allowed', withLeg({ coversPattern: false }), 'DENY_AGREEMENT_PATTERN_NOT_ALLOWED'],
    ['the role is not the leg’s', withLeg({ coversRole: false }), 'DENY_RECIPIENT_CONDITION'],
    [
      'the subject is named in a way the leg does not take',
      withLeg({ coversIdentifierTypes: false }),
      'DENY_RECIPIENT_CONDITION',
    ],
    [
      'there is no case',
      { ...withLeg({ caseReference: 'absent' }), caseReferenceGiven: false },
      'DENY_NO_RELATIONSHIP',
    ],
    ['the case is of no kind that needs this', withLeg({ caseReference: 'not-accepted' }), 'DENY_NOT_NECESSARY'],
    [
      'the stack is incomplete',
      withLeg({ gaps: [{ code: 'no-confidentiality-gate', message: '' }] }),
      'DENY_NO_LEGAL_BASIS',
    ],
    ['a statute bars it', withLeg({ gaps: [{ code: 'bars-disclosure', message: '' }] }), 'DENY_STATUTORY_BAR'],
    [
      'nobody was asked',
      withItem({ permission: { required: ['confidentiality'], state: 'none' } }),
      'DENY_CONSENT_REQUIRED',
    ],
    [
      'the permission is withdrawn',
      withItem({ permission: { required: ['confidentiality'], state: 'withdrawn' } }),
      'DENY_CONSENT_REQUIRED',
    ],
    [
      'the permission has expired',
      withItem({ permission: { required: ['confidentiality'], state: 'expired' } }),
      'DENY_CONSENT_REQUIRED',
    ],
    [
      'nobody can say whether there is a permission',
      withItem({ permission: { required: ['confidentiality'], state: 'unknown' } }),
      'DENY_CONSENT_REQUIRED',
    ],
    ['a provision bars the item', withItem({ bars: ['psa-1938-s1'] }), 'DENY_STATUTORY_BAR'],
    [
      'a provision bars it and somebody would override that',
      withItem({ bars: ['psa-1938-s1'], override: acceptedOverride }),
      'DENY_STATUTORY_BAR',
    ],
    ['it is outside the hours of the leg', withLeg({ outsideHours: true }), 'DENY_RECIPIENT_CONDITION'],
    ['the leg asks for a named person, and none is named', withLeg({ onlyByOverride: true }), 'REVIEW_HUMAN'],
    ['the requester is not sure enough', withLeg({ assurance: 'not-accepted' }), 'REVIEW_HUMAN'],
    ['a professional decided not to share it', withItem({ heldBack: true }), 'REVIEW_HUMAN'],
    ['the person objects to all of it', withItem({ objection: true }), 'REVIEW_HUMAN'],
    [
      'an override is invoked by somebody who may not',
      withItem({ override: { ...acceptedOverride, accepted: false } }),
      'DENY_RECIPIENT_CONDITION',
    ],
    [
      'an override rests on a stack that lacks something',
      withItem({ override: { ...acceptedOverride, gaps: [{ code: 'no-lawful-basis', message: '' }] } }),
      'DENY_NO_LEGAL_BASIS',
    ],
    [
      'its giver had no authority',
      withItem({ permission: { required: ['confidentiality'], state: 'outside-authority' } }),
      'DENY_AUTHORITY_SCOPE',
    ],
  ])('denies when %s', (_when, facts, reason) => {
    const decision = decideDisclosure(facts, policies);
    expect(decision.outcome).toBe('deny');
    expect(decision.reasonCodes).toEqual([reason]);
    expect(decision.items.every((item) => item.outcome === 'deny' && item.legalBasis.length === 0)).toBe(true);
  });

  it('withholds the items that a permission does not reach, and permits the others', () => {
    const other: ItemFacts = {
      ...permittedItem,
      item: 'risk-summary',
      permission: { required: ['confidentiality'], state: 'outside-scope' },
    };
    expect(decideDisclosure({ ...permittedFacts, items: [permittedItem, other] }, policies)).toMatchObject({
      outcome: 'permit-partial',
      reasonCodes: ['PERMIT_PARTIAL_CONSENT_SCOPE'],
      items: [{ outcome: 'permit' }, { outcome: 'deny', reasonCodes: ['DENY_CONSENT_REQUIRED'] }],
    });
  });

  it('withholds the items that the person objects to, and permits the others', () => {
    const other: ItemFacts = { ...permittedItem, item: 'risk-summary', objection: true };
    expect(decideDisclosure({ ...permittedFacts, items: [permittedItem, other] }, policies)).toMatchObject({
      outcome: 'permit-partial',
      reasonCodes: ['PERMIT_PARTIAL_OBJECTION'],
      items: [{ outcome: 'permit' }, { outcome: 'deny', reasonCodes: ['PERMIT_PARTIAL_OBJECTION'] }],
    });
  });

  it.each<[string, Partial<ItemFacts>]>([
    ['nobody was asked', { permission: { required: ['confidentiality'], state: 'none' } }],
    ['the permission was refused', { permission: { required: ['confidentiality'], state: 'refused' } }],
    [
      'nobody can say whether there is a permission',
      { permission: { required: ['confidentiality'], state: 'unknown' } },
    ],
    ['the person objects', { objection: true }],
    ['it was held back', { heldBack: true }],
    ['the leg allows no other way', { leg: { ...permittedItem.leg, onlyByOverride: true } }],
    ['it is outside hours', { leg: { ...permittedItem.leg, outsideHours: true } }],
  ])('permits by an override although %s, on the stack of the override, and says so', (_why, change) => {
    const facts = withItem({ ...change, override: acceptedOverride });
    expect(decideDisclosure(facts, policies)).toMatchObject({
      outcome: 'permit',
      reasonCodes: ['PERMIT_STATUTORY_OVERRIDE'],
      items: [{ legalBasis: acceptedOverride.legalBasis, policies: ['disclose-under-duty-of-care'] }],
    });
  });

  it('says that a life was at risk where the override rests on that', () => {
    const saving = { ...acceptedOverride, kind: 'vital-interests' as const };
    expect(decideDisclosure(withItem({ heldBack: true, override: saving }), policies)).toMatchObject({
      outcome: 'permit',
      reasonCodes: ['PERMIT_BREAK_GLASS'],
    });
  });

  it('does not rely on an override where the ordinary way is open', () => {
    expect(decideDisclosure(withItem({ override: acceptedOverride }), policies)).toMatchObject({
      reasonCodes: ['PERMIT'],
      items: [{ legalBasis: permittedItem.leg.legalBasis, policies: ['disclose-under-agreement'] }],
    });
  });

  it('withholds what the override does not reach, where the person has not agreed to it', () => {
    const permission = { required: ['confidentiality'], state: 'withdrawn' } as const;
    const overridden: ItemFacts = { ...permittedItem, permission, override: acceptedOverride };
    const other: ItemFacts = { ...permittedItem, item: 'risk-summary', permission };
    expect(decideDisclosure({ ...permittedFacts, items: [overridden, other] }, policies)).toMatchObject({
      outcome: 'permit-partial',
      reasonCodes: ['PERMIT_STATUTORY_OVERRIDE', 'PERMIT_PARTIAL_CONSENT_SCOPE'],
    });
  });

  it('permits what a person has to decide on, and says that one has to', () => {
    expect(decideDisclosure(withLeg({ assurance: 'to-be-reviewed' }), policies)).toMatchObject({
      outcome: 'permit',
      reasonCodes: ['REVIEW_HUMAN'],
    });
  });

  it('refuses the whole request when one item is outside the agreement', () => {
    const other: ItemFacts = { ...permittedItem, item: 'clinical-notes', leg: null };
    const decision = decideDisclosure({ ...permittedFacts, items: [permittedItem, other] }, policies);
    expect(decision).toMatchObject({ outcome: 'deny', reasonCodes: ['DENY_NO_LEGAL_BASIS'] });
  });

  it('leaves to a person what two agreements would decide otherwise than each other, whatever else is so', () => {
    expect(decideDisclosure(withAgreement({ conflicts: true }), policies)).toMatchObject({
      outcome: 'deny',
      reasonCodes: ['REVIEW_HUMAN'],
    });
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const { agreement } = facts;
        const decision = decideDisclosure(
          { ...facts, agreement: agreement && { ...agreement, conflicts: true } },
          policies,
        );
        expect(decision.outcome).toBe('deny');
      }),
    );
  });

  it('permits no combination of facts without agreement, complete stack, case and required permission', () => {
    let permits = 0;
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const decision = decideDisclosure(facts, policies);
        const permitted = decision.items.filter((item) => item.outcome === 'permit');
        if (decision.outcome === 'deny') return true;
        permits += 1;
        expect(permitted.length).toBeGreaterThan(0);
        for (const { item, legalBasis } of permitted) {
          // Several items may bear one name; one of them must be permissible.
          const permissible = facts.items.filter(
            (one) =>
              one.item === item &&
              !one.bars &&
              facts.agreement?.state === 'in-force' &&
              facts.agreement.requesterIsParty &&
              facts.agreement.supplierIsParty &&
              facts.agreement.coversPurpose &&
              facts.caseReferenceGiven &&
              one.leg?.caseReference === 'accepted' &&
              one.leg.coversPurpose &&
              one.leg.coversPattern &&
              one.leg.coversRole &&
              one.leg.coversIdentifierTypes &&
              one.leg.assurance !== 'not-accepted' &&
              (mayGo(one, one.leg) || mayGoByOverride(one)),
          );
          expect(permissible.length).toBeGreaterThan(0);
          expect(legalBasis.length).toBeGreaterThan(0);
        }
        return true;
      }),
      { numRuns: 1500, seed: 20261122 },
    );
    expect(permits).toBeGreaterThan(20);
  });

  it('remembers a decision only by everything that it depends on', () => {
    fc.assert(
      fc.property(fc.array(anyFacts, { minLength: 1, maxLength: 6 }), (many) => {
        const decisions = new Decisions(policies);
        for (const facts of [...many, ...many])
          expect(decisions.decide(facts)).toMatchObject(decideDisclosure(facts, policies));
      }),
      { numRuns: 60 },
    );
  });

  it('denies facts that the schema does not know', () => {
    const facts = { ...permittedFacts, purpose: 5 as unknown as string };
    expect(decideDisclosure(facts, policies).outcome).toBe('deny');
  });
});

describe('a policy that errs', () => {
  it('denies, whatever the others permit', () => {
    // Adding to the largest whole number overflows: it validates and fails when it is evaluated.
    const erring = preparePolicies({
      ...policyFiles,
      'erring.cedar': `@id("erring") @reason("DENY_STATUTORY_BAR")
        forbid (principal, action == Gatehouse::Action::"disclose", resource)
        when { 9223372036854775807 + (if context.role == "social-worker" then 1 else 0) == 0 };`,
    });
    expect(decideDisclosure(permittedFacts, erring)).toMatchObject({
      outcome: 'deny',
      reasonCodes: ['DENY_NO_LEGAL_BASIS'],
    });
    const otherRole = { ...permittedFacts, requester: { ...permittedFacts.requester, role: 'another' } };
    expect(decideDisclosure(otherRole, erring).outcome).toBe('permit');
  });
});
