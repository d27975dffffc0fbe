import {
  describeAgencyChange,
  describeDataServiceChange,
  describeSystemChange,
} from '../../../src/definitions/describe-changes.js';
import { makeAgency, makeDataService, makeItem } from '../../support/agreement.js';
import { makeAgencyKey, publicHalf } from '../../support/definitions.js';

describe('the words for a change', () => {
  const council = makeAgency('council', 'council');
  const service = makeDataService();

  it('say that something is new, and nothing when it is as it was', () => {
    expect(describeAgencyChange(undefined, council)).toEqual(['agency council: added']);
    expect(describeAgencyChange(council, { ...council })).toEqual([]);
    expect(describeDataServiceChange(service, makeDataService())).toEqual([]);
  });

  it('name keys that came and went, and never show one', () => {
    const before = { ...council, keys: [publicHalf(makeAgencyKey('one'))] };
    const after = { ...council, keys: [publicHalf(makeAgencyKey('two'))] };
    expect(describeAgencyChange(before, after)).toEqual([
      'agency council: key two added',
      'agency council: key one removed',
    ]);
    const replaced = { ...council, keys: [publicHalf(makeAgencyKey('one'))] };
    expect(describeAgencyChange(before, replaced)).toEqual(['agency council: keys changed']);
    const system = { id: 's', agency: 'council', name: 'S', keys: [] };
    expect(describeSystemChange(system, { ...system, name: 'T' })).toEqual(['system s: name changed']);
  });

  it.each([
    ['confidentiality', { confidential: true }, 'item i now confidential'],
    ['sensitivity', { sensitivity: 'special-category' }, 'item i now special-category'],
    ['where it is found', { select: '$.x' }, 'item i: select changed'],
  ] as const)('say what became of an item’s %s', (_, change, words) => {
    const before = makeDataService({ items: [makeItem('i')] });
    expect(describeDataServiceChange(before, makeDataService({ items: [makeItem('i', change)] }))).toEqual([
      `data service trust/needs: ${words}`,
    ]);
  });

  it('name items that came and went, and members in words', () => {
    const before = makeDataService({ items: [makeItem('i')] });
    const after = makeDataService({ items: [makeItem('j')], identifierTypes: ['uprn'] });
    expect(describeDataServiceChange(before, after)).toEqual([
      'data service trust/needs: identifier types changed',
      'data service trust/needs: item j added',
      'data service trust/needs: item i removed',
    ]);
  });

  it('say that items changed places', () => {
    const items = [makeItem('i'), makeItem('j')];
    const [before, after] = [makeDataService({ items }), makeDataService({ items: items.toReversed() })];
    expect(describeDataServiceChange(before, after)).toEqual(['data service trust/needs: items changed']);
  });
});
