import { Problem } from '../api-contract/index.js';
import { LogUnavailable, type DisclosureLog, type LogEntry } from '../disclosure-log/index.js';

/**
 * Records that an officer looked something up, before they are answered.
 * @throws Problem LOG_UNAVAILABLE; nothing may be answered then
 */
export async function recordLookUp(log: DisclosureLog, entry: LogEntry): Promise<void> {
  try {
    await log.append(entry);
  } catch (error) {
    if (error instanceof LogUnavailable) throw new Problem('LOG_UNAVAILABLE', {}, { cause: error });
    throw error;
  }
}
