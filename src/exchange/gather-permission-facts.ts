import type { Sensitivity } from '../catalogue/index.js';
import type { PermissionKind } from '../legal-bases/index.js';
import {
  findPermission,
  type Permission,
  type PermissionFinding,
  type PermissionNeed,
  type RelyingOn,
} from '../permissions/index.js';
import type { PermissionState } from '../policy/index.js';
import { findStatements, type SharingStatement } from '../statements/index.js';
import type { DisclosureRequest } from './disclosure-request.js';

/** What is known of the permissions that an item needs. `given` means that each of them is. */
export interface PermissionFact {
  readonly required: readonly PermissionKind[];
  readonly state: PermissionState;
  /** The permissions relied on. */
  readonly permissions: readonly RelyingOn[];
  /** The best-interests decision that stands in for a permission, where one does. */
  readonly inBestInterests?: SharingStatement;
}

export interface ItemNeed {
  readonly item: string;
  readonly sensitivity: Sensitivity;
  /** Kinds of permission that the item's legal basis stack relies on. */
  readonly kinds: readonly PermissionKind[];
  /** The purpose of the request is the administration of benefits, or within it. */
  readonly forBenefits: boolean;
}

/** Reads what was recorded of a person. Fails when that takes too long. */
export type ReadRecorded = () => Promise<readonly Permission[]>;

/**
 * Step 4. The permissions that the items' legal basis stacks rely on, by item.
 *
 * A best-interests decision to share meets the need for a permission under the duty of confidence, of somebody who lacks
 * capacity, and no other need. It does not go behind a refusal or withdrawal, of the person or of who may speak for them.
 * @throws Problem STORE_UNAVAILABLE when what was recorded cannot be read: to say that nothing was would send the requester
 * to the person for a permission that may be there
 */
export async function gatherPermissionFacts(
  needs: readonly ItemNeed[],
  request: DisclosureRequest,
  readRecorded: ReadRecorded,
  statements: readonly SharingStatement[],
  at: Date,
): Promise<ReadonlyMap<string, PermissionFact>> {
  const asked = needs.some(({ kinds }) => kinds.length > 0);
  const recorded = asked ? await readRecorded() : [];
  return new Map(needs.map((need) => [need.item, factOf(need, request, { recorded, statements, at })]));
}

function factOf(
  { item, sensitivity, kinds, forBenefits }: ItemNeed,
  request: DisclosureRequest,
  of: {
    readonly recorded: readonly Permission[];
    readonly statements: readonly SharingStatement[];
    readonly at: Date;
  },
): PermissionFact {
  const { recorded, statements, at } = of;
  if (kinds.length === 0) return { required: kinds, state: 'not-required', permissions: [] };
  const { purpose, caller, dataService } = request;
  const question = { purpose, recipient: caller.agency, item: `${dataService}#${item}` };
  const { toShare } = findStatements(statements, question, at);
  const findings = kinds.map((kind): Finding => {
    const found = findAnswer(recorded, { ...question, kind, sensitivity, forBenefits }, request.permission, at);
    const isOpen = kind === 'confidentiality' && !ANSWERED.has(found.state);
    return toShare && isOpen ? { state: 'given', permission: null, inBestInterests: toShare } : found;
  });
  const lacking = findings.find(({ state }) => state !== 'given');
  const inBestInterests = findings.find((finding) => finding.inBestInterests)?.inBestInterests;
  return {
    required: kinds,
    state: lacking?.state ?? 'given',
    permissions: findings.flatMap(({ permission }) => permission ?? []),
    ...(inBestInterests && { inBestInterests }),
  };
}

type Finding = PermissionFinding & Pick<PermissionFact, 'inBestInterests'>;

/** The person, or who may speak for them, has said yes or no. */
const ANSWERED: ReadonlySet<PermissionState> = new Set(['given', 'refused', 'withdrawn']);

function findAnswer(
  recorded: readonly Permission[],
  need: PermissionNeed,
  named: string | undefined,
  at: Date,
): PermissionFinding {
  const newest = findPermission(recorded, need, at);
  // INVARIANT: 6. To name an earlier permission does not go behind a later refusal or withdrawal.
  if (named === undefined || newest.state === 'withdrawn' || newest.state === 'refused') return newest;
  return findPermission(
    recorded.filter(({ id }) => id === named),
    need,
    at,
  );
}
