import type { Clock } from '../config/index.js';
import type { Register } from '../definitions/index.js';
import type { GatewayKeys } from '../keys/index.js';
import type { LegalBasesCatalogue } from '../legal-bases/index.js';
import type { PermissionsService } from '../permissions/permissions.module.js';
import { goesByOverride, type Decision, type Decisions } from '../policy/index.js';
import { isAddressSuppressed } from '../statements/index.js';
import { type StatementsRead, type StatementsService } from '../statements/statements.module.js';
import { budgetUses } from './budgets.js';
import { dayOf } from './day-of.js';
import { supplierOf, type DisclosureRequest } from './disclosure-request.js';
import { establishFacts, needsOf, standingsOf } from './establish-facts.js';
import { handlesOf, type Decided } from './exchange-entry.js';
import { findAgreementsInForce, governs, type FoundAgreement } from './find-agreement-in-force.js';
import { gatherPermissionFacts, type ReadRecorded } from './gather-permission-facts.js';
import { agenciesUnderPart3 } from './law-enforcement.js';
import { toldOfWithdrawal } from './permission-uses.js';

/** What deciding needs beside the request and the register. */
export interface DecisionParts {
  readonly catalogue: LegalBasesCatalogue;
  readonly permissions: Pick<PermissionsService, 'recordedOf'>;
  readonly statements: Pick<StatementsService, 'recordedOf'>;
  readonly decisions: Decisions;
  readonly clock: Clock;
  readonly keys: Pick<GatewayKeys, 'subjectHandle'>;
}

/** Longest wait for what was recorded of a person, milliseconds. */
const READING_DEADLINE_MS = 1_000;

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
  const agencies = [request.caller.agency, supplierOf(request)];
  const subjectHandles = handlesOf(request, parts.keys.subjectHandle);
  const handles = [...subjectHandles.requester, ...subjectHandles.supplier];
  let recorded: ReturnType<ReadRecorded> | undefined;
  const readRecorded = () => (recorded ??= parts.permissions.recordedOf(handles, agencies, READING_DEADLINE_MS));
  const said = await parts.statements.recordedOf(handles, READING_DEADLINE_MS);
  const under = (found: FoundAgreement | undefined) =>
    decideUnder(found, { request, subjectHandles, register, at, readRecorded, said }, parts);
  const decided = await under(nearest);
  if (!nearest || !governs(nearest, request)) return decided;
  const governing = others.filter((other) => governs(other, request));
  const alternatives = await Promise.all(governing.map(under));
  const conflicting = governing.filter((_, i) => !decidesAlike(decided.decision, alternatives[i]!.decision));
  return conflicting.length > 0 ? inConflict(decided, [nearest, ...conflicting], parts) : decided;
}

async function decideUnder(
  found: FoundAgreement | undefined,
  of: Pick<Decided, 'request' | 'subjectHandles' | 'register' | 'at'> & {
    readonly readRecorded: ReadRecorded;
    readonly said: StatementsRead;
  },
  { catalogue, decisions }: DecisionParts,
): Promise<Decided> {
  const { request, subjectHandles, register, at, readRecorded, said } = of;
  const { statements, seen, handles } = said;
  const on = dayOf(at);
  const standings = standingsOf(request, found, register, catalogue, on);
  const needs = needsOf(standings, request, catalogue);
  const permissions = await gatherPermissionFacts(needs, request, readRecorded, statements, at);
  const facts = establishFacts(request, found, standings, { permissions, statements }, register, at);
  const decision = decisions.decide(facts);
  const permitted = decision.items.filter(({ outcome }) => outcome === 'permit');
  // What goes by an override rests on no permission.
  const ordinary = permitted.filter((item) => !goesByOverride(item));
  const reliedOn = ordinary.flatMap(({ item }) => permissions.get(item) ?? []);
  // An override takes nothing of a budget: a life at risk does not wait for the hour to end, and each is reviewed.
  const counts = decision.outcome !== 'deny' && ordinary.length === permitted.length;
  return {
    request,
    subjectHandles,
    facts,
    decision,
    permissions: onceEach(reliedOn.flatMap((fact) => fact.permissions)),
    statements: { seen, handles, reliedOn: onceEach(reliedOn.flatMap(({ inBestInterests }) => inBestInterests ?? [])) },
    addressSuppressed: isAddressSuppressed(statements, at),
    conflicting: [],
    budgets: counts
      ? budgetUses(
          found,
          permitted.map(({ item }) => item),
          request.caller.system,
        )
      : [],
    toldOfWithdrawal: toldOfWithdrawal(
      found,
      ordinary.map(({ item }) => item),
      permissions,
    ),
    underPart3: agenciesUnderPart3(request, decision, catalogue),
    revealsUnmatched: permitted.every(({ item }) => found?.legs.get(item)?.unmatched === 'reveal'),
    register,
    at,
  };
}

const onceEach = <Record extends { readonly id: string }>(records: readonly Record[]): Record[] => [
  ...new Map(records.map((record) => [record.id, record])).values(),
];

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
  return {
    ...decided,
    facts,
    decision: decisions.decide(facts),
    permissions: [],
    statements: { ...decided.statements, reliedOn: [] },
    budgets: [],
    toldOfWithdrawal: [],
    underPart3: [],
    conflicting,
  };
}
