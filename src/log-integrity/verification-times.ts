const DAY_MS = 86_400_000;

/** The latest instant, not after `now`, at which a full verification should begin: once a day at an hour, UTC. */
export function dueAt(now: Date, hour: number): Date {
  const due = new Date(now);
  due.setUTCHours(hour, 0, 0, 0);
  return due > now ? new Date(due.getTime() - DAY_MS) : due;
}

/** The instant after `now` at which the next one should begin. */
export const nextAt = (now: Date, hour: number): Date => new Date(dueAt(now, hour).getTime() + DAY_MS);

/** @param since when the last one began, or the log where there was none; `undefined` for a log without entries */
export const isDue = (since: Date | undefined, now: Date, hour: number): boolean =>
  since !== undefined && since < dueAt(now, hour);

/** Whether one has been due for a whole day. @param since as for {@link isDue} */
export const isOverdue = (since: Date | undefined, now: Date, hour: number): boolean =>
  since !== undefined && since.getTime() < dueAt(now, hour).getTime() - DAY_MS;
