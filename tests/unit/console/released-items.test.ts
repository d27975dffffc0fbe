import { releasedItems } from '../../../src/console/pages/disclosure/released-items.js';
import type { Explanation } from '../../../src/explanations/explanations.module.js';

const PERMITTED = { id: 'a', name: 'A', outcome: 'permit', reasons: [], leg: 'leg', legalBasis: [], policies: [] };
const REFUSED = {
  ...PERMITTED,
  outcome: 'deny',
  reasons: [{ code: 'DENY_CONSENT_REQUIRED', sentence: 'Not permitted.' }],
};

type Outcome = NonNullable<Explanation['becameOf']>;
const became = (change: Partial<Outcome>): Outcome => ({
  result: 'disclosed',
  at: '2026-11-22T09:30:00.000Z',
  released: [],
  withheld: [],
  noTrace: false,
  cause: null,
  ...change,
});
const told = (item: Explanation['items'][number], outcome: string, becameOf: Outcome | null) => {
  const [found] = releasedItems({ items: [item], outcome, becameOf } as Explanation, ({ id }) => id);
  return [found!.isGiven, found!.why];
};

describe('an item of a disclosure', () => {
  it('was given when it was released, and says why only where that was not in the ordinary way', () => {
    expect(told(PERMITTED, 'permit', became({ released: ['a'] }))).toEqual([true, []]);
    const overridden = { ...PERMITTED, reasons: [{ code: 'PERMIT_STATUTORY_OVERRIDE', sentence: 'By an override.' }] };
    expect(told(overridden, 'permit', became({ released: ['a'] }))).toEqual([true, ['By an override.']]);
  });

  it.each<[string, Explanation['items'][number], string, Outcome | null, string[]]>([
    ['by its own reasons', REFUSED, 'permit-partial', became({ released: ['b'] }), ['Not permitted.']],
    [
      'because of another item',
      PERMITTED,
      'deny',
      null,
      ['It was asked for together with something that may not be shared.'],
    ],
    [
      'because nothing came of it',
      PERMITTED,
      'permit',
      null,
      ['No outcome is on record, and nothing goes out without one.'],
    ],
    [
      'because the supplier failed, with the fault in words',
      PERMITTED,
      'permit',
      became({ result: 'supplier-failed', withheld: [{ dataItem: 'a', reason: 'SUPPLIER_UNAVAILABLE' }] }),
      [
        'It could not be fetched from the supplier, so nothing was released.',
        'The supplier cannot be reached, or failed.',
      ],
    ],
    [
      'because it is suppressed, with the reason in words',
      PERMITTED,
      'permit',
      became({ withheld: [{ dataItem: 'a', reason: 'PERMIT_PARTIAL_SUPPRESSED' }] }),
      ['The disclosure may be made without the address, which is suppressed for somebody’s safety.'],
    ],
    [
      'for a reason that is not known any more, by its code',
      PERMITTED,
      'permit',
      became({ withheld: [{ dataItem: 'a', reason: 'constructor' }] }),
      ['constructor'],
    ],
  ])('was not given %s', (_, item, outcome, becameOf, why) => {
    expect(told(item, outcome, becameOf)).toEqual([false, why]);
  });
});
