import fc from 'fast-check';
import { findPermission, type PermissionNeed } from '../../../src/permissions/permission-state.js';
import { PERMISSION_KINDS, type Permission } from '../../../src/permissions/permission.js';
import { LACKS_CAPACITY, makePermission } from '../../support/permission.js';

const AT = new Date('2026-06-01T12:00:00.000Z');
const NEED: PermissionNeed = {
  kind: 'confidentiality',
  purpose: 'adult-social-care',
  recipient: 'council',
  item: 'trust/needs#needs',
  sensitivity: 'special-category',
  forBenefits: false,
};

const day = (text: string): Date => new Date(`${text}T00:00:00.000Z`);

describe('whether a permission meets a need', () => {
  it('says no where nothing was recorded', () => {
    expect(findPermission([], NEED, AT)).toEqual({ state: 'none', permission: null });
  });

  it.each<[string, Partial<Permission>, Partial<PermissionNeed>, string]>([
    ['one that was given for this', {}, {}, 'given'],
    ['one for every item of the service', { items: ['trust/needs#*'] }, {}, 'given'],
    ['one for several recipients', { recipients: ['charity', 'council'] }, {}, 'given'],
    ['one of another kind', { kind: 'uk-gdpr-consent' }, {}, 'none'],
    ['one for another purpose', { purpose: 'housing-support' }, {}, 'outside-scope'],
    ['one for another recipient', { recipients: ['charity'] }, {}, 'outside-scope'],
    ['one for another item', { items: ['trust/needs#address'] }, {}, 'outside-scope'],
    ['one for every item of another service', { items: ['trust/needs-of-carers#*'] }, {}, 'outside-scope'],
    ['one for an item of that name of another agency', { items: ['other/needs#needs'] }, {}, 'outside-scope'],
    ['a refusal', { answer: 'refused', validUntil: null }, {}, 'refused'],
    ['a refusal of something else', { answer: 'refused', items: ['trust/needs#address'] }, {}, 'outside-scope'],
    ['one that was withdrawn', { withdrawnAt: day('2026-05-01') }, {}, 'withdrawn'],
    ['one whose withdrawal is dated ahead', { withdrawnAt: day('2026-12-01') }, {}, 'withdrawn'],
    ['one that begins later', { validFrom: new Date(AT.getTime() + 1) }, {}, 'expired'],
    ['one that begins now', { validFrom: AT }, {}, 'given'],
    ['one that ends a millisecond from now', { validUntil: new Date(AT.getTime() + 1) }, {}, 'given'],
    ['one that ends now', { validUntil: AT }, {}, 'expired'],
    ['a child’s who was judged competent', { capacity: 'child-judged-competent' }, {}, 'given'],
    ['a parent’s for a child', { givenBy: 'parental-responsibility', capacity: 'child' }, {}, 'given'],
    [
      'a health and welfare attorney’s, while the person lacks capacity',
      { givenBy: 'attorney', capacity: 'health-and-welfare', capacityStatement: LACKS_CAPACITY },
      {},
      'given',
    ],
    [
      'a health and welfare attorney’s, without a word of capacity',
      { givenBy: 'attorney', capacity: 'health-and-welfare' },
      {},
      'outside-authority',
    ],
    [
      'a deputy’s, though the person has capacity',
      {
        givenBy: 'deputy',
        capacity: 'health-and-welfare',
        capacityStatement: { ...LACKS_CAPACITY, finding: 'has-capacity' },
      },
      {},
      'outside-authority',
    ],
    [
      'an appointee’s, on benefits',
      { givenBy: 'appointee', capacity: 'benefits', capacityStatement: LACKS_CAPACITY },
      { forBenefits: true },
      'given',
    ],
    [
      'an appointee’s, on anything else',
      { givenBy: 'appointee', capacity: 'benefits', capacityStatement: LACKS_CAPACITY },
      {},
      'outside-authority',
    ],
    [
      'a property and affairs attorney’s, on health',
      { givenBy: 'attorney', capacity: 'property-and-financial-affairs' },
      {},
      'outside-authority',
    ],
    [
      'a property and affairs deputy’s, on offences',
      { givenBy: 'deputy', capacity: 'property-and-financial-affairs', capacityStatement: LACKS_CAPACITY },
      { sensitivity: 'criminal-offence' },
      'outside-authority',
    ],
    [
      'a property and affairs attorney’s, on what is neither',
      { givenBy: 'attorney', capacity: 'property-and-financial-affairs' },
      { sensitivity: 'standard' },
      'given',
    ],
  ])('finds %s to be so', (_what, change, need, state) => {
    expect(findPermission([makePermission(change)], { ...NEED, ...need }, AT)).toEqual({
      state,
      permission: state === 'given' ? { id: 'a-permission', revision: 0 } : null,
    });
  });

  it.each<[string, Partial<Permission>[], string]>([
    [
      'given, then withdrawn, then given again',
      [{ withdrawnAt: day('2026-02-01') }, { recordedAt: day('2026-03-01') }],
      'given',
    ],
    [
      'given twice, and the second withdrawn',
      [{}, { recordedAt: day('2026-03-01'), withdrawnAt: day('2026-04-01') }],
      'withdrawn',
    ],
    [
      'given twice, and the first withdrawn afterwards',
      [{ withdrawnAt: day('2026-04-01') }, { recordedAt: day('2026-03-01') }],
      'withdrawn',
    ],
    ['given, then refused', [{}, { answer: 'refused', recordedAt: day('2026-03-01') }], 'refused'],
    ['refused, then given', [{ answer: 'refused' }, { recordedAt: day('2026-03-01') }], 'given'],
    ['refused and given at the same instant', [{ answer: 'refused' }, {}], 'refused'],
    [
      'given, and a refusal of what does not reach the need',
      [{}, { answer: 'refused', items: ['trust/needs#address'], recordedAt: day('2026-03-01') }],
      'given',
    ],
    [
      'withdrawn and given at the same instant',
      [{ withdrawnAt: day('2026-03-01') }, { recordedAt: day('2026-03-01') }],
      'withdrawn',
    ],
    [
      'given, and a withdrawal of what does not reach the need',
      [{}, { items: ['trust/needs#address'], withdrawnAt: day('2026-04-01') }],
      'given',
    ],
    [
      'given, and a withdrawal of another kind',
      [{}, { kind: 'uk-gdpr-consent', withdrawnAt: day('2026-04-01') }],
      'given',
    ],
    [
      'given, and later for a time that is over',
      [{}, { recordedAt: day('2026-03-01'), validUntil: day('2026-04-01') }],
      'expired',
    ],
  ])('goes by the newest word, in whatever order they are read: %s', (_what, changes, state) => {
    const recorded = changes.map((change, place) => makePermission({ id: `permission-${place}`, ...change }));
    for (const order of [recorded, recorded.toReversed()]) {
      expect(findPermission(order, NEED, AT).state).toBe(state);
    }
  });

  describe('whatever is recorded', () => {
    const instant = fc.date({ min: day('2026-05-30'), max: day('2026-06-03'), noInvalidDate: true });
    const anyPermission: fc.Arbitrary<Permission> = fc
      .record({
        id: fc.uuid(),
        answer: fc.constantFrom('given' as const, 'given' as const, 'refused' as const),
        kind: fc.constantFrom(...PERMISSION_KINDS),
        purpose: fc.constantFrom('adult-social-care', 'housing-support'),
        recipients: fc.subarray(['council', 'charity']),
        items: fc.subarray(['trust/needs#needs', 'trust/needs#*', 'trust/other#*']),
        capacity: fc.constantFrom('own' as const, 'property-and-financial-affairs' as const),
        validFrom: fc.constantFrom(day('2026-01-01'), AT, day('2026-06-02')),
        validUntil: fc.constantFrom(day('2027-01-01'), AT, day('2026-06-02')),
        recordedAt: instant,
        withdrawnAt: fc.option(instant, { freq: 2 }),
      })
      .map(makePermission);
    const anyNeed: fc.Arbitrary<PermissionNeed> = fc
      .record({
        kind: fc.constantFrom(...PERMISSION_KINDS),
        sensitivity: fc.constantFrom('standard' as const, 'special-category' as const),
      })
      .map((change) => ({ ...NEED, ...change }));
    const anyRecorded = fc.array(anyPermission, { maxLength: 8 });

    it('is only ever met by one of the same kind that reaches it, is valid, is not withdrawn and was given with authority', () => {
      fc.assert(
        fc.property(anyRecorded, anyNeed, (recorded, need) => {
          const { state, permission } = findPermission(recorded, need, AT);
          expect(permission !== null).toBe(state === 'given');
          if (permission === null) return;
          const relied = recorded.find(({ id }) => id === permission.id);
          expect(relied).toMatchObject({
            answer: 'given',
            kind: need.kind,
            purpose: need.purpose,
            withdrawnAt: null,
          });
          expect(relied?.recipients).toContain(need.recipient);
          expect(relied?.items.some((item) => item === need.item || item === 'trust/needs#*')).toBe(true);
          expect(relied && relied.validFrom <= AT && relied.validUntil && AT < relied.validUntil).toBe(true);
          expect(relied?.capacity === 'property-and-financial-affairs' && need.sensitivity !== 'standard').toBe(false);
        }),
      );
    });

    it('never lets one kind stand in for another: permissions of other kinds change nothing', () => {
      fc.assert(
        fc.property(anyRecorded, anyNeed, (recorded, need) => {
          const ofKind = recorded.filter(({ kind }) => kind === need.kind);
          expect(findPermission(recorded, need, AT)).toEqual(findPermission(ofKind, need, AT));
        }),
      );
    });

    it('is not met once the newest word is a refusal', () => {
      fc.assert(
        fc.property(anyRecorded, anyNeed, (recorded, need) => {
          const no = makePermission({
            ...need,
            id: 'no',
            answer: 'refused',
            items: ['trust/needs#*'],
            recordedAt: day('2026-06-03'),
          });
          expect(findPermission([...recorded, no], need, AT).permission).toBeNull();
        }),
      );
    });

    it('is not met once the newest word is a withdrawal', () => {
      fc.assert(
        fc.property(anyRecorded, anyNeed, (recorded, need) => {
          const no = makePermission({
            ...need,
            id: 'no',
            items: ['trust/needs#*'],
            recordedAt: day('2026-01-01'),
            withdrawnAt: day('2026-06-03'),
          });
          expect(findPermission([...recorded, no], need, AT).state).toBe('withdrawn');
        }),
      );
    });

    it('is answered alike in whatever order permissions are read, where no two are of the same instant', () => {
      fc.assert(
        fc.property(
          fc.uniqueArray(anyPermission, {
            maxLength: 6,
            selector: (one) => (one.withdrawnAt ?? one.recordedAt).getTime(),
          }),
          anyNeed,
          (recorded, need) => {
            expect(findPermission(recorded.toReversed(), need, AT)).toEqual(findPermission(recorded, need, AT));
          },
        ),
      );
    });
  });
});
