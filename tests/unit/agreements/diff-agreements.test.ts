import fc from 'fast-check';
import {
  acceptsCaseReference,
  diffAgreements,
  canonicalBytes,
  hoursInWords,
  isWithinHours,
  rolesFor,
  type Agreement,
  type AgreementChange,
  type AgreementChangeKind,
  type AgreementDraft,
  type ChangeEffect,
  type Leg,
  type Override,
  type Pattern,
  type Weekday,
} from '../../../src/agreements/index.js';
import { makeAgreement, makeLeg } from '../../support/agreement.js';

const POLICY = { reference: 'APD 1', reviewOn: '2027-01-01', retentionSummary: 'Kept for six years.' };
const RULE = makeLeg().caseReferences[0]!;
const WIDER_RULE = { kind: 'case', pattern: '^ASC-[0-9]+$' };

const OVERRIDE: Override = {
  authorisedBy: ['team-manager'],
  reasons: ['life-at-risk', 'asking-would-prejudice-protection'],
  legalBasis: ['ukgdpr-6-1-e', 'care-2014-s45'],
  reviewWithinDays: 14,
};

interface Row {
  readonly what: string;
  readonly older?: Partial<AgreementDraft>;
  readonly newer?: Partial<AgreementDraft>;
  readonly olderLeg?: Partial<Leg>;
  readonly newerLeg?: Partial<Leg>;
  /** Kind, effect and sentence of every change, in order. */
  readonly changes: [AgreementChangeKind, ChangeEffect, string][];
}

