import type { DataItem } from '../catalogue/index.js';
import { SupplierFault, type Connectors, type SupplierAnswer } from '../connectors/index.js';
import type { Arrival } from './disclosure-request.js';
import type { Decided } from './exchange-entry.js';
import { isAddress } from './keep-address-back.js';

/**
 * Step 7. Asks the supplier for the permitted items, and builds the answer up from them.
 *
 * INVARIANT: 5. Only items that the decision permits, and no address that is suppressed, are asked for; and only they come out, each present and `null` where
 * there is no value. INVARIANT: 9. A person whom the supplier does not know looks the same.
 * @throws SupplierFault
 */
export async function fetchPermittedItems(
  decided: Decided,
  arrival: Arrival,
  connectors: Connectors,
): Promise<SupplierAnswer> {
  const { request, register, addressSuppressed } = decided;
  const service = register.dataService(request.dataService);
  if (!service) throw new SupplierFault('unavailable', 'no such data service');
  const items = permittedItems(decided).filter((item) => !(addressSuppressed && isAddress(item)));
  // Nothing is left to ask for: the address was all that was permitted.
  if (items.length === 0) return { matched: true, data: {}, suppressed: [], surplus: 0 };
  const answer = await connectors.fetchItems(service, {
    exchangeId: request.exchangeId,
    purpose: request.purpose,
    identifiers: Object.fromEntries(request.identifiers.map(({ type, value }) => [type, value])),
    items,
    ...(arrival.traceparent !== undefined && { traceparent: arrival.traceparent }),
    ...(arrival.signal && { signal: arrival.signal }),
  });
  const suppressed = new Set(answer.suppressed);
  const released = items.filter(({ id }) => !suppressed.has(id));
  return { ...answer, data: Object.fromEntries(released.map(({ id }) => [id, answer.data[id] ?? null])) };
}

/** The items of the data service that the decision permits. */
export function permittedItems(decided: Decided): DataItem[] {
  const { items } = decided.decision;
  const permitted = new Set(items.flatMap(({ item, outcome }) => (outcome === 'permit' ? [item] : [])));
  return allItems(decided).filter(({ id }) => permitted.has(id));
}

/** Every item of the data service that is asked. */
export const allItems = ({ request, register }: Decided): readonly DataItem[] =>
  register.dataService(request.dataService)?.items ?? [];
