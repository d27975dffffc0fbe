import { findStatements, isAddressSuppressed, type SharingStatement } from '../../../src/statements/index.js';
import { makeBestInterestsDecision, makeStatement } from '../../support/statement.js';

const AT = new Date('2026-06-01T12:00:00.000Z');
const QUESTION = { purpose: 'adult-social-care', recipient: 'council', item: 'trust/needs#needs' };
const LATER = { recordedAt: new Date('2026-03-01T00:00:00Z') };
const LIFTED = { liftedAt: new Date('2026-04-01T00:00:00Z') };
const NO = { says: 'do-not-share' } as const;

describe('what statements say to a question', () => {
  it('is nothing where none was recorded', () => {
    expect(findStatements([], QUESTION, AT)).toEqual({});
  });

  it.each<[string, Partial<SharingStatement>, boolean]>([
    ['to this item', {}, true],
    ['to every item of the service', { items: ['trust/needs#*'] }, true],
    ['to everything', { items: ['*'] }, true],
    ['to another item', { items: ['trust/needs#address'] }, false],
    ['to every item of another service', { items: ['trust/needs-of-carers#*'] }, false],
    ['to another recipient', { recipients: ['charity'] }, false],
    ['for another purpose', { purpose: 'housing-support' }, false],
    ['that was lifted', LIFTED, false],
  ])('is an objection where the person objected %s: %s', (_what, change, stands) => {
    expect(findStatements([makeStatement(change)], QUESTION, AT)).toEqual(stands ? { objection: true } : {});
  });

  it.each<[string, SharingStatement[], object]>([
    ['a hold-back', [makeStatement({ kind: 'hold-back' })], { heldBack: true }],
    ['a hold-back that was lifted', [makeStatement({ kind: 'hold-back', ...LIFTED })], {}],
    ['a best-interests decision not to share', [makeBestInterestsDecision(NO)], { heldBack: true }],
    ['one that has ended', [makeBestInterestsDecision({ ...NO, validUntil: AT })], {}],
    ['a suppression, which is about addresses', [makeStatement({ kind: 'address-suppression', items: null })], {}],
  ])('is held back by %s', (_what, statements, finding) => {
    expect(findStatements(statements, QUESTION, AT)).toEqual(finding);
  });

  describe('of best-interests decisions', () => {
    const share = makeBestInterestsDecision();
    const toShare = (...statements: SharingStatement[]) => findStatements(statements, QUESTION, AT).toShare?.id;

    it('is to share where the newest says so', () => {
      expect(toShare(share)).toBe('a-statement');
      expect(toShare(makeBestInterestsDecision(NO), { ...share, ...LATER })).toBe('a-statement');
      expect(toShare(share, makeBestInterestsDecision({ ...NO, ...LATER }))).toBeUndefined();
    });

    it('is not to share where two of the same instant say both', () => {
      expect(findStatements([makeBestInterestsDecision(NO), share], QUESTION, AT)).toEqual({ heldBack: true });
      expect(findStatements([share, makeBestInterestsDecision(NO)], QUESTION, AT)).toEqual({ heldBack: true });
    });

    it('does not fall back on an earlier one when the newest was lifted or has ended', () => {
      expect(toShare(share, makeBestInterestsDecision({ ...NO, ...LATER, ...LIFTED }))).toBeUndefined();
      expect(toShare(share, { ...share, ...LATER, validUntil: AT })).toBeUndefined();
    });

    it('lets only the agency that holds the item open its confidence, and either of the two hold it back', () => {
      const council = { recordedBy: 'council' };
      expect(toShare({ ...share, ...council })).toBeUndefined();
      expect(findStatements([share, makeBestInterestsDecision({ ...NO, ...council })], QUESTION, AT)).toEqual({
        heldBack: true,
      });
      expect(findStatements([makeBestInterestsDecision(NO), { ...share, ...council, ...LATER }], QUESTION, AT)).toEqual(
        { heldBack: true },
      );
    });

    it('is not to share while a hold-back stands', () => {
      expect(toShare(share, makeStatement({ kind: 'hold-back' }))).toBeUndefined();
    });
  });
});

describe('whether an address is suppressed', () => {
  const suppression = makeStatement({ kind: 'address-suppression', purpose: null, recipients: null, items: null });

  it('is so while anybody’s record says it', () => {
    expect(isAddressSuppressed([], AT)).toBe(false);
    expect(isAddressSuppressed([makeStatement({ kind: 'hold-back' })], AT)).toBe(false);
    expect(isAddressSuppressed([{ ...suppression, ...LIFTED }], AT)).toBe(false);
    expect(isAddressSuppressed([{ ...suppression, ...LIFTED }, suppression], AT)).toBe(true);
  });
});