/** Each row is read backwards too, where every widening must narrow and the other way round. */
const ROWS: Row[] = [
  {
    what: 'an item more',
    newerLeg: { items: ['needs', 'coordinator', 'risk'] },
    changes: [
      ['item-added', 'widens', 'adds: council may now ask trust (trust/needs) for risk; for: adult-social-care'],
    ],
  },
  {
    what: 'an item less',
    newerLeg: { items: ['needs'] },
    changes: [
      [
        'item-removed',
        'narrows',
        'removes: council may no longer ask trust (trust/needs) for coordinator; for: adult-social-care',
      ],
    ],
  },
  {
    what: 'a purpose more, in the agreement and on the leg',
    newer: { purposes: ['adult-social-care', 'safeguarding'] },
    newerLeg: { purposes: ['safeguarding', 'adult-social-care'] },
    changes: [
      ['purpose-added', 'widens', 'adds: the agreement is now for the purpose safeguarding'],
      [
        'purpose-added',
        'widens',
        'adds: council may now ask trust (trust/needs) for the purpose safeguarding; items: needs, coordinator',
      ],
    ],
  },
  {
    what: 'a pattern in place of another',
    newerLeg: { patterns: ['bulk-match'] },
    changes: [
      ['pattern-added', 'widens', 'adds: council may now ask trust (trust/needs) in the pattern bulk-match'],
      ['pattern-removed', 'narrows', 'removes: council may no longer ask trust (trust/needs) in the pattern query'],
    ],
  },
  {
    what: 'a role more',
    newerLeg: { roles: ['social-worker', 'clerk'] },
    changes: [
      ['role-added', 'widens', 'adds: council may now ask trust (trust/needs) on behalf of staff in the role clerk'],
    ],
  },
  {
    what: 'roles by purpose that leave one role out for one of them',
    older: { purposes: ['adult-social-care', 'safeguarding'] },
    newer: { purposes: ['adult-social-care', 'safeguarding'] },
    olderLeg: { purposes: ['adult-social-care', 'safeguarding'], roles: ['social-worker', 'clerk'] },
    newerLeg: {
      purposes: ['adult-social-care', 'safeguarding'],
      rolesByPurpose: { 'adult-social-care': ['clerk', 'social-worker'], safeguarding: ['social-worker'] },
    },
    changes: [
      [
        'role-removed',
        'narrows',
        'removes: council may no longer ask trust (trust/needs) on behalf of staff in the role clerk for the purpose safeguarding',
      ],
    ],
  },
  {
    what: 'a budget by the hour, and a larger one by the day',
    olderLeg: { budget: { perDay: 100 } },
    newerLeg: { budget: { perHour: 10, perDay: 200 } },
    changes: [
      [
        'budget-changed',
        'widens',
        'changes: each system of council may now ask trust (trust/needs) 200 times a day; before: 100 times',
      ],
      [
        'budget-changed',
        'narrows',
        'changes: each system of council may now ask trust (trust/needs) 10 times an hour; before: as often as they like',
      ],
    ],
  },
  {
    what: 'hours where there were none',
    newerLeg: { hours: { days: ['tue', 'mon'], from: '08:00', until: '18:00' } },
    changes: [
      [
        'hours-changed',
        'narrows',
        'changes: council may now ask trust (trust/needs) on Monday and Tuesday from 08:00 until 18:00 (Europe/London); before: at any time',
      ],
    ],
  },
  {
    what: 'other hours',
    olderLeg: { hours: { days: ['mon'], from: '08:00', until: '18:00' } },
    newerLeg: { hours: { days: ['mon'], from: '20:00', until: '06:00' } },
    changes: [
      [
        'hours-changed',
        'changes',
        'changes: council may now ask trust (trust/needs) on Monday from 20:00 until 06:00 on the next day (Europe/London); before: on Monday from 08:00 until 18:00 (Europe/London)',
      ],
    ],
  },
  {
    what: 'a type of identifier more',
    newerLeg: { identifierTypes: ['nino', 'nhs-number'] },
    changes: [
      ['identifier-type-added', 'widens', 'adds: council may now ask trust (trust/needs) about a person named by nino'],
    ],
  },
  {
    what: 'one rule for case references of two taken away',
    olderLeg: { caseReferences: [{ kind: 'visit', pattern: '^V[0-9]$' }, RULE] },
    changes: [
      [
        'case-reference-removed',
        'narrows',
        'removes: council may no longer ask trust (trust/needs) with a case reference visit "^V[0-9]$"',
      ],
    ],
  },
  {
    what: 'another pattern for a kind of case reference',
    newerLeg: { caseReferences: [WIDER_RULE] },
    changes: [
      [
        'case-reference-added',
        'widens',
        'adds: council may now ask trust (trust/needs) with a case reference case "^ASC-[0-9]+$"',
      ],
      [
        'case-reference-removed',
        'narrows',
        'removes: council may no longer ask trust (trust/needs) with a case reference case "^ASC-[0-9]{4}$"',
      ],
    ],
  },
  {
    what: 'a legal basis in place of another',
    olderLeg: { legalBasis: ['ukgdpr-6-1-e', 'care-2014-s6'] },
    newerLeg: { legalBasis: ['care-2014-s45', 'ukgdpr-6-1-e'] },
    changes: [
      ['legal-basis-added', 'changes', 'adds: what council may ask trust (trust/needs) for now rests on care-2014-s45'],
      [
        'legal-basis-removed',
        'changes',
        'removes: what council may ask trust (trust/needs) for no longer rests on care-2014-s6',
      ],
    ],
  },
  {
    what: 'a requester who learns whether a person is known',
    newerLeg: { unmatched: 'reveal' },
    changes: [
      [
        'unmatched-changed',
        'widens',
        'adds: council now learns from trust (trust/needs) whether a person is known there',
      ],
    ],
  },
  {
    what: 'a leg more',
    newer: {
      legs: [
        makeLeg(),
        makeLeg({ id: 'back', from: 'council', to: 'trust', dataService: 'council/plans', items: ['plan'] }),
      ],
    },
    changes: [
      [
        'leg-added',
        'widens',
        'adds: trust may now ask council (council/plans) for plan; for: adult-social-care; patterns: query; roles: social-worker; identifiers: nhs-number; case references: case "^ASC-[0-9]{4}$"; legal basis: ukgdpr-6-1-e, care-2014-s6, ukgdpr-9-2-h, dpa-sch1-para2, cldc-explicit-consent; unmatched: uniform',
      ],
    ],
  },
  {
    what: 'a leg of another id, which is another leg',
    newerLeg: { id: 'renamed' },
    changes: [
      [
        'leg-added',
        'widens',
        expect.stringContaining('adds: council may now ask trust (trust/needs) for needs') as string,
      ],
      [
        'leg-removed',
        'narrows',
        expect.stringContaining('removes: council may no longer ask trust (trust/needs) for needs') as string,
      ],
    ],
  },
  ...(['from', 'to', 'dataService'] as const).map((member): Row => ({
    what: `a leg with another ${member}, which is another leg`,
    newerLeg: { [member]: 'fire' },
    changes: [
      ['leg-added', 'widens', expect.stringContaining('fire') as string],
      ['leg-removed', 'narrows', expect.stringContaining('removes: council may no longer ask trust') as string],
    ],
  })),
  {
    what: 'legs that change places, so that another one answers for what both cover',
    older: { legs: [makeLeg({ id: 'a' }), makeLeg({ id: 'b', items: ['needs', 'risk'], roles: ['clerk'] })] },
    newer: { legs: [makeLeg({ id: 'b', items: ['needs', 'risk'], roles: ['clerk'] }), makeLeg({ id: 'a' })] },
    changes: [
      [
        'answering-leg-changed',
        'changes',
        'changes: what council may ask trust (trust/needs) of needs is now as leg b says; before: as leg a says; for: adult-social-care',
      ],
    ],
  },
  {
    what: 'a leg removed that stood before another for the same item',
    older: { legs: [makeLeg({ id: 'a', items: ['needs'] }), makeLeg({ id: 'b', roles: ['clerk'] })] },
    newer: { legs: [makeLeg({ id: 'b', roles: ['clerk'] })] },
    changes: [
      ['answering-leg-changed', 'changes', expect.stringContaining('of needs is now as leg b says') as string],
      ['leg-removed', 'narrows', expect.stringContaining('for needs; for: adult-social-care') as string],
    ],
  },
  {
    what: 'legs that change places without an item in common',
    older: { legs: [makeLeg({ id: 'a', items: ['x'] }), makeLeg({ id: 'b', items: ['y'] })] },
    newer: { legs: [makeLeg({ id: 'b', items: ['y'] }), makeLeg({ id: 'a', items: ['x'] })] },
    changes: [],
  },
  {
    what: 'a change of the second of two legs with one id, which only a draft has',
    older: { legs: [makeLeg(), makeLeg({ items: ['x'] })] },
    newer: { legs: [makeLeg(), makeLeg({ items: ['x', 'y'] })] },
    changes: [['item-added', 'widens', expect.stringContaining('for y') as string]],
  },
  {
    what: 'a party more',
    newer: { parties: ['fire', 'council', 'trust'] },
    changes: [['party-added', 'widens', 'adds: fire is now a party']],
  },
  {
    what: 'an earlier first day and a later last day',
    newer: { startsOn: '2025-12-31', endsOn: '2029-01-01' },
    changes: [
      ['dates-changed', 'widens', 'changes: its first day is now 2025-12-31; before: 2026-01-01'],
      ['dates-changed', 'widens', 'changes: its last day is now 2029-01-01; before: 2028-12-31'],
    ],
  },
  {
    what: 'a later review',
    newer: { reviewOn: '2028-06-30' },
    changes: [['dates-changed', 'widens', 'changes: its day of review is now 2028-06-30; before: 2027-12-31']],
  },
  {
    what: 'a review that is not due any more',
    newer: { reviewOn: undefined } as unknown as Partial<AgreementDraft>,
    changes: [['dates-changed', 'widens', 'changes: its day of review is now none; before: 2027-12-31']],
  },
  {
    what: 'a choice of service that is asked for as well',
    newerLeg: { asks: ['service-choice'] },
    changes: [
      [
        'asks-changed',
        'narrows',
        'changes: the permission asked for beside the stack of what council may ask trust (trust/needs) is now: service-choice; before: none',
      ],
    ],
  },
  {
    what: 'an override where there was none',
    newerLeg: { override: OVERRIDE },
    changes: [
      [
        'override-changed',
        'widens',
        'changes: the override of what council may ask trust (trust/needs) is now: authorised by team-manager, because asking-would-prejudice-protection, life-at-risk, resting on care-2014-s45, ukgdpr-6-1-e, reviewed within 14 days; before: none',
      ],
    ],
  },
  {
    what: 'a leg that has the recipient told of withdrawals',
    newerLeg: { tellOfWithdrawal: true },
    changes: [
      [
        'tell-of-withdrawal-changed',
        'changes',
        'changes: whether council is told of withdrawals once it has got data from trust (trust/needs) is now yes; before: no',
      ],
    ],
  },
  {
    what: 'a leg that is closed but for its override',
    olderLeg: { override: OVERRIDE },
    newerLeg: { override: { ...OVERRIDE, only: true } },
    changes: [
      ['override-changed', 'changes', expect.stringMatching(/14 days, and in no other way; before: authorised/)],
    ],
  },
  {
    what: 'a requester that must say how sure it is',
    newerLeg: { assurance: { accepts: ['verified'], reviews: ['provisional'] } },
    changes: [
      [
        'assurance-changed',
        'narrows',
        'changes: the assurance of what council may ask trust (trust/needs) is now: accepts verified, marks provisional for review; before: none',
      ],
    ],
  },
  {
    what: 'a longer retention, and other words for what the requester keeps',
    newer: { retention: { requester: 'Ten\nyears.', logBodyYears: 10 } },
    changes: [
      [
        'retention-changed',
        'widens',
        'changes: the years for which the log keeps the body of an entry are now 10; before: 8',
      ],
      [
        'retention-changed',
        'changes',
        String.raw`changes: what the requester keeps is now "Ten\nyears."; before: "Eight years."`,
      ],
    ],
  },
  {
    what: 'a policy document where there was none',
    newer: { policyDocument: POLICY },
    changes: [['policy-document-added', 'changes', 'adds: the agreement now has a policy document, "APD 1"']],
  },
  {
    what: 'another policy document, reviewed later',
    older: { policyDocument: POLICY },
    newer: { policyDocument: { reference: 'APD 2', reviewOn: '2027-01-02', retentionSummary: 'Kept for ever.' } },
    changes: [
      [
        'policy-document-changed',
        'widens',
        'changes: the day of review of its policy document is now 2027-01-02; before: 2027-01-01',
      ],
      [
        'policy-document-changed',
        'changes',
        'changes: the reference of its policy document is now "APD 2"; before: "APD 1"',
      ],
      [
        'policy-document-changed',
        'changes',
        'changes: the summary of retention of its policy document is now "Kept for ever."; before: "Kept for six years."',
      ],
    ],
  },
  {
    what: 'another version and title',
    newer: { version: 2, title: 'Needs' },
    changes: [
      ['version-changed', 'changes', 'changes: its version is now 2; before: 1'],
      ['title-changed', 'changes', 'changes: its title is now Needs; before: "Needs for care"'],
    ],
  },
];

