import { createHmac, hkdfSync } from 'node:crypto';
import type { SamplingPlan } from '../agencies/index.js';
import { isWithinHours } from '../agreements/index.js';

/** By what an exchange came into the sample. */
export const SAMPLING_RULES = ['percentage', 'out-of-hours', 'staff'] as const;
export type SamplingRule = (typeof SAMPLING_RULES)[number];

/** An exchange that an agency's own staff asked in. */
export interface SampledExchange {
  readonly exchangeId: string;
  readonly agency: string;
  readonly staffId: string | null;
  readonly at: Date;
}

/** The key of every draw, from the gateway's secret: without it nobody can tell beforehand what will be drawn. */
export const samplingKey = (secret: Buffer): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', 'gatehouse sampling plan', 32));

/**
 * By which rules of its agency's plan an exchange is drawn; empty when by none. The same exchange, plan and key always come
 * out the same, so a draw can be done again from the log. A member of staff is drawn for a day, on the clocks of
 * Europe/London, with all exchanges of that day.
 */
export function drawExchange(plan: SamplingPlan, exchange: SampledExchange, key: Buffer): SamplingRule[] {
  const { exchangeId, agency, staffId, at } = exchange;
  const { percentage = 0, outOfHours, staff } = plan;
  const isDrawn = (percent: number, ...by: string[]): boolean => shareOf(key, by) * 100 < percent;
  return [
    ...(isDrawn(percentage, 'percentage', exchangeId) ? (['percentage'] as const) : []),
    ...(outOfHours && !isWithinHours(outOfHours.hours, at) && isDrawn(outOfHours.percentage, 'out-of-hours', exchangeId)
      ? (['out-of-hours'] as const)
      : []),
    ...(staff && staffId !== null && isDrawn(staff.percentage, 'staff', agency, staffId, londonDay(at))
      ? (['staff'] as const)
      : []),
  ];
}

/** A number from 0 up to 1, which no one without the key can tell from chance. */
const shareOf = (key: Buffer, by: readonly string[]): number =>
  createHmac('sha256', key).update(JSON.stringify(by)).digest().readUIntBE(0, 6) / 2 ** 48;

const LONDON_DAY = new Intl.DateTimeFormat('en-CA', {
  timeZone: 'Europe/London',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
});
const londonDay = (at: Date): string => LONDON_DAY.format(at);
