import fc from 'fast-check';
import { Latencies } from '../../../bench/load/latencies.js';

function measured(values: readonly number[], seconds = 1) {
  const latencies = new Latencies();
  for (const value of values) latencies.add(value);
  return latencies.measured(seconds);
}

describe('latencies', () => {
  it('takes the percentile by nearest rank: the smallest value that so many are not above', () => {
    const oneToHundred = Array.from({ length: 100 }, (_, n) => 100 - n);
    expect(measured(oneToHundred)).toMatchObject({ p50: 50, p99: 99, max: 100 });
    expect(measured([7])).toMatchObject({ p50: 7, p99: 7, max: 7 });
    expect(measured([...Array<number>(98).fill(1), 500, 900])).toMatchObject({ p50: 1, p99: 500, max: 900 });
  });

  it('orders by number, not as text', () => {
    expect(measured([9, 100, 10])).toMatchObject({ p50: 10, max: 100 });
  });

  it('counts requests per second of the time that passed', () => {
    expect(measured([1, 2, 3], 2)).toMatchObject({ requests: 3, seconds: 2, throughput: 1.5 });
  });

  it('counts requests of a lead-in among the answered, and nowhere else', () => {
    const latencies = new Latencies();
    latencies.addUntimed();
    latencies.add(3);
    expect(latencies.measured(1)).toMatchObject({ requests: 1, answered: 2, throughput: 1, p50: 3, max: 3 });
  });

  it('forgets none of more values than it first had room for', () => {
    const many = Array.from({ length: 50_000 }, (_, n) => n + 1);
    expect(measured(many)).toMatchObject({ requests: 50_000, p50: 25_000, p99: 49_500, max: 50_000 });
  });

  it('has no percentile of nothing', () => {
    expect(measured([])).toMatchObject({ requests: 0, p50: Number.NaN, p99: Number.NaN });
  });

  it('gives values that were measured, in order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }), { minLength: 1 }), (values) => {
        const { p50, p99, max } = measured(values);
        expect(values).toEqual(expect.arrayContaining([p50, p99]));
        expect(p50 <= p99 && p99 <= max).toBe(true);
        expect(max).toBe(Math.max(...values));
        expect(values.filter((value) => value <= p99).length).toBeGreaterThanOrEqual(values.length * 0.99);
      }),
    );
  });
});