const make = (change: Partial<AgreementDraft> | undefined, leg: Partial<Leg> | undefined): AgreementDraft =>
  makeAgreement(change as Partial<Agreement>, leg);

describe('the difference of two versions of an agreement', () => {
  it('is nothing between an agreement and itself', () => {
    expect(diffAgreements(makeAgreement(), makeAgreement())).toEqual([]);
  });

  it.each(ROWS)('tells of $what', ({ older, newer, olderLeg, newerLeg, changes }) => {
    const [before, after] = [make(older, olderLeg), make(newer, newerLeg)];
    const found = diffAgreements(before, after);
    expect(found.map(({ kind, effect, sentence }) => [kind, effect, sentence])).toEqual(changes);
    expect(sorted(diffAgreements(after, before).map(withoutWords))).toEqual(sorted(found.map(backwards)));
  });

  it('names the leg, its direction and what came or went for a machine', () => {
    const newer = makeAgreement({ endsOn: '2029-12-31' }, { items: ['needs'], caseReferences: [RULE, WIDER_RULE] });
    const leg = { leg: 'trust-to-council', from: 'trust', to: 'council', dataService: 'trust/needs' };
    expect(diffAgreements(makeAgreement(), newer).map(withoutWords)).toEqual([
      { kind: 'case-reference-added', effect: 'widens', ...leg, what: 'case', after: '^ASC-[0-9]+$' },
      { kind: 'dates-changed', effect: 'widens', what: 'endsOn', before: '2028-12-31', after: '2029-12-31' },
      { kind: 'item-removed', effect: 'narrows', ...leg, what: 'coordinator' },
    ]);
  });

  it('gives budgets and hours as values for a machine', () => {
    const hours = { days: ['mon'] as const, from: '08:00', until: '18:00' };
    const older = makeAgreement({}, { budget: { perHour: 5 } });
    const leg = { leg: 'trust-to-council', from: 'trust', to: 'council', dataService: 'trust/needs' };
    expect(diffAgreements(older, makeAgreement({}, { budget: { perHour: 6 }, hours })).map(withoutWords)).toEqual([
      { kind: 'budget-changed', effect: 'widens', ...leg, what: 'perHour', before: 5, after: 6 },
      { kind: 'hours-changed', effect: 'narrows', ...leg, after: hours },
    ]);
  });

  it('gives a leg that came or went whole', () => {
    const renamed = makeLeg({ id: 'renamed' });
    expect(diffAgreements(makeAgreement(), makeAgreement({ legs: [renamed] }))).toMatchObject([
      { kind: 'leg-added', leg: 'renamed', after: renamed },
      { kind: 'leg-removed', leg: 'trust-to-council', before: makeLeg() },
    ]);
  });

  it('speaks in the words that it is given for ids, and in ids where there are none', () => {
    const newer = makeAgreement({}, { items: ['needs', 'coordinator', 'risk'] });
    const names = {
      agency: (id: string) => `the ${id}`,
      item: (service: string, id: string) => `${id} of ${service}`,
    };
    expect(diffAgreements(makeAgreement(), newer, names).map(({ sentence }) => sentence)).toEqual([
      'adds: the council may now ask the trust (trust/needs) for risk of trust/needs; for: adult-social-care',
    ]);
  });

  it('keeps every sentence on one line, whatever a title holds', () => {
    const newer = makeAgreement({ title: 'a\n\u001b[2K\u009b\u202eb\u2028' });
    expect(diffAgreements(makeAgreement(), newer)[0]?.sentence).toBe(
      String.raw`changes: its title is now "a\n\u001b[2K\u009b\u202eb\u2028"; before: "Needs for care"`,
    );
  });
});

