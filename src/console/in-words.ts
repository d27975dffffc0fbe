import type { LifeState } from '../agreement-lifecycle/index.js';

const TIME = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'Europe/London',
  timeZoneName: 'short',
});
const DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });
const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' });
const SHORT_DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const LONDON_DAY = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'Europe/London' });

/** An instant as clocks in the United Kingdom show it, the zone named, e.g. `22 November 2026 at 09:30 GMT`. */
export const ukTime = (at: Date | string): string => TIME.format(new Date(at));

/** The day of an instant in the United Kingdom, e.g. `22 November 2026`. */
export const ukDay = (at: Date | string): string => LONDON_DAY.format(new Date(at));

/** `2026-11-22` as `22 November 2026`. */
export const dayInWords = (day: string): string => DAY.format(new Date(`${day}T00:00:00Z`));

/** `2026-11-01` as `November 2026`. */
export const monthInWords = (day: string): string => MONTH.format(new Date(`${day}T00:00:00Z`));

/** `2026-11-22` as `22 Nov`. */
export const shortDay = (day: string): string => SHORT_DAY.format(new Date(`${day}T00:00:00Z`));

/** A code of a closed list as words, e.g. `security-incident` as `Security incident`. */
export const inWords = (code: string): string => {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** `1 agreement`, `2 agreements`. */
export const counted = (count: number, noun: string, plural = `${noun}s`): string =>
  `${count.toLocaleString('en-GB')} ${count === 1 ? noun : plural}`;

/** What a state of an agreement is called, and the colour of its tag, which says nothing that the words do not. */
export const AGREEMENT_STATES: Readonly<Record<LifeState, { readonly text: string; readonly colour: string }>> = {
  draft: { text: 'Draft', colour: 'grey' },
  proposed: { text: 'Proposed', colour: 'yellow' },
  'signed-by-some': { text: 'Signed by some', colour: 'yellow' },
  'not-yet': { text: 'Not yet begun', colour: 'blue' },
  'in-force': { text: 'In force', colour: 'green' },
  suspended: { text: 'Suspended', colour: 'orange' },
  revoked: { text: 'Revoked', colour: 'red' },
  superseded: { text: 'Superseded', colour: 'grey' },
  expired: { text: 'Ended', colour: 'grey' },
};
