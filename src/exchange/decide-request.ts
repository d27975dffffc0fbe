import type { Clock } from '../config/index.js';
import type { Register } from '../definitions/index.js';
import type { GatewayKeys } from '../keys/index.js';
import type { LegalBasesCatalogue } from '../legal-bases/index.js';
import type { PermissionsService } from '../permissions/index.js';
import type { Decision, Decisions } from '../policy/index.js';
import { subjectHandle } from '../subject-handles/index.js';
import { supplierOf, type DisclosureRequest } from './disclosure-request.js';
import { establishFacts, needsOf, standingsOf } from './establish-facts.js';
import type { Decided } from './exchange-entry.js';
import { findAgreementsInForce, governs, type FoundAgreement } from './find-agreement-in-force.js';
import { gatherPermissionFacts, type ReadRecorded } from './gather-permission-facts.js';

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
  const at = parts.clock.now();
  const [nearest, ...others] = findAgreementsInForce(request, register, dayOf(at));
  let recorded: ReturnType<typeof readPermissions> | undefined;
  const readRecorded = () => (recorded ??= readPermissions(request, parts));
  const under = (found: FoundAgreement | undefined) =>
    decideUnder(found, { request, register, at, readRecorded }, parts);
  const decided = await under(nearest);
  if (!nearest || !governs(nearest, request)) return decided;
  const governing = others.filter((other) => governs(other, request));
  const alternatives = await Promise.all(governing.map(under));
  const conflicting = governing.filter((_, i) => !decidesAlike(decided.decision, alternatives[i]!.decision));
  return conflicting.length > 0 ? inConflict(decided, [nearest, ...conflicting], parts) : decided;
}

async function decideUnder(
  found: FoundAgreement | undefined,
  of: Pick<Decided, 'request' | 'register' | 'at'> & { readonly readRecorded: ReadRecorded },
  { catalogue, decisions }: DecisionParts,
): Promise<Decided> {
  const { request, register, at, readRecorded } = of;
  const on = dayOf(at);
  const standings = standingsOf(request, found, register, catalogue, on);
  const permissions = await gatherPermissionFacts(needsOf(standings, request, catalogue), request, readRecorded, at);
  const facts = establishFacts(request, found, standings, permissions, register, on);
  const decision = decisions.decide(facts);
  const permitted = decision.items.filter(({ outcome }) => outcome === 'permit');
  const reliedOn = permitted.flatMap(({ item }) => permissions.get(item)?.permissions ?? []);
  const once = [...new Map(reliedOn.map((permission) => [permission.id, permission])).values()];
  const revealsUnmatched = permitted.every(({ item }) => found?.legs.get(item)?.unmatched === 'reveal');
  return { request, facts, decision, permissions: once, conflicting: [], revealsUnmatched, register, at };
}

const decidesAlike = (one: Decision, other: Decision): boolean =>
  one.items.every(({ item, outcome }) => other.items.some((also) => also.item === item && also.outcome === outcome));

/** INVARIANT: 2. Two agreements that say different things of one request are a doubt, so the answer is no. */
function inConflict(decided: Decided, agreements: readonly FoundAgreement[], { decisions }: DecisionParts): Decided {
  const { agreement } = decided.facts;
  const facts = { ...decided.facts, agreement: agreement && { ...agreement, conflicts: true as const } };
  const conflicting = agreements.map(
    ({
      signed: {
        agreement: { id, version },
      },
    }) => ({ id, version }),
  );
  return { ...decided, facts, decision: decisions.decide(facts), permissions: [], conflicting };
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