describe('the difference of any two agreements', () => {
  it('is nothing exactly when they are the same but for the order inside sets', () => {
    let same = 0;
    fc.assert(
      fc.property(pairs, ([older, newer]) => {
        const isSame = canonicalBytes(inOneOrder(older)).equals(canonicalBytes(inOneOrder(newer)));
        if (isSame) same += 1;
        expect(diffAgreements(older, newer).length === 0).toBe(isSame);
      }),
      { numRuns: 500 },
    );
    expect(same).toBeGreaterThan(20);
  });

  it('is the same backwards, with widening and narrowing exchanged', () => {
    fc.assert(
      fc.property(pairs, ([older, newer]) => {
        const forwards = diffAgreements(older, newer).map(backwards);
        expect(sorted(diffAgreements(newer, older).map(withoutWords))).toEqual(sorted(forwards));
      }),
      { numRuns: 300 },
    );
  });

  it('says first what widens, then what has to be read, then what narrows', () => {
    fc.assert(
      fc.property(pairs, ([older, newer]) => {
        const places = diffAgreements(older, newer).map(({ effect }) =>
          ['widens', 'changes', 'narrows'].indexOf(effect),
        );
        expect(places).toEqual(places.toSorted((one, other) => one - other));
      }),
    );
  });

  it('never leaves out what may be asked under the newer version alone', () => {
    fc.assert(
      fc.property(fc.oneof(pairs, pairsOfOneLegMember.map(open)), ([older, newer]) => {
        fc.pre(everyRequest.some((request) => mayAsk(newer, request) && !mayAsk(older, request)));
        const tells = ({ kind, effect }: AgreementChange) =>
          effect === 'widens' || kind === 'answering-leg-changed' || (kind === 'hours-changed' && effect === 'changes');
        expect(diffAgreements(older, newer).some(tells)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

const some = <T>(...values: T[]) => fc.uniqueArray(fc.constantFrom(...values), { minLength: 1 });
const day = fc.constantFrom('2026-01-01', '2027-01-01', '2028-01-01');
const text = fc.constantFrom('one', 'another');

/** Few values, so that legs often have much in common. */
const legs: fc.Arbitrary<Leg> = fc
  .record({
    id: fc.constantFrom('a', 'b'),
    from: fc.constantFrom('trust', 'fire'),
    to: fc.constantFrom('council', 'police'),
    dataService: fc.constantFrom('trust/needs', 'trust/oxygen'),
    items: some('needs', 'risk', 'address'),
    purposes: some('care', 'safeguarding'),
    patterns: some<Pattern>('query', 'referral'),
    identifierTypes: some('nhs-number', 'uprn'),
    caseReferences: fc.uniqueArray(
      fc.record({
        kind: fc.constantFrom('case', 'visit'),
        pattern: fc.constantFrom('^A[0-9]$', '^A[0-9]+$', '^B[0-9]$'),
      }),
      { selector: ({ kind, pattern }) => `${kind} ${pattern}`, maxLength: 3 },
    ),
    legalBasis: some('ukgdpr-6-1-e', 'care-2014-s6', 'cldc-explicit-consent'),
    unmatched: fc.constantFrom('uniform' as const, 'reveal' as const),
    staff: fc.oneof(
      fc.record({ roles: some('social-worker', 'clerk') }),
      fc.record({
        rolesByPurpose: fc.record({
          care: some('social-worker', 'clerk'),
          safeguarding: some('social-worker', 'clerk'),
        }),
      }),
    ),
    limits: fc.record(
      {
        budget: fc.record({ perHour: fc.constantFrom(1, 2) }),
        hours: fc.record({
          days: some<Weekday>('mon', 'tue'),
          from: fc.constantFrom('08:00', '20:00'),
          until: fc.constantFrom('18:00', '06:00'),
        }),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ staff, limits, ...leg }) => ({ ...leg, ...staff, ...limits }));

const agreements: fc.Arbitrary<AgreementDraft> = fc.record(
  {
    id: fc.constantFrom('care', 'fire'),
    version: fc.constantFrom(1, 2),
    title: text,
    parties: some('council', 'trust', 'fire', 'police'),
    purposes: some('care', 'safeguarding'),
    legs: fc.array(legs, { minLength: 1, maxLength: 3 }),
    startsOn: day,
    endsOn: day,
    reviewOn: day,
    retention: fc.record({ requester: text, logBodyYears: fc.constantFrom(1, 8) }),
    policyDocument: fc.record({ reference: text, reviewOn: day, retentionSummary: text }),
  },
  {
    requiredKeys: ['id', 'version', 'title', 'parties', 'purposes', 'legs', 'startsOn', 'endsOn', 'retention'],
  },
);

type Pair = [older: AgreementDraft, newer: AgreementDraft];

/** Each leg has the roles in one form or the other, so both change together. */
const legMembers = Object.keys(makeLeg()).map((member) =>
  member === 'roles' ? [member, 'rolesByPurpose'] : [member],
) as (keyof Leg)[][];

const pairsOfOneLegMember: fc.Arbitrary<Pair> = fc
  .tuple(agreements, legs, fc.nat(), fc.constantFrom<(keyof Leg)[]>(...legMembers, ['budget'], ['hours']))
  .map(([older, other, place, members]) => {
    const changed = older.legs.map((leg, index) =>
      index === place % older.legs.length ? withMembersOf(leg, other, members) : leg,
    );
    return [older, { ...older, legs: changed }];
  });

/** Two agreements that have nothing to do with each other, that differ in one or two places, or that differ in order. */
const pairs: fc.Arbitrary<Pair> = fc.oneof(
  fc.tuple(agreements, agreements),
  fc
    .tuple(agreements, agreements, some(...memberNames()))
    .map(([older, other, members]): Pair => [older, withMembersOf(older, other, members.slice(0, 2))]),
  pairsOfOneLegMember,
  fc
    .tuple(agreements, fc.infiniteStream(fc.nat()))
    .map(([older, numbers]): Pair => [older, shuffled(older, numbers) as AgreementDraft]),
);

/** The same two, with nothing but their legs in the way of a request. */
function open([older, newer]: Pair): Pair {
  const wide = {
    parties: ['council', 'trust', 'fire', 'police'],
    purposes: ['care', 'safeguarding'],
    startsOn: '2026-01-01',
    endsOn: '2028-01-01',
  };
  return [
    { ...older, ...wide },
    { ...newer, ...wide },
  ];
}

function memberNames(): (keyof Agreement)[] {
  return Object.keys({ ...makeAgreement(), policyDocument: POLICY }) as (keyof Agreement)[];
}

function withMembersOf<T extends object>(one: T, other: T, members: (keyof T)[]): T {
  const result = { ...one };
  for (const member of members) {
    if (other[member] === undefined) delete result[member];
    else result[member] = other[member];
  }
  return result;
}

/** The same with every list, at any depth, in another order. */
function shuffled(value: unknown, numbers: Iterator<number>): unknown {
  if (Array.isArray(value)) {
    return value
      .map((one: unknown) => ({ one: shuffled(one, numbers), at: numbers.next().value as number }))
      .toSorted((a, b) => a.at - b.at)
      .map(({ one }) => one);
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([member, one]) => [member, shuffled(one, numbers)]));
}

const asText = (value: unknown): string => canonicalBytes(value).toString('utf8');
const byText = (one: unknown, other: unknown): number => (asText(one) < asText(other) ? -1 : 1);
const sorted = <T>(values: readonly T[]): T[] => values.toSorted(byText);
const identityOf = ({ id, from, to, dataService }: Leg): string => [id, from, to, dataService].join(' ');

/** What an agreement says, in one order: sets sorted, legs by what they are, and who answers for what several legs cover. */
function inOneOrder(agreement: AgreementDraft) {
  const sortSets = (leg: Leg): object => ({
    ...Object.fromEntries(
      Object.entries(leg).map(([member, value]) => [member, Array.isArray(value) ? sorted(value) : value]),
    ),
    roles: leg.purposes.toSorted().map((purpose) => [purpose, sorted(rolesFor(leg, purpose))]),
    rolesByPurpose: null,
    hours: leg.hours ? hoursInWords(leg.hours) : null,
  });
  return {
    ...agreement,
    parties: sorted(agreement.parties),
    purposes: sorted(agreement.purposes),
    legs: agreement.legs
      .toSorted((a, b) => (identityOf(a) === identityOf(b) ? 0 : identityOf(a) < identityOf(b) ? -1 : 1))
      .map(sortSets),
    answers: everyQuestion.map((request) => {
      const leg = answeringLeg(agreement, request);
      return leg ? identityOf(leg) : null;
    }),
  };
}

type Question = Pick<Leg, 'to' | 'dataService'> & { readonly item: string; readonly purpose: string };

const everyQuestion: Question[] = ['council', 'police'].flatMap((to) =>
  ['trust/needs', 'trust/oxygen'].flatMap((dataService) =>
    ['needs', 'risk', 'address'].flatMap((item) =>
      ['care', 'safeguarding'].map((purpose) => ({ to, dataService, item, purpose })),
    ),
  ),
);

const answeringLeg = ({ legs: all }: AgreementDraft, { to, dataService, item, purpose }: Question): Leg | undefined =>
  all.find(
    (leg) =>
      leg.to === to && leg.dataService === dataService && leg.items.includes(item) && leg.purposes.includes(purpose),
  );

interface Asked extends Question {
  readonly on: string;
  readonly at: Date;
  readonly pattern: Pattern;
  readonly role: string;
  readonly identifierType: string;
  readonly caseReference: string;
}

const everyRequest: Asked[] = everyQuestion.flatMap((question) =>
  ['2026-01-01', '2027-01-01', '2028-01-01'].flatMap((on) =>
    (['query', 'referral'] as const).flatMap((pattern) =>
      ['social-worker', 'clerk'].flatMap((role) =>
        ['nhs-number', 'uprn'].flatMap((identifierType) =>
          ['A1', 'A12', 'B1'].map((caseReference) => ({
            ...question,
            on,
            // Each on a day of the week and at a time of its own, so that there are not too many.
            at: new Date(Date.parse('2026-01-05T03:00Z') + (role + identifierType + on).length * 9 * 3_600_000),
            pattern,
            role,
            identifierType,
            caseReference,
          })),
        ),
      ),
    ),
  ),
);

/** Whether an agreement allows a request, as the decision reads it, legal bases aside. */
function mayAsk(agreement: AgreementDraft, request: Asked): boolean {
  const concerned =
    agreement.parties.includes(request.to) &&
    agreement.parties.includes('trust') &&
    agreement.purposes.includes(request.purpose) &&
    agreement.startsOn <= request.on &&
    request.on <= agreement.endsOn;
  const leg = concerned ? answeringLeg(agreement, request) : undefined;
  return (
    leg !== undefined &&
    leg.patterns.includes(request.pattern) &&
    rolesFor(leg, request.purpose).includes(request.role) &&
    leg.identifierTypes.includes(request.identifierType) &&
    leg.caseReferences.some((rule) => acceptsCaseReference(rule, request.caseReference)) &&
    (!leg.hours || isWithinHours(leg.hours, request.at))
  );
}

type Wordless = Omit<AgreementChange, 'sentence'>;

function withoutWords(change: AgreementChange): Wordless {
  const { sentence, ...rest } = change;
  expect(sentence).toMatch(/^(adds|removes|changes): \P{Cc}+$/u);
  return rest;
}

/** The change as it is from the newer version to the older. */
function backwards(change: AgreementChange): Wordless {
  const { kind, effect, before, after, ...rest } = withoutWords(change);
  const turned = kind.endsWith('-added') ? kind.replace(/added$/, 'removed') : kind.replace(/removed$/, 'added');
  const opposite = { widens: 'narrows', narrows: 'widens', changes: 'changes' } as const;
  return {
    ...rest,
    kind: turned as AgreementChangeKind,
    effect: opposite[effect],
    ...(after !== undefined && { before: after }),
    ...(before !== undefined && { after: before }),
  };
}
