import type { Clock } from '../config/index.js';
import type { Register } from '../definitions/index.js';
import type { GatewayKeys } from '../keys/index.js';
import type { LegalBasesCatalogue } from '../legal-bases/index.js';
import type { PermissionsService } from '../permissions/index.js';
import type { Decisions } from '../policy/index.js';
import { subjectHandle } from '../subject-handles/index.js';
import type { DisclosureRequest } from './disclosure-request.js';
import { establishFacts, needsOf, standingsOf, supplierOf } from './establish-facts.js';
import type { Decided } from './exchange-entry.js';
import { findAgreementInForce } from './find-agreement-in-force.js';
import { gatherPermissionFacts } from './gather-permission-facts.js';

/** What deciding needs beside the request and the register. */
export interface DecisionParts {
  readonly catalogue: LegalBasesCatalogue;
  readonly permissions: Pick<PermissionsService, 'recordedOf'>;
  readonly decisions: Decisions;
  readonly clock: Clock;
  readonly keys: Pick<GatewayKeys, 'subjectHandle'>;
}

/** Longest wait for the permissions of a person, milliseconds. */
const PERMISSIONS_DEADLINE_MS = 1_000;

/**
 * Steps 3, 4 and 5 of an exchange: facts in, decision out. An exchange and a policy test both come through here, so that
 * what a test shows is what an exchange does.
 *
 * Does NOT record the decision, or check that the system which asks is still registered.
 */
export async function decideRequest(
  request: DisclosureRequest,
  register: Register,
  parts: DecisionParts,
): Promise<Decided> {
  const { catalogue, clock, decisions } = parts;
  const at = clock.now();
  const on = dayOf(at);
  const found = findAgreementInForce(request, register, on);
  const standings = standingsOf(request, found, register, catalogue, on);
  const permissions = await gatherPermissionFacts(
    needsOf(standings),
    request,
    () => readPermissions(request, parts),
    at,
  );
  const facts = establishFacts(request, found, standings, permissions, register, on);
  const decision = decisions.decide(facts);
  const permitted = decision.items.filter(({ outcome }) => outcome === 'permit');
  const reliedOn = permitted.flatMap(({ item }) => permissions.get(item)?.permissions ?? []);
  const revealsUnmatched = permitted.every(({ item }) => found?.legs.get(item)?.unmatched === 'reveal');
  const once = [...new Map(reliedOn.map((permission) => [permission.id, permission])).values()];
  return { request, facts, decision, permissions: once, revealsUnmatched, register, at };
}

async function readPermissions(request: DisclosureRequest, { keys, permissions }: DecisionParts) {
  const agencies = [request.caller.agency, supplierOf(request)];
  const handles = agencies.flatMap((agency) =>
    request.identifiers.map((identifier) => subjectHandle(keys.subjectHandle, agency, identifier)),
  );
  return await permissions.recordedOf(handles, agencies, PERMISSIONS_DEADLINE_MS);
}

/** Day in UTC, `YYYY-MM-DD`. */
export const dayOf = (at: Date): string => at.toISOString().slice(0, 10);
