import {
  lintAgreement,
  type Agreement,
  type FindingCode,
  type Leg,
  type Override,
} from '../../../src/agreements/index.js';
import type { DataService } from '../../../src/catalogue/index.js';
import { makeAgency, makeAgreement, makeDataService, makeItem, makeLeg } from '../../support/agreement.js';
import { RULES } from '../../support/definitions.js';

const FULL_STACK = makeLeg().legalBasis;
const PREMISES = makeDataService({
  id: 'trust/oxygen',
  identifierTypes: ['uprn'],
  items: [makeItem('oxygen', { sensitivity: 'special-category' })],
});

const OVERRIDE: Omit<Override, 'legalBasis'> = {
  authorisedBy: ['team-manager'],
  reasons: ['asking-would-prejudice-protection'],
  reviewWithinDays: 14,
};

interface Row {
  readonly what: string;
  readonly code: FindingCode;
  readonly severity?: 'warning';
  readonly agreement?: Partial<Agreement>;
  readonly leg?: Partial<Leg>;
  readonly service?: Partial<DataService>;
  readonly on?: string;
  readonly path: (string | number)[];
  readonly says: string;
}

const oxygen: Partial<Leg> = { to: 'fire', dataService: 'trust/oxygen', items: ['oxygen'], identifierTypes: ['uprn'] };
const withFire = { parties: ['council', 'trust', 'fire'], purposes: ['premises-risk'] };

