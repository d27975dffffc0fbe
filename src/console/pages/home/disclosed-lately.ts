import { Injectable } from '@nestjs/common';
import { DisclosuresOverTime, type WeeklyCounts } from '../../../disclosures/disclosures.module.js';
import { Names } from '../../names.js';
import { drawWeeks, type WeeklyRow } from '../../weekly-chart.js';

/** What was disclosed in the last weeks, as pictures and tables of the same rows. */
@Injectable()
export class DisclosedLately {
  constructor(
    private readonly overTime: DisclosuresOverTime,
    private readonly names: Names,
  ) {}

  /** @returns `undefined` where it cannot be counted in time */
  async of(agency: string) {
    const found = await this.overTime.byWeek(agency);
    if (!found) return undefined;
    const { weeks, byLegalBasis, byAgency } = found;
    const total = found.total.reduce((all, count) => all + count, 0);
    const picture = (id: string, title: string, rows: readonly WeeklyRow[]) => ({
      id,
      title,
      weeks,
      rows,
      drawing: drawWeeks(rows, weeks),
    });
    return {
      total,
      weeks,
      pictures: [
        picture(
          'by-legal-basis',
          'Disclosures by legal basis',
          byLegalBasis.map((row) => this.ofBasis(row)),
        ),
        picture(
          'by-agency',
          'Disclosures by other agency',
          byAgency.map((row) => this.ofAgency(row)),
        ),
      ],
    };
  }

  private ofBasis({ value, counts }: WeeklyCounts): WeeklyRow {
    return { name: value === null ? 'Any other legal basis' : this.names.legalBasis(value), counts };
  }

  private ofAgency({ value, direction, counts }: WeeklyCounts): WeeklyRow {
    const other = value === null ? 'other agencies' : this.names.agency(value);
    return { name: `${direction === 'given' ? 'Given to' : 'Received from'} ${other}`, counts };
  }
}
