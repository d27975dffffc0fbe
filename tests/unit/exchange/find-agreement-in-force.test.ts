import type { Agreement } from '../../../src/agreements/index.js';
import { buildRegister, type Register } from '../../../src/definitions/index.js';
import { findAgreementsInForce } from '../../../src/exchange/find-agreement-in-force.js';
import { makeAgreement, makeLeg } from '../../support/agreement.js';
import { makeDisclosureRequest } from '../../support/disclosure-request.js';

const ON = '2026-11-22';

function registerOf(...agreements: Agreement[]): Register {
  const signed = agreements.map((agreement) => ({ agreement, hash: agreement.id, signatures: [] }));
  return buildRegister({
    revision: 1,
    agencies: new Map(),
    systems: new Map(),
    officers: new Map(),
    dataServices: new Map(),
    agreements: signed,
  });
}
const find = (agreements: Agreement[], change = {}, on = ON) =>
  findAgreementsInForce(makeDisclosureRequest(change), registerOf(...agreements), on)[0];

describe('the agreement that a request is decided under', () => {
  it('is none where there is none: a fact, not an exception', () => {
    expect(find([])).toBeUndefined();
  });

  it.each<[string, Agreement, object]>([
    ['about another data service', makeAgreement({}, { dataService: 'trust/other' }), {}],
    ['whose leg goes to another agency', makeAgreement({}, { to: 'charity' }), {}],
    ['that the request does not name', makeAgreement(), { agreement: 'another' }],
    [
      'to which the caller is a party, though it may not receive',
      makeAgreement(),
      { caller: { system: 's', agency: 'trust' } },
    ],
  ])('is never one %s', (_which, agreement, change) => {
    expect(find([agreement], change)).toBeUndefined();
  });

  it.each([
    ['before its first day', '2025-12-31', 'not-yet'],
    ['on its first day', '2026-01-01', 'in-force'],
    ['on its last day', '2028-12-31', 'in-force'],
    ['after its last day', '2029-01-01', 'ended'],
  ])('is found with its state %s', (_when, on, state) => {
    expect(find([makeAgreement()], {}, on)?.state).toBe(state);
  });

  const ended = makeAgreement({ id: 'a-ended', endsOn: '2026-11-21' });
  const otherPurpose = makeAgreement(
    { id: 'b-purpose', purposes: ['housing-support'] },
    { purposes: ['housing-support'] },
  );
  const oneItem = makeAgreement({ id: 'c-one-item' }, { items: ['needs'] });
  const both = makeAgreement({ id: 'd-both' });
  it.each<[string, Agreement[], string]>([
    ['one in force rather than one that ended', [ended, otherPurpose], 'b-purpose'],
    ['one for the purpose rather than one for another', [otherPurpose, oneItem], 'c-one-item'],
    ['the one that covers more of the items', [oneItem, both], 'd-both'],
    [
      'the first by id among equals',
      [
        { ...both, id: 'z' },
        { ...both, id: 'e' },
      ],
      'e',
    ],
  ])('is %s, in whatever order they are applied', (_which, agreements, id) => {
    for (const order of [agreements, agreements.toReversed()]) {
      expect(find(order)?.signed.agreement.id).toBe(id);
    }
  });

  it('is the one that the request names, also where another comes nearer', () => {
    expect(find([ended, both], { agreement: 'a-ended' })).toMatchObject({
      state: 'ended',
      signed: { agreement: { id: 'a-ended' } },
    });
  });

  it('gives each item its leg, one for the purpose where there is one, and none to an item that no leg covers', () => {
    const legs = [
      makeLeg({ id: 'housing', purposes: ['housing-support'] }),
      makeLeg({ id: 'care', items: ['needs'] }),
      makeLeg({ id: 'to-others', to: 'charity', items: ['secret'] }),
    ];
    const found = find([makeAgreement({ legs })], { dataItems: ['needs', 'coordinator', 'secret', 'unknown'] });
    expect([...(found?.legs ?? [])].map(([item, leg]) => [item, leg.id])).toEqual([
      ['needs', 'care'],
      ['coordinator', 'housing'],
    ]);
  });
});
