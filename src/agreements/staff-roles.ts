import type { Leg } from './agreement.js';

/** Roles of staff on whose behalf a system may ask for a purpose. None for a purpose that the leg says nothing of. */
export function rolesFor({ roles, rolesByPurpose }: Leg, purpose: string): readonly string[] {
  if (!rolesByPurpose) return roles ?? [];
  return Object.hasOwn(rolesByPurpose, purpose) ? (rolesByPurpose[purpose] ?? []) : [];
}

/** Roles of staff for one purpose of the leg or another, each once. */
export const rolesOf = (leg: Leg): string[] => [
  ...new Set([...(leg.roles ?? []), ...Object.values(leg.rolesByPurpose ?? {}).flat()]),
];