const ROWS: Row[] = [
  {
    what: 'a purpose for which no staff may ask',
    code: 'purpose-without-roles',
    leg: { rolesByPurpose: {} },
    path: ['legs', 0, 'rolesByPurpose'],
    says: 'no role of staff may ask for the purpose adult-social-care',
  },
  {
    what: 'roles for a purpose that the leg is not for',
    code: 'roles-for-other-purpose',
    leg: { rolesByPurpose: { 'adult-social-care': ['social-worker'], 'premises-risk': ['clerk'] } },
    path: ['legs', 0, 'rolesByPurpose', 'premises-risk'],
    says: 'names roles for the purpose premises-risk',
  },
  {
    what: 'hours that end when they begin',
    code: 'hours-empty',
    leg: { hours: { days: ['mon'], from: '08:00', until: '08:00' } },
    path: ['legs', 0, 'hours', 'until'],
    says: 'begin and end at 08:00',
  },
  {
    what: 'a budget by the hour that the day’s uses up first',
    code: 'budget-idle',
    severity: 'warning',
    leg: { budget: { perHour: 20, perDay: 20 } },
    path: ['legs', 0, 'budget', 'perHour'],
    says: 'is never reached',
  },
  {
    what: 'a power for other purposes beside the one that carries the leg',
    code: 'basis-idle',
    severity: 'warning',
    leg: {
      legalBasis: [
        'ukgdpr-6-1-e',
        'care-2014-s6',
        'wra-2012-s131',
        'ukgdpr-9-2-h',
        'dpa-sch1-para2',
        'cldc-explicit-consent',
      ],
    },
    path: ['legs', 0, 'legalBasis', 2],
    says: 'wra-2012-s131 carries nothing',
  },
  {
    what: 'a party that nobody defines',
    code: 'agency-unknown',
    agreement: { parties: ['council', 'trust', 'ghost'] },
    path: ['parties', 2],
    says: 'no agency ghost is defined',
  },
  {
    what: 'a party without a leg',
    code: 'party-without-leg',
    severity: 'warning',
    agreement: { parties: ['council', 'trust', 'fire'] },
    path: ['parties', 2],
    says: 'no leg goes to it or from it',
  },
  {
    what: 'a purpose that nobody knows',
    code: 'purpose-unknown',
    agreement: { purposes: ['adult-social-care', 'sport'] },
    path: ['purposes', 1],
    says: 'has no purpose sport',
  },
  {
    what: 'a purpose that no leg is for',
    code: 'purpose-unused',
    severity: 'warning',
    agreement: { purposes: ['adult-social-care', 'safeguarding'] },
    path: ['purposes', 1],
    says: 'no leg is for the purpose safeguarding',
  },
  {
    what: 'a leg for a purpose that is not the agreement’s',
    code: 'purpose-not-in-agreement',
    leg: { purposes: ['adult-social-care', 'safeguarding'] },
    path: ['legs', 0, 'purposes', 1],
    says: 'the agreement is not for the purpose safeguarding',
  },
  {
    what: 'a leg to an agency that is not a party',
    code: 'not-a-party',
    leg: { to: 'fire' },
    path: ['legs', 0, 'to'],
    says: 'fire is not a party',
  },
  {
    what: 'a leg from an agency that is not a party',
    code: 'not-a-party',
    leg: { from: 'fire' },
    path: ['legs', 0, 'from'],
    says: 'fire is not a party',
  },
  {
    what: 'a leg to where it comes from',
    code: 'leg-to-itself',
    leg: { to: 'trust' },
    path: ['legs', 0, 'to'],
    says: 'goes to the agency that it comes from',
  },
  {
    what: 'two legs of one name',
    code: 'leg-repeated',
    agreement: { legs: [makeLeg(), makeLeg()] },
    path: ['legs', 1, 'id'],
    says: 'another leg has the same id',
  },
  {
    what: 'a data service that nobody defines',
    code: 'data-service-unknown',
    leg: { dataService: 'trust/dreams' },
    path: ['legs', 0, 'dataService'],
    says: 'no data service trust/dreams is defined',
  },
  {
    what: 'a data service that the sender does not hold',
    code: 'not-the-holder',
    leg: { from: 'council', to: 'trust' },
    path: ['legs', 0, 'from'],
    says: 'is held by trust, not by council',
  },
  {
    what: 'an item that no service has',
    code: 'item-unknown',
    leg: { items: ['needs', 'shoe-size'] },
    path: ['legs', 0, 'items', 1],
    says: 'trust/needs has no item shoe-size',
  },
  {
    what: 'a type of identifier that the service does not take',
    code: 'identifier-type-not-taken',
    leg: { identifierTypes: ['nino'] },
    path: ['legs', 0, 'identifierTypes', 0],
    says: 'does not take identifiers of type nino',
  },
  {
    what: 'no case reference',
    code: 'no-case-reference',
    leg: { caseReferences: [] },
    path: ['legs', 0, 'caseReferences'],
    says: 'accepts no kind of case reference',
  },
  {
    what: 'an unsafe pattern of a case reference',
    code: 'case-reference-unsafe',
    leg: { caseReferences: [{ kind: 'case', pattern: '^(a+)+$' }] },
    path: ['legs', 0, 'caseReferences', 0, 'pattern'],
    says: 'repeats a group',
  },
  {
    what: 'a leg that tells whether a person is known',
    code: 'reveals-unmatched',
    severity: 'warning',
    leg: { unmatched: 'reveal' },
    path: ['legs', 0, 'unmatched'],
    says: 'learns whether the person is known',
  },
  {
    what: 'a stack without a lawful basis',
    code: 'no-lawful-basis',
    leg: { legalBasis: FULL_STACK.slice(1) },
    path: ['legs', 0, 'legalBasis'],
    says: 'items needs, coordinator',
  },
  {
    what: 'a stack without a power',
    code: 'no-power-or-duty',
    leg: { legalBasis: FULL_STACK.filter((id) => id !== 'care-2014-s6') },
    path: ['legs', 0, 'legalBasis'],
    says: 'items needs, coordinator',
  },
  {
    what: 'a stack without a condition for what is special-category',
    code: 'no-special-category-condition',
    leg: { legalBasis: ['ukgdpr-6-1-e', 'care-2014-s6', 'cldc-explicit-consent'] },
    path: ['legs', 0, 'legalBasis'],
    says: 'item needs:',
  },
  {
    what: 'a stack without a condition for what is about offences',
    code: 'no-criminal-offence-condition',
    service: { items: [makeItem('needs', { sensitivity: 'criminal-offence' }), makeItem('coordinator')] },
    path: ['legs', 0, 'legalBasis'],
    says: 'item needs:',
  },
  {
    what: 'a stack without a gate for what is confidential',
    code: 'no-confidentiality-gate',
    leg: { legalBasis: FULL_STACK.slice(0, 4) },
    path: ['legs', 0, 'legalBasis'],
    says: 'items needs, coordinator',
  },
  {
    what: 'a condition without its companion',
    code: 'needs-companion',
    leg: { legalBasis: FULL_STACK.filter((id) => id !== 'dpa-sch1-para2') },
    path: ['legs', 0, 'legalBasis', 2],
    says: 'item',
  },
  {
    what: 'a basis that nobody knows',
    code: 'unknown-basis',
    leg: { legalBasis: [...FULL_STACK, 'magna-carta'] },
    path: ['legs', 0, 'legalBasis', 5],
    says: 'magna-carta',
  },
  {
    what: 'a basis that is not in force',
    code: 'not-in-force',
    leg: { legalBasis: FULL_STACK.map((id) => (id === 'care-2014-s6' ? 'ca-2004-s16la' : id)) },
    path: ['legs', 0, 'legalBasis', 1],
    says: 'ca-2004-s16la',
  },
  {
    what: 'a power that is for other purposes',
    code: 'purpose-not-covered',
    leg: { legalBasis: FULL_STACK.map((id) => (id === 'care-2014-s6' ? 'daa-2021-s77' : id)) },
    path: ['legs', 0, 'legalBasis', 1],
    says: 'daa-2021-s77',
  },
  {
    what: 'a power that does not reach the agency types',
    code: 'agency-type-not-covered',
    leg: { legalBasis: FULL_STACK.map((id) => (id === 'care-2014-s6' ? 'frsa-2004-s7' : id)) },
    path: ['legs', 0, 'legalBasis', 1],
    says: 'frsa-2004-s7',
  },
  {
    what: 'a condition that needs a policy document, and none',
    code: 'no-policy-document',
    agreement: withFire,
    leg: {
      ...oxygen,
      purposes: ['premises-risk'],
      legalBasis: ['ukgdpr-6-1-e', 'ukgdpr-9-2-g', 'dpa-sch1-para18', 'frsa-2004-s7'],
    },
    path: ['legs', 0, 'legalBasis', 2],
    says: 'item oxygen',
  },
  {
    what: 'an item that a provision forbids',
    code: 'bars-disclosure',
    service: { items: [makeItem('needs', { restrictedBy: ['psa-1938-s1'] }), makeItem('coordinator')] },
    path: ['legs', 0, 'items'],
    says: 'item needs: psa-1938-s1 forbids it for the purpose adult-social-care',
  },
  {
    what: 'an override whose stack lacks something',
    code: 'no-confidentiality-gate',
    leg: { override: { ...OVERRIDE, legalBasis: FULL_STACK.filter((id) => !id.startsWith('cldc')) } },
    path: ['legs', 0, 'override', 'legalBasis'],
    says: 'override of needs',
  },
  {
    what: 'an override that rests on the permission it would do without',
    code: 'override-needs-permission',
    leg: { override: { ...OVERRIDE, legalBasis: FULL_STACK } },
    path: ['legs', 0, 'override', 'legalBasis'],
    says: 'confidentiality',
  },
  {
    what: 'a policy document whose review is overdue',
    code: 'policy-document-review-passed',
    severity: 'warning',
    agreement: { policyDocument: { reference: 'APD 1', reviewOn: '2026-11-21', retentionSummary: 'A year.' } },
    path: ['policyDocument', 'reviewOn'],
    says: 'was due on 2026-11-21',
  },
  {
    what: 'an end before the start',
    code: 'ends-before-start',
    agreement: { endsOn: '2025-12-31', reviewOn: '2025-12-31' },
    path: ['endsOn'],
    says: 'before it starts',
  },
  {
    what: 'an end date that passed yesterday',
    code: 'ended',
    agreement: { endsOn: '2026-11-21', reviewOn: '2026-11-22' },
    path: ['endsOn'],
    says: 'it ended on 2026-11-21',
  },
  {
    what: 'no review date',
    code: 'no-review-date',
    agreement: { reviewOn: undefined } as unknown as Partial<Agreement>,
    path: [],
    says: 'it has no review date',
  },
  {
    what: 'a review that was due yesterday',
    code: 'review-passed',
    agreement: { reviewOn: '2026-11-21' },
    path: ['reviewOn'],
    says: 'was due on 2026-11-21',
  },
  {
    what: 'a review after the end',
    code: 'review-after-end',
    agreement: { reviewOn: '2029-01-01' },
    path: ['reviewOn'],
    says: 'after it ends',
  },
];

