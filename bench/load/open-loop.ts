import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { exchange, type Expected } from './exchange.js';
import { Latencies, type Measurement } from './latencies.js';
import type { LoadRequest } from './requests.js';

/**
 * How long the load runs before it is measured, seconds: connections are opened and compiled code is found again after the
 * pause in which proofs were made.
 */
export const LEAD_IN_SECONDS = 2;

/**
 * Sends requests at moments that were drawn beforehand, as callers who know nothing of each other do (Poisson arrivals),
 * whether or not earlier ones are answered. A request's time runs from the moment it was due, so that waiting for a free
 * connection, or for this process, counts too. Those of the lead-in are sent and checked, and their time is not counted.
 */
export async function openLoop(
  line: Dispatcher,
  requests: Iterator<LoadRequest>,
  load: { readonly rate: number; readonly seconds: number; readonly expected: Expected },
): Promise<Measurement> {
  const latencies = new Latencies();
  const underWay = new Set<Promise<void>>();
  const failures: unknown[] = [];
  const began = performance.now();
  const from = began + LEAD_IN_SECONDS * 1000;
  const end = from + load.seconds * 1000;
  const pause = (): number => (-Math.log(1 - Math.random()) * 1000) / load.rate;

  for (let due = began + pause(); due < end && failures.length === 0; due += pause()) {
    while (performance.now() < due) await sleep(1);
    const { value, done } = requests.next();
    if (done === true) break;
    const dueAt = due;
    const one = exchange(line, value, load.expected)
      .then(() => {
        if (dueAt < from) latencies.addUntimed();
        else latencies.add(performance.now() - dueAt);
      })
      .catch((error: unknown) => failures.push(error))
      .then(() => void underWay.delete(one));
    underWay.add(one);
  }
  await Promise.all(underWay);
  if (failures.length > 0) throw failures[0];
  return latencies.measured((performance.now() - from) / 1000);
}
