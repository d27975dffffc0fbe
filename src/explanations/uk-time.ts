const DATE = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'Europe/London' });
const TIME = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  timeZone: 'Europe/London',
  timeZoneName: 'long',
});

/** As clocks in the United Kingdom show it, e.g. `22 November 2026 at 09:30 (Greenwich Mean Time)`. */
export function ukTime(at: Date): string {
  const part = (type: string): string => TIME.formatToParts(at).find((one) => one.type === type)?.value ?? '';
  return `${DATE.format(at)} at ${part('hour')}:${part('minute')} (${part('timeZoneName')})`;
}