describe('lint of an agreement', () => {
  const agencies = new Map(
    [makeAgency('council', 'council'), makeAgency('trust', 'nhs-provider'), makeAgency('fire', 'fire-and-rescue')].map(
      (agency) => [agency.id, agency],
    ),
  );
  const lint = (agreement: Agreement, on = '2026-11-22', service: Partial<DataService> = {}) =>
    lintAgreement(agreement, {
      ...RULES,
      on,
      agency: (id) => agencies.get(id),
      dataService: (id) => [makeDataService(service), PREMISES].find((one) => one.id === id),
    });

  it('has nothing to say of a sound agreement', () => {
    expect(lint(makeAgreement())).toEqual([]);
  });

  it('has nothing to say on its last day and on the day of its review', () => {
    expect(lint(makeAgreement({ reviewOn: '2026-11-22', endsOn: '2026-11-22' }))).toEqual([]);
  });

  it('lets an override rest on what a named person decides case by case', () => {
    const instead = new Map([
      ['cldc-explicit-consent', 'cldc-public-interest'],
      ['care-2014-s6', 'care-2014-s42'],
    ]);
    const legalBasis = FULL_STACK.map((id) => instead.get(id) ?? id);
    const purposes = ['adult-safeguarding'];
    const agreement = makeAgreement({ purposes }, { purposes, override: { ...OVERRIDE, legalBasis } });
    expect(lint(agreement).filter(({ path }) => path.includes('override'))).toEqual([]);
  });

  it('asks for no complete stack where nothing goes but by an override', () => {
    const legalBasis = FULL_STACK.map((id) => (id === 'cldc-explicit-consent' ? 'cldc-public-interest' : id));
    const closed = makeAgreement(
      {},
      { legalBasis: ['ukgdpr-6-1-e'], override: { ...OVERRIDE, legalBasis, only: true } },
    );
    expect(lint(closed).filter(({ path }) => !path.includes('override'))).toEqual([]);
  });

  it.each(ROWS)('finds $what', ({ code, severity = 'error', agreement, leg, service, on, path, says }) => {
    const findings = lint(makeAgreement(agreement, leg), on, service);
    const finding = findings.find((one) => one.code === code);
    expect(finding).toMatchObject({ code, severity, path });
    expect(finding?.message).toContain(says);
    expect(finding?.message).not.toMatch(/\.$/);
  });

  it('judges an agreement of the future by its first day', () => {
    const basis = lint(makeAgreement({ startsOn: '2027-06-01' }, { legalBasis: ['unheard-of'] }), '2026-11-22');
    expect(basis.some((one) => one.code === 'unknown-basis')).toBe(true);
  });

  it('warns of a basis that ceases before the agreement does', () => {
    const findings = lintAgreement(makeAgreement(), {
      ...RULES,
      on: '2026-11-22',
      agency: (id) => agencies.get(id),
      dataService: () => makeDataService(),
      basesReliedOn: (stack) => stack,
      requiredPermissions: () => [],
      findBars: () => [],
      stackGaps: (_, flow) =>
        flow.on > '2028-01-01' ? [{ code: 'not-in-force', basis: 'care-2014-s6', message: 'It ends in 2028.' }] : [],
    });
    expect(findings).toEqual([
      {
        severity: 'warning',
        code: 'ceases-during-agreement',
        path: ['legs', 0, 'legalBasis', 1],
        message: "leg trust-to-council, items needs, coordinator: It ends in 2028, on the agreement's last day",
      },
    ]);
  });
});
