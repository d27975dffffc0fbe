import type { Sensitivity } from '../catalogue/index.js';
import type { PermissionKind } from '../legal-bases/index.js';
import { findPermission, type Permission, type RelyingOn } from '../permissions/index.js';
import type { PermissionState } from '../policy/index.js';
import type { DisclosureRequest } from './disclosure-request.js';

/** What is known of the permissions that an item needs. `given` means that each of them is. */
export interface PermissionFact {
  readonly required: readonly PermissionKind[];
  readonly state: PermissionState;
  /** The permissions relied on. */
  readonly permissions: readonly RelyingOn[];
}

export interface ItemNeed {
  readonly item: string;
  readonly sensitivity: Sensitivity;
  /** Kinds of permission that the item's legal basis stack relies on. */
  readonly kinds: readonly PermissionKind[];
  /** The purpose of the request is the administration of benefits, or within it. */
  readonly forBenefits: boolean;
}

/** Reads what was recorded of a person. May fail, and may take too long. */
export type ReadRecorded = () => Promise<readonly Permission[]>;

/**
 * Step 4. The permissions that the items' legal basis stacks rely on, by item.
 * INVARIANT: 2. What cannot be read in time is `unknown`: a fact, and never a yes.
 */
export async function gatherPermissionFacts(
  needs: readonly ItemNeed[],
  request: DisclosureRequest,
  readRecorded: ReadRecorded,
  at: Date,
): Promise<ReadonlyMap<string, PermissionFact>> {
  const asked = needs.some(({ kinds }) => kinds.length > 0);
  const recorded = asked ? await readRecorded().catch(() => undefined) : [];
  return new Map(needs.map((need) => [need.item, factOf(need, request, recorded, at)]));
}

function factOf(
  { item, sensitivity, kinds, forBenefits }: ItemNeed,
  request: DisclosureRequest,
  recorded: readonly Permission[] | undefined,
  at: Date,
): PermissionFact {
  if (kinds.length === 0) return { required: kinds, state: 'not-required', permissions: [] };
  if (!recorded) return { required: kinds, state: 'unknown', permissions: [] };
  const { purpose, caller, dataService, permission: named } = request;
  const findings = kinds.map((kind) => {
    const need = { kind, purpose, sensitivity, recipient: caller.agency, item: `${dataService}#${item}`, forBenefits };
    const newest = findPermission(recorded, need, at);
    // INVARIANT: 6. To name an earlier permission does not go behind a later refusal or withdrawal.
    if (named === undefined || newest.state === 'withdrawn' || newest.state === 'refused') return newest;
    return findPermission(
      recorded.filter(({ id }) => id === named),
      need,
      at,
    );
  });
  const lacking = findings.find(({ state }) => state !== 'given');
  return {
    required: kinds,
    state: lacking?.state ?? 'given',
    permissions: findings.flatMap(({ permission }) => permission ?? []),
  };
}
