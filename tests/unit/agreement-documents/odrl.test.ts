import { makeOdrl, writeOdrl, type AgreementSource } from '../../../src/agreement-documents/index.js';
import type { Leg, Override } from '../../../src/agreements/index.js';
import { sandboxSource, signedByAll, withTerms } from './sandbox-source.js';

const ADULT_CARE = 'adult-care-assessed-needs';
const FIRE = 'fire-premises-risk';

/** Terms of ODRL 2.2 (Information Model and Vocabulary & Expression) and of JSON-LD that a policy of ours may use. */
const PROPERTIES =
  '@context @type @id @value uid profile conflict permission obligation duty assigner assignee action target constraint leftOperand operator rightOperand'.split(
    ' ',
  );
const TYPES = ['Agreement', 'Permission', 'Duty', 'Party', 'Asset', 'xsd:dateTime'];
const ACTIONS = ['read', 'delete', 'reviewPolicy', 'obtainConsent', 'inform'];
const LEFT_OPERANDS = ['purpose', 'dateTime'];
const OPERATORS = ['isAnyOf', 'isPartOf', 'gteq', 'lt', 'lteq'];

interface Constraint {
  readonly leftOperand: string;
  readonly operator: string;
  readonly rightOperand: unknown;
}
interface Rule {
  readonly uid?: string;
  readonly action: string;
  readonly assigner: { readonly uid: string } | readonly { readonly uid: string }[];
  readonly assignee: { readonly uid: string };
  readonly target?: readonly { readonly uid: string }[];
  readonly constraint?: readonly Constraint[];
  readonly duty?: readonly { readonly action: string; readonly 'gatehouse:permissionKind': string }[];
}
interface Policy {
  readonly permission: readonly Rule[];
  readonly obligation: readonly Rule[];
}

const policyOf = (source: AgreementSource): Policy => JSON.parse(writeOdrl(source)) as Policy;

