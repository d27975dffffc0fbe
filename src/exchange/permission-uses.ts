import type { PermissionUse } from '../disclosure-log/index.js';
import type { Decided } from './exchange-entry.js';
import { supplierOf } from './disclosure-request.js';
import type { FoundAgreement } from './find-agreement-in-force.js';
import type { PermissionFact } from './gather-permission-facts.js';

/** A permission that a permitted item relies on, where the item's leg has the recipient told of its withdrawal. */
export interface ToldOfWithdrawal {
  readonly item: string;
  readonly permission: string;
}

/** @param ordinary items that go in the ordinary way; what goes by an override rests on no permission */
export const toldOfWithdrawal = (
  found: FoundAgreement | undefined,
  ordinary: readonly string[],
  permissions: ReadonlyMap<string, PermissionFact>,
): ToldOfWithdrawal[] =>
  ordinary
    .filter((item) => found?.legs.get(item)?.tellOfWithdrawal)
    .flatMap((item) => permissions.get(item)?.permissions.map(({ id }) => ({ item, permission: id })) ?? []);

/**
 * The uses of permissions to keep with the outcome, once for each permission.
 * INVARIANT: 9. Kept for every item of the answer, whether or not the supplier holds anything: a notice that came only for a
 * known person would tell who is one.
 */
export function permissionUses(
  { request, toldOfWithdrawal: told }: Pick<Decided, 'request' | 'toldOfWithdrawal'>,
  released: readonly string[],
  at: Date,
): PermissionUse[] {
  const { exchangeId, caller, dataService } = request;
  const going = told.filter(({ item }) => released.includes(item));
  return [...new Set(going.map(({ permission }) => permission))].map((permission) => ({
    permission,
    exchangeId,
    recipient: caller.agency,
    supplier: supplierOf(request),
    dataService,
    disclosedAt: at,
  }));
}
