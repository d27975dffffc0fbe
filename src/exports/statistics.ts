import { writeCsv } from '../agreement-documents/index.js';
import { legalBasesOf, otherAgency, reasonsOf, type Direction, type OwnExchange } from './own-exchanges.js';

/** What exchanges are counted by. An exchange can count for several legal bases and reasons, and for one of all the others. */
export const COUNTED_BY = [
  'all',
  'other-agency',
  'purpose',
  'legal-basis',
  'decision',
  'outcome',
  'reason',
  'override',
] as const;
export type CountedBy = (typeof COUNTED_BY)[number];

export const STATISTICS_COLUMNS = ['Agency', 'Month', 'Direction', 'Counted by', 'Value', 'Exchanges'] as const;

/** Of the published variant: what is less than this is not told. */
export const LEAST_PUBLISHED = 5;

const DIRECTIONS: readonly Direction[] = ['asked', 'was-asked', 'was-asked-outside'];

/** Counts of an agency's exchanges. As large as there are different values, however many exchanges there are. */
export class Statistics {
  private readonly counts = new Map<string, number>();

  /** @param month `YYYY-MM`, UTC */
  constructor(
    private readonly agency: string,
    private readonly month: string,
  ) {}

  add(exchange: OwnExchange): void {
    const count = (by: CountedBy, value: string): void => {
      const cell = cellOf(exchange.direction, by, value);
      this.counts.set(cell, (this.counts.get(cell) ?? 0) + 1);
    };
    count('all', '');
    count('outcome', exchange.fate);
    // Nothing else is known of it, beside what its agencies are.
    if (exchange.shape === 'erased') return;
    count('other-agency', otherAgency(exchange) ?? 'not-understood');
    count('purpose', exchange.claims.purpose ?? 'not-understood');
    for (const id of legalBasesOf(exchange)) count('legal-basis', id);
    for (const code of reasonsOf(exchange)) count('reason', code);
    if (exchange.shape === 'not-shared') return;
    count('decision', exchange.claims.decision.outcome);
    count('override', exchange.claims.override?.reason ?? 'none');
  }

  /** The table as CSV; see `writeCsv` for its form. Exact numbers, for the agency itself. */
  toCsv(): string {
    return this.write(String);
  }

  /**
   * The table as it may be published: a number below {@link LEAST_PUBLISHED} is told as `<5`, and every other is rounded
   * down to a multiple of 5, so that what is left out cannot be found by taking the rest from a total.
   *
   * Does NOT hide small numbers of which there are so many beside a total that all of them must be the least, or the most, that
   * they can be: four that are 1 beside one below 5, or five that are 4 beside 20.
   */
  toPublishedCsv(): string {
    return this.write((count) => (count < LEAST_PUBLISHED ? `<${LEAST_PUBLISHED}` : String(Math.floor(count / 5) * 5)));
  }

  private write(tell: (count: number) => string): string {
    const rows = DIRECTIONS.flatMap((direction) =>
      COUNTED_BY.flatMap((by) => {
        const begin = cellOf(direction, by, '');
        const cells = [...this.counts].filter(([cell]) => cell.startsWith(begin));
        return cells
          .map(([cell, count]) => [this.agency, this.month, direction, by, cell.slice(begin.length), tell(count)])
          .toSorted(([, , , , one = ''], [, , , , other = '']) => (one < other ? -1 : 1));
      }),
    );
    return writeCsv(STATISTICS_COLUMNS, rows);
  }
}

/** No name of a direction or of what is counted by holds a line end. */
const cellOf = (direction: Direction, by: CountedBy, value: string): string => `${direction}\n${by}\n${value}`;