describe('an agreement as an ODRL policy', () => {
  it.each([ADULT_CARE, FIRE])('of %s uses terms of ODRL 2.2 and of its own prefix, and no others', async (id) => {
    const foreign: string[] = [];
    const check = (allowed: readonly string[], term: unknown): void => {
      if (typeof term === 'string' && !allowed.includes(term) && !term.startsWith('gatehouse:')) foreign.push(term);
    };
    const visit = (value: unknown): void => {
      if (Array.isArray(value)) value.forEach(visit);
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
      for (const [name, member] of Object.entries(value)) {
        check(PROPERTIES, name);
        if (name === '@type') check(TYPES, member);
        if (name === 'action') check(ACTIONS, member);
        if (name === 'leftOperand') check(LEFT_OPERANDS, member);
        if (name === 'operator') check(OPERATORS, member);
        if (name !== '@context') visit(member);
      }
    };
    const source = await sandboxSource(id);
    visit(makeOdrl(source));
    visit(makeOdrl(withTerms(source)));
    expect(foreign).toEqual([]);
  });

  it('is an Agreement with a uid and a profile, in which a prohibition wins', async () => {
    expect(makeOdrl(await sandboxSource(FIRE))).toMatchObject({
      '@context': ['http://www.w3.org/ns/odrl.jsonld', { gatehouse: expect.stringMatching(/^urn:.*:$/) }],
      '@type': 'Agreement',
      uid: 'urn:gatehouse:agreement:fire-premises-risk:1',
      profile: expect.stringMatching(/^urn:/),
      conflict: 'prohibit',
    });
  });

  it.each([ADULT_CARE, FIRE])('of %s permits each leg’s assignee its items, and nobody anything else', async (id) => {
    const source = await sandboxSource(id);
    const permitted = policyOf(source).permission.flatMap(({ assigner, assignee, action, target = [] }) =>
      target.map(({ uid }) => [[assigner].flat()[0]?.uid, assignee.uid, action, uid].join(' ')),
    );
    const agreed = source.agreement.legs.flatMap(({ from, to, dataService, items }) =>
      items.map(
        (item) =>
          `urn:gatehouse:agency:${from} urn:gatehouse:agency:${to} read urn:gatehouse:item:${dataService}#${item}`,
      ),
    );
    expect(permitted.toSorted()).toEqual(agreed.toSorted());
  });

  it('holds a permission to the leg’s purposes, roles, patterns, identifiers and kinds of case reference', async () => {
    const [permission] = policyOf(await sandboxSource(FIRE)).permission;
    const allowed = (leftOperand: string) => permission?.constraint?.find((found) => found.leftOperand === leftOperand);
    expect(allowed('purpose')?.rightOperand).toEqual([{ '@id': 'urn:gatehouse:purpose:premises-risk' }]);
    expect(allowed('gatehouse:role')?.rightOperand).toEqual(['incident-commander', 'control-operator']);
    expect(allowed('gatehouse:pattern')?.rightOperand).toEqual(['query']);
    expect(allowed('gatehouse:identifierType')?.rightOperand).toEqual(['uprn']);
    expect(allowed('gatehouse:caseReferenceKind')?.rightOperand).toEqual(['incident', 'scheduled-visit']);
  });

  it.each([
    ['2046-12-31', '2047-01-01T00:00:00Z'],
    ['2028-02-28', '2028-02-29T00:00:00Z'],
    ['9999-12-31', '10000-01-01T00:00:00Z'],
  ])('permits to the end of the last day, %s, and not after', async (endsOn, before) => {
    const source = await sandboxSource(FIRE);
    const { permission } = policyOf({ ...source, agreement: { ...source.agreement, endsOn } });
    const time = permission[0]?.constraint?.filter(({ leftOperand }) => leftOperand === 'dateTime');
    expect(time?.map(({ operator, rightOperand }) => [operator, rightOperand])).toEqual([
      ['gteq', { '@value': '2026-01-01T00:00:00Z', '@type': 'xsd:dateTime' }],
      ['lt', { '@value': before, '@type': 'xsd:dateTime' }],
    ]);
  });

  it('makes the person’s permission a duty by its kind: confidentiality is never consent under the UK GDPR', async () => {
    const source = await sandboxSource(ADULT_CARE);
    const duties = (policy: Policy) => policy.permission.map(({ duty = [] }) => duty.map(({ action }) => action));
    expect(duties(policyOf(source))).toEqual([['gatehouse:obtainPermission']]);
    expect(duties(policyOf(await sandboxSource(FIRE)))).toEqual([[], [], []]);
    const legs = source.agreement.legs.map((leg) => ({
      ...leg,
      legalBasis: ['ukgdpr-6-1-e', 'care-2014-s6', 'ukgdpr-9-2-a', 'cldc-explicit-consent'],
    }));
    const both = policyOf({ ...source, agreement: { ...source.agreement, legs } });
    expect(
      both.permission.map(({ target = [], duty = [] }) => [target.length, duty.map(({ action }) => action)]),
    ).toEqual([
      [2, ['obtainConsent', 'gatehouse:obtainPermission']],
      [3, ['gatehouse:obtainPermission']],
    ]);
  });

  it('obliges who receives to delete and every party to review', async () => {
    const { obligation } = policyOf(await sandboxSource(FIRE));
    expect(obligation.map(({ action, assignee }) => `${action} ${assignee.uid.split(':').at(-1)}`)).toEqual([
      'delete northmoor-fire',
      'delete northmoor-fire',
      'delete northmoor-fire',
      'reviewPolicy northmoor-council',
      'reviewPolicy northmoor-fire',
      'reviewPolicy northmoor-nhs-trust',
    ]);
  });

  it.each([ADULT_CARE, FIRE])('of %s has an assigner and an assignee in every rule', async (id) => {
    const { permission, obligation } = policyOf(await sandboxSource(id));
    for (const rule of [...permission, ...obligation]) {
      const assigners = [rule.assigner].flat().map(({ uid }) => uid);
      expect(assigners.length).toBeGreaterThan(0);
      expect(assigners).not.toContain(rule.assignee.uid);
    }
  });

  it('says whether every party has signed', async () => {
    const draft = await sandboxSource(FIRE);
    expect(makeOdrl(draft)).toMatchObject({ 'gatehouse:signedByEveryParty': false, 'gatehouse:signature': [] });
    const signed = makeOdrl(signedByAll(draft));
    expect(signed).toMatchObject({ 'gatehouse:signedByEveryParty': true, 'gatehouse:sha256': draft.hash });
    expect(signed['gatehouse:signature']).toHaveLength(3);
  });

  it('constrains each permission to the hours, the budget and the roles of its one purpose', async () => {
    const source = withTerms(await sandboxSource(ADULT_CARE));
    const [leg] = source.agreement.legs;
    const purposes = ['adult-social-care', 'safeguarding'];
    const rolesByPurpose = { 'adult-social-care': ['social-worker'], safeguarding: ['clerk'] };
    const agreement = { ...source.agreement, legs: [{ ...leg!, purposes, rolesByPurpose }] };
    const { permission } = policyOf({ ...source, agreement });
    const constraints = (rule: Rule, operand: string) =>
      rule.constraint?.filter(({ leftOperand }) => leftOperand === operand).map(({ rightOperand }) => rightOperand);
    for (const rule of permission) {
      const purpose = JSON.stringify(constraints(rule, 'purpose')).includes('safeguarding')
        ? 'safeguarding'
        : purposes[0];
      expect(constraints(rule, 'purpose')).toEqual([[{ '@id': `urn:gatehouse:purpose:${purpose}` }]]);
      expect(constraints(rule, 'gatehouse:role')).toEqual([[purpose === 'safeguarding' ? 'clerk' : 'social-worker']]);
      expect(constraints(rule, 'gatehouse:timeOfWeek')).toMatchObject([{ 'gatehouse:from': '20:00' }]);
      expect(constraints(rule, 'gatehouse:permitsThisHour')).toEqual([20]);
      expect(constraints(rule, 'gatehouse:permitsToday')).toEqual([1]);
    }
    expect(new Set(permission.map(({ uid }) => uid)).size).toBe(permission.length);
    expect(permission.length).toBeGreaterThanOrEqual(2);
  });

  it('permits what a named person may authorise apart from the rest, without its hours and budget', async () => {
    const source = withTerms(await sandboxSource(ADULT_CARE));
    const [leg] = source.agreement.legs;
    const override: Override = {
      authorisedBy: ['team-manager'],
      reasons: ['life-at-risk'],
      legalBasis: ['ukgdpr-6-1-d', 'ukgdpr-9-2-c'],
      reviewWithinDays: 5,
    };
    const withLeg = (change: Partial<Leg>): Policy =>
      policyOf({ ...source, agreement: { ...source.agreement, legs: [{ ...leg!, override, ...change }] } });
    const operandsOf = ({ constraint = [] }: Rule) => constraint.map(({ leftOperand }) => leftOperand);
    const isOverride = (rule: Rule): boolean => operandsOf(rule).includes('gatehouse:authorisedByRole');

    const { permission } = withLeg({ assurance: { accepts: ['verified'], reviews: ['provisional'] } });
    const overridden = permission.filter(isOverride);
    expect(overridden).toHaveLength(1);
    expect(overridden[0]).toMatchObject({
      duty: [{ action: 'gatehouse:reviewOverride', 'gatehouse:withinDays': 5 }],
      'gatehouse:legalBasis': [
        { '@id': 'urn:gatehouse:legal-basis:ukgdpr-6-1-d' },
        { '@id': 'urn:gatehouse:legal-basis:ukgdpr-9-2-c' },
      ],
    });
    expect(operandsOf(overridden[0]!)).not.toContain('gatehouse:timeOfWeek');
    expect(operandsOf(overridden[0]!)).not.toContain('gatehouse:permitsToday');
    expect(permission.length).toBeGreaterThan(1);
    for (const rule of permission) expect(operandsOf(rule)).toContain('gatehouse:assurance');
    expect(new Set(permission.map(({ uid }) => uid)).size).toBe(permission.length);

    expect(withLeg({ override: { ...override, only: true } }).permission.every(isOverride)).toBe(true);
    expect(withLeg({}).permission.flatMap(operandsOf)).not.toContain('gatehouse:assurance');
  });

  it('obliges the supplier to tell of withdrawals where the leg says so', async () => {
    const source = await sandboxSource(ADULT_CARE);
    const informing = ({ obligation }: Policy) => obligation.filter(({ action }) => action === 'inform');
    expect(informing(policyOf(source))).toEqual([]);
    expect(informing(policyOf(withTerms(source)))).toMatchObject([
      { assignee: { uid: 'urn:gatehouse:agency:northmoor-nhs-trust' } },
    ]);
  });
});
