/** Inclusive ranges of indexes. */
export type IndexRange = readonly [first: number, last: number];

/** The indexes of `ranges` that are in none of `others`. Both MUST be ascending, without overlap. */
export function without(ranges: readonly IndexRange[], others: readonly IndexRange[]): IndexRange[] {
  const left: IndexRange[] = [];
  let place = 0;
  for (const [first, last] of ranges) {
    let from = first;
    while (place < others.length && others[place]![1] < from) place++;
    for (let next = place; from <= last; next++) {
      const other = others[next];
      if (!other || other[0] > last) {
        left.push([from, last]);
        break;
      }
      if (other[0] > from) left.push([from, other[0] - 1]);
      from = other[1] + 1;
    }
  }
  return left;
}

/** The same indexes, ascending, without overlap. */
export function merged(ranges: readonly IndexRange[]): IndexRange[] {
  const whole: [number, number][] = [];
  for (const [first, last] of ranges.toSorted((one, other) => one[0] - other[0])) {
    const before = whole.at(-1);
    if (before && first <= before[1] + 1) before[1] = Math.max(before[1], last);
    else whole.push([first, last]);
  }
  return whole;
}

/** E.g. `entry 7`, `entries 7 to 9`. */
export const named = ([first, last]: IndexRange): string =>
  first === last ? `entry ${first}` : `entries ${first} to ${last}`;
