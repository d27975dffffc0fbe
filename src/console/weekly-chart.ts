/** A row of a picture: one bar for each week. */
export interface WeeklyRow {
  readonly name: string;
  readonly counts: readonly number[];
}

/** Where everything of a picture stands, in its own units; the texts are in the rows. */
export interface WeeklyDrawing {
  readonly width: number;
  readonly height: number;
  readonly rows: readonly {
    readonly name: string;
    readonly total: number;
    /** Of the name. */
    readonly y: number;
    /** Of the line that the bars stand on. */
    readonly base: number;
    /** For weeks with any. */
    readonly bars: readonly {
      readonly x: number;
      readonly y: number;
      readonly height: number;
      readonly count: number;
    }[];
  }[];
  /** Of the names of the weeks. */
  readonly weeks: readonly { readonly x: number; readonly y: number; readonly day: string }[];
  readonly barWidth: number;
}

const WIDTH = 840;
const ROW = 92;
const NAME = 18;
const TALLEST = 36;
const LONGEST_NAME = 95;

/**
 * Draws rows of weekly counts one below the other, all to one scale. Nothing is told by colour: each row is named, and each bar
 * has its number.
 * @param weeks first days, `YYYY-MM-DD`
 */
export function drawWeeks(rows: readonly WeeklyRow[], weeks: readonly string[]): WeeklyDrawing {
  const step = WIDTH / Math.max(weeks.length, 1);
  const barWidth = step * 0.6;
  const highest = Math.max(1, ...rows.flatMap(({ counts }) => counts));
  const middle = (week: number): number => (week + 0.5) * step;
  const height = rows.length * ROW + 24;
  return {
    width: WIDTH,
    height,
    barWidth,
    weeks: weeks.map((day, place) => ({ x: middle(place), y: height - 8, day })),
    rows: rows.map(({ name, counts }, place) => {
      const base = (place + 1) * ROW - 8;
      return {
        name: name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name,
        total: counts.reduce((all, count) => all + count, 0),
        y: place * ROW + NAME,
        base,
        bars: counts.flatMap((count, week) => {
          const tall = Math.max(1, (count / highest) * TALLEST);
          return count > 0 ? [{ x: middle(week), y: base - tall, height: tall, count }] : [];
        }),
      };
    }),
  };
}
