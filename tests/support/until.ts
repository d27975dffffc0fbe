import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds. */
const LONGEST_WAIT_MS = 25_000;

/** Waits for a condition. @throws Error when it does not come within `longestMs` */
export async function until(
  condition: () => boolean | Promise<boolean>,
  longestMs: number = LONGEST_WAIT_MS,
): Promise<void> {
  const deadline = Date.now() + longestMs;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`the condition did not come: ${condition.toString()}`);
    await sleep(25);
  }
}
