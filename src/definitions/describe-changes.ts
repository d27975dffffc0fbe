import type { Agency, AgencyKey, Officer, System } from '../agencies/index.js';
import { canonicalBytes } from '../agreements/index.js';
import type { DataItem, DataService } from '../catalogue/index.js';

/** Whether two documents say the same, whatever the order of their members. */
export const sameDocument = (one: unknown, other: unknown): boolean =>
  canonicalBytes(one).equals(canonicalBytes(other));

/**
 * Says in plain English how a definition differs from what was applied before; nothing when it does not. Names what
 * changed; the values of addresses and keys stay out, because the disclosure log keeps these sentences.
 */
export function describeAgencyChange(before: Agency | undefined, after: Agency): string[] {
  return describe(`agency ${after.id}`, before, after, describeKeys);
}

export function describeSystemChange(before: System | undefined, after: System): string[] {
  return describe(`system ${after.id}`, before, after, describeKeys);
}

export function describeOfficerChange(before: Officer | undefined, after: Officer): string[] {
  return describe(`officer ${after.id}`, before, after, (from, to) => ({
    ...describeKeys(from, to),
    roles: [`roles now ${to.roles.join(', ')}`],
  }));
}

export function describeDataServiceChange(before: DataService | undefined, after: DataService): string[] {
  return describe(`data service ${after.id}`, before, after, (from, to) => ({ items: describeItems(from, to) }));
}

type KeyHolder = Agency | System | Officer;

/** What is said of members that deserve more than "changed". */
type Details<T> = (before: T, after: T) => Partial<Record<keyof T, string[]>>;

function describe<T extends object>(name: string, before: T | undefined, after: T, details: Details<T>): string[] {
  if (!before) return [`${name}: added`];
  const said = details(before, after);
  const members = [...new Set([...Object.keys(before), ...Object.keys(after)])] as (keyof T)[];
  return members
    .filter((member) => !sameDocument(before[member] ?? null, after[member] ?? null))
    .flatMap((member) => {
      const detail = said[member];
      return detail && detail.length > 0 ? detail : [`${wordsFor(String(member))} changed`];
    })
    .map((change) => `${name}: ${change}`);
}

function describeKeys(before: KeyHolder, after: KeyHolder): { keys: string[] } {
  const kids = (owner: KeyHolder): string[] => owner.keys.map((key) => key.kid);
  const [old, now] = [kids(before), kids(after)];
  const revoked = ({ keys }: { readonly keys: readonly AgencyKey[] }): string[] =>
    keys.flatMap(({ kid, revokedAt }) => (revokedAt === undefined ? [] : [`${kid} revoked at ${revokedAt}`]));
  const [wasRevoked, isRevoked] = [revoked(before), revoked(after)];
  return {
    keys: [
      ...isRevoked.filter((one) => !wasRevoked.includes(one)).map((one) => `key ${one}`),
      ...wasRevoked.filter((one) => !isRevoked.includes(one)).map((one) => `no longer: key ${one}`),
      ...now.filter((kid) => !old.includes(kid)).map((kid) => `key ${kid} added`),
      ...old.filter((kid) => !now.includes(kid)).map((kid) => `key ${kid} removed`),
    ],
  };
}

function describeItems(before: DataService, after: DataService): string[] {
  const old = new Map(before.items.map((item) => [item.id, item]));
  const now = new Set(after.items.map((item) => item.id));
  return [
    ...after.items.flatMap((item) => describeItem(old.get(item.id), item)),
    ...[...old.keys()].filter((id) => !now.has(id)).map((id) => `item ${id} removed`),
  ];
}

function describeItem(before: DataItem | undefined, after: DataItem): string[] {
  if (!before) return [`item ${after.id} added`];
  const changes: string[] = [];
  if (before.confidential !== after.confidential) {
    changes.push(`item ${after.id} ${after.confidential ? 'now' : 'no longer'} confidential`);
  }
  if (before.sensitivity !== after.sensitivity) changes.push(`item ${after.id} now ${after.sensitivity}`);
  for (const member of ['name', 'schema', 'select'] as const) {
    if (!sameDocument(before[member], after[member])) changes.push(`item ${after.id}: ${member} changed`);
  }
  return changes;
}

const wordsFor = (member: string): string => member.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
