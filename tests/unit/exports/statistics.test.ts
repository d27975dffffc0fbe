import fc from 'fast-check';
import type { OwnExchange } from '../../../src/exports/own-exchanges.js';
import { LEAST_PUBLISHED, Statistics } from '../../../src/exports/statistics.js';
import { readCsv } from '../../support/csv.js';

/** A decision not to share, of which there are `times`. */
const times = (count: number, purpose: string): OwnExchange[] =>
  Array.from({ length: count }, (_, index) => ({
    shape: 'not-shared',
    index,
    exchangeId: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f',
    recordedAt: new Date('2026-11-22T09:30:00Z'),
    leafHash: Buffer.alloc(32),
    direction: 'was-asked-outside',
    fate: 'not-shared',
    claims: {
      kind: 'decision-not-to-share',
      exchangeId: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f',
      at: '2026-11-22T09:30:00.000Z',
      supplier: 'a-trust',
      recordedBy: 'a-system',
      askedBy: 'a-council',
      items: [],
      purpose,
      reason: 'not-necessary',
      legalBasis: [],
      decidedBy: { staffId: 's-1', role: 'lead' },
    },
    detail: { subjectHandles: [] },
  }));

const statisticsOf = (exchanges: readonly OwnExchange[]): Statistics => {
  const statistics = new Statistics('a-trust', '2026-11');
  for (const exchange of exchanges) statistics.add(exchange);
  return statistics;
};
const numbers = (csv: string): [string, string][] =>
  readCsv(csv).map((row) => [`${row['Counted by']} ${row['Value']}`.trim(), row['Exchanges'] ?? '']);

describe('statistics', () => {
  it('of nothing are a heading and no numbers', () => {
    expect(numbers(statisticsOf([]).toCsv())).toEqual([]);
    expect(numbers(statisticsOf([]).toPublishedCsv())).toEqual([]);
  });

  it('count exactly for the agency itself', () => {
    const counted = numbers(statisticsOf([...times(7, 'one'), ...times(4, 'other')]).toCsv());
    expect(counted).toEqual([
      ['all', '11'],
      ['other-agency a-council', '11'],
      ['purpose one', '7'],
      ['purpose other', '4'],
      ['outcome not-shared', '11'],
      ['reason not-necessary', '11'],
    ]);
  });

  it('tell nothing below five when published, and nothing from which it could be worked out', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: LEAST_PUBLISHED - 1 }), (many, few) => {
        const published = numbers(statisticsOf([...times(many, 'one'), ...times(few, 'other')]).toPublishedCsv());
        const told = Object.fromEntries(published);
        expect(told['purpose other']).toBe('<5');
        for (const [, number] of published) expect(number === '<5' || Number(number) % 5 === 0).toBe(true);
        // Whoever has the published numbers cannot tell it from another small number.
        const others = [-4, -3, -2, -1, 0, 1, 2, 3, 4].flatMap((more) =>
          [1, 2, 3, 4].filter((guess) => {
            const rest = statisticsOf([...times(Math.max(1, many + more), 'one'), ...times(guess, 'other')]);
            return guess !== few && JSON.stringify(numbers(rest.toPublishedCsv())) === JSON.stringify(published);
          }),
        );
        expect(others).not.toEqual([]);
      }),
      // Rounded to the nearest, a total of 10 would tell that both are 4.
      { numRuns: 50, examples: [[4, 4]] },
    );
  });
});
