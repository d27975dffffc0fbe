import type { PermissionKind } from '../legal-bases/legal-basis.js';
import { letsSpeak } from './capacity-statement.js';
import type { Permission } from './permission.js';

/** What a permission is needed for. */
export interface PermissionNeed {
  readonly kind: PermissionKind;
  readonly purpose: string;
  /** Agency that would receive. */
  readonly recipient: string;
  /** `<data service>#<item>`. */
  readonly item: string;
  readonly sensitivity: 'standard' | 'special-category' | 'criminal-offence';
  /** The purpose is the administration of benefits, or within it. */
  readonly forBenefits: boolean;
}

/** The state of a need, and the permission that meets it where one does. */
export interface PermissionFinding {
  readonly state: 'given' | 'none' | 'refused' | 'withdrawn' | 'expired' | 'outside-scope' | 'outside-authority';
  readonly permission: RelyingOn | null;
}

/** A permission that somebody relies on, as it was when they read it. */
export type RelyingOn = Pick<Permission, 'id' | 'revision'>;

/**
 * Whether the permissions recorded of a person meet a need at an instant. The newest word of those that reach the need
 * decides: who refused or withdrew last said no, whatever they said before; at the same instant the no counts. Kinds never stand in for
 * one another.
 */
export function findPermission(recorded: readonly Permission[], need: PermissionNeed, at: Date): PermissionFinding {
  const ofKind = recorded.filter((permission) => permission.kind === need.kind);
  if (ofKind.length === 0) return { state: 'none', permission: null };
  const [newest] = ofKind
    .filter((permission) => reaches(permission, need))
    .toSorted((a, b) => lastWord(b) - lastWord(a) || Number(saysNo(b)) - Number(saysNo(a)));
  if (!newest) return { state: 'outside-scope', permission: null };
  if (newest.answer === 'refused') return { state: 'refused', permission: null };
  if (newest.withdrawnAt) return { state: 'withdrawn', permission: null };
  if (at < newest.validFrom || newest.validUntil === null || at >= newest.validUntil)
    return { state: 'expired', permission: null };
  if (!hasAuthority(newest, need)) return { state: 'outside-authority', permission: null };
  return { state: 'given', permission: { id: newest.id, revision: newest.revision } };
}

const saysNo = ({ answer, withdrawnAt }: Permission): boolean => answer === 'refused' || withdrawnAt !== null;

const lastWord = (permission: Permission): number => (permission.withdrawnAt ?? permission.recordedAt).getTime();

function reaches({ purpose, recipients, items }: Permission, need: PermissionNeed): boolean {
  const service = need.item.split('#')[0];
  return (
    purpose === need.purpose &&
    recipients.includes(need.recipient) &&
    (items.includes(need.item) || items.includes(`${service}#*`))
  );
}

/**
 * Whether the giver may speak on this matter. An attorney or deputy for property and financial affairs has no say over
 * health and care (Mental Capacity Act 2005 ss.9, 16); special-category items are taken to be that. An appointee has a say
 * over benefits alone. Who speaks only while the person lacks capacity has none without the statement of it.
 */
function hasAuthority({ givenBy, capacity, capacityStatement }: Permission, need: PermissionNeed): boolean {
  if (!letsSpeak(givenBy, capacity, capacityStatement)) return false;
  if (capacity === 'benefits') return need.forBenefits;
  return capacity !== 'property-and-financial-affairs' || need.sensitivity === 'standard';
}
