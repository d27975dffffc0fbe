import { setTimeout as sleep } from 'node:timers/promises';

/** How often, how long, and until when something is tried again. */
export interface RepeatLimits {
  /** Most repeats after the first attempt. */
  readonly repeats: number;
  /** No repeat begins after this moment, on the scale of `performance.now()`. */
  readonly deadline: number;
  /** Ends a wait. */
  readonly signal: AbortSignal;
}

/** What an attempt came to. */
export type Attempt<Value> = { readonly value: Value } | { readonly error: unknown };

/** Wait before the first repeat when nobody says how long, milliseconds; doubled for each further one. */
const FIRST_WAIT_MS = 500;

/**
 * Makes an attempt, and repeats it while `waitAfter` gives a wait and the limits allow. Ends as the last attempt did. A wait
 * that would pass the deadline is not begun.
 *
 * @param waitAfter shortest wait in milliseconds before the attempt may be repeated (`0`: no more than the usual), or
 *   `undefined` when it must not be
 */
export async function repeat<Value>(
  attempt: () => Promise<Value>,
  waitAfter: (made: Attempt<Value>) => number | undefined,
  limits: RepeatLimits,
): Promise<Value> {
  for (let repeats = 0; ; repeats++) {
    const made = await settle(attempt);
    const shortest = repeats < limits.repeats ? waitAfter(made) : undefined;
    const wait =
      shortest === undefined ? Infinity : spread(Math.max(shortest, shortest || FIRST_WAIT_MS * 2 ** repeats));
    if (limits.signal.aborted || performance.now() + wait > limits.deadline) {
      if ('error' in made) throw made.error;
      return made.value;
    }
    await sleep(wait, undefined, { signal: limits.signal });
  }
}

async function settle<Value>(attempt: () => Promise<Value>): Promise<Attempt<Value>> {
  try {
    return { value: await attempt() };
  } catch (error) {
    return { error };
  }
}

/** Up to a quarter longer, so that those who were turned away together do not come back together. */
const spread = (ms: number): number => ms * (1 + Math.random() / 4);

/** `Retry-After` (RFC 9110 section 10.2.3) in milliseconds from now; `undefined` when there is none that can be read. */
export function retryAfterMs(headers: Headers, now: Date): number | undefined {
  const text = headers.get('retry-after')?.trim();
  if (!text) return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}
