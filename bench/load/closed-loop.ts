import type { Dispatcher } from 'undici';
import { exchange, type Expected } from './exchange.js';
import { Latencies, type Measurement } from './latencies.js';
import type { LoadRequest } from './requests.js';

/**
 * Keeps every connection busy: the next request goes out when the one before it is answered.
 * Ends when the time is up, or earlier when there is no further request; what is under way is finished and counted.
 */
export async function closedLoop(
  line: Dispatcher,
  requests: Iterator<LoadRequest>,
  load: { readonly connections: number; readonly seconds: number; readonly expected: Expected },
): Promise<Measurement> {
  const latencies = new Latencies();
  const began = performance.now();
  const end = began + load.seconds * 1000;
  let failed = false;
  const keepBusy = async (): Promise<void> => {
    for (let sent = performance.now(); sent < end && !failed; sent = performance.now()) {
      const { value, done } = requests.next();
      if (done === true) return;
      await exchange(line, value, load.expected);
      latencies.add(performance.now() - sent);
    }
  };
  const busy = Array.from({ length: load.connections }, keepBusy);
  try {
    await Promise.all(busy);
  } catch (error) {
    failed = true;
    await Promise.allSettled(busy);
    throw error;
  }
  return latencies.measured((performance.now() - began) / 1000);
}
