import type { DataItem } from '../catalogue/index.js';
import type { SupplierAnswer } from '../connectors/index.js';

/** An item that can be suppressed for somebody's safety: it is marked as an address, or the supplier's record can say so. */
export const isAddress = ({ address, suppressedWhen }: DataItem): boolean =>
  address === true || suppressedWhen !== undefined;

/**
 * The answer about a person whose address is suppressed, whatever the supplier's record says: no item that is an address is
 * in it, each counts as suppressed, and the flag that says so is set.
 *
 * INVARIANT: 5. Nothing is added but the flag, and that only where it is permitted and was asked for.
 * @param permitted the items that were asked for and permitted
 * @param all every item of the data service
 */
export function keepAddressBack(
  answer: SupplierAnswer,
  permitted: readonly DataItem[],
  all: readonly DataItem[],
): SupplierAnswer {
  const addresses = new Set(permitted.filter(isAddress).map(({ id }) => id));
  const flags = new Set(permitted.filter((item) => isFlag(item, all)).map(({ id }) => id));
  const released = Object.entries(answer.data).filter(([id]) => !addresses.has(id));
  return {
    ...answer,
    data: Object.fromEntries(released.map(([id, value]) => [id, flags.has(id) ? true : value])),
    suppressed: [...new Set([...answer.suppressed, ...addresses])],
  };
}

/** The item that says whether an address is suppressed: it stands where the supplier's record says so, and is true or false. */
const isFlag = ({ select, schema }: DataItem, all: readonly DataItem[]): boolean =>
  schema['type'] === 'boolean' && all.some(({ suppressedWhen }) => suppressedWhen === select);
