import { SupplierFault, type Connectors, type SupplierAnswer } from '../connectors/index.js';
import type { Arrival } from './disclosure-request.js';
import type { Decided } from './exchange-entry.js';

/**
 * Step 7. Asks the supplier for the permitted items, and builds the answer up from them.
 *
 * INVARIANT: 5. Only items that the decision permits are asked for, and only they come out, each present and `null` where
 * there is no value. INVARIANT: 9. A person whom the supplier does not know looks the same.
 * @throws SupplierFault
 */
export async function fetchPermittedItems(
  { request, decision, register }: Decided,
  arrival: Arrival,
  connectors: Connectors,
): Promise<SupplierAnswer> {
  const service = register.dataService(request.dataService);
  if (!service) throw new SupplierFault('unavailable', 'no such data service');
  const permitted = new Set(decision.items.flatMap(({ item, outcome }) => (outcome === 'permit' ? [item] : [])));
  const items = service.items.filter(({ id }) => permitted.has(id));
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
