import { drawWeeks } from '../../../src/console/weekly-chart.js';

const WEEKS = ['2026-11-02', '2026-11-09', '2026-11-16'];

describe('the picture of weekly counts', () => {
  it('has nothing where there is nothing', () => {
    expect(drawWeeks([], WEEKS).rows).toEqual([]);
    const [row] = drawWeeks([{ name: 'Care Act 2014 s.6', counts: [0, 0, 0] }], WEEKS).rows;
    expect(row).toMatchObject({ name: 'Care Act 2014 s.6', total: 0, bars: [] });
  });

  it('has a bar for each week with any, all rows to one scale, and none too low to be seen', () => {
    const { rows, weeks } = drawWeeks(
      [
        { name: 'much', counts: [400, 0, 200] },
        { name: 'little', counts: [1, 0, 0] },
      ],
      WEEKS,
    );
    const [much, little] = rows;
    expect(much!.bars.map(({ count }) => count)).toEqual([400, 200]);
    expect(much!.bars[0]!.height).toBe(2 * much!.bars[1]!.height);
    expect(much!.bars.map(({ x }) => x)).toEqual([weeks[0]!.x, weeks[2]!.x]);
    expect(little!.bars[0]!.height).toBe(1);
    for (const { base, bars } of rows) for (const { y, height } of bars) expect(y + height).toBe(base);
  });

  it('keeps each row below the one before, with room for its name and numbers', () => {
    const { rows, height } = drawWeeks(
      ['one', 'two', 'three'].map((name) => ({ name, counts: [9, 9, 9] })),
      WEEKS,
    );
    for (const [place, { y, base, bars }] of rows.entries()) {
      expect(y).toBeGreaterThan(rows[place - 1]?.base ?? 0);
      expect(bars[0]!.y - 14).toBeGreaterThan(y);
      expect(base).toBeLessThan(height);
    }
  });

  it('cuts a name that would not fit', () => {
    const [row] = drawWeeks([{ name: 'x'.repeat(200), counts: [1, 0, 0] }], WEEKS).rows;
    expect(row!.name).toMatch(/^x{90,}…$/);
  });
});
