import { setTimeout as sleep } from 'node:timers/promises';

/** Waits for a condition, however long the test's own limit allows. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(25);
}
