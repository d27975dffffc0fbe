/** Days before a day that its count is held against. */
export const USUAL_DAYS = 28;

/** How far above the median, in standard deviations as the median absolute deviation estimates them. */
const DEVIATIONS = 6;
/** Makes the median absolute deviation of normally distributed counts their standard deviation. */
const TO_STANDARD_DEVIATION = 1.4826;
/** Never less than this many times the median: whoever does the same each day has no deviation at all. */
const TIMES_MEDIAN = 2;

/** What somebody does on a day, and from where it is far above that. */
export interface Usual {
  readonly median: number;
  /** A count above this is far above the usual. */
  readonly limit: number;
}

/**
 * The usual of somebody, from what they did on the days before on which they did anything. Median and median absolute
 * deviation: as long as fewer than half of the days are out of the ordinary, those days cannot hide another.
 *
 * @param counts of the days with any activity, in no order; empty for somebody new, whose limit is then the floor
 * @param floor below which nothing is far above anything, 0 or more
 */
export function usualOf(counts: readonly number[], floor: number): Usual {
  const median = medianOf(counts);
  const deviation = medianOf(counts.map((count) => Math.abs(count - median))) * TO_STANDARD_DEVIATION;
  return { median, limit: Math.max(floor, median * TIMES_MEDIAN, median + deviation * DEVIATIONS) };
}

function medianOf(counts: readonly number[]): number {
  const ordered = counts.toSorted((one, other) => one - other);
  const middle = ordered.length >> 1;
  if (ordered.length === 0) return 0;
  return ordered.length % 2 === 1 ? ordered[middle]! : (ordered[middle - 1]! + ordered[middle]!) / 2;
}
