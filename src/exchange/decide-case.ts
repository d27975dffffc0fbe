import { randomBytes, randomUUIDv7 as uuid } from 'node:crypto';
import { Problem } from '../api-contract/index.js';
import type { DefinedRegister, Register, SchemaFault } from '../definitions/index.js';
import type { ExchangeClaims } from '../disclosure-log/index.js';
import type { LegalBasesCatalogue } from '../legal-bases/index.js';
import { capacityRule, type Permission } from '../permissions/index.js';
import type { Decisions } from '../policy/index.js';
import type { SharingStatement } from '../statements/index.js';
import { IDENTIFIER_TYPES, subjectHandle, type IdentifierType } from '../subject-handles/index.js';
import { answeredDecision, suppressedOf } from './answered-decision.js';
import { dayOf } from './day-of.js';
import { decideRequest } from './decide-request.js';
import { supplierOf, type Arrival, type DisclosureRequest } from './disclosure-request.js';
import { decisionEntry, unreadableRequestEntry, type Decided } from './exchange-entry.js';
import { parseDisclosureRequest } from './parse-disclosure-request.js';
import type { ExpectedDecision, PermissionOnRecord, PolicyCase, StatementOnRecord } from './policy-test.js';

export interface CaseParts {
  readonly defined: DefinedRegister;
  readonly catalogue: LegalBasesCatalogue;
  readonly decisions: Decisions;
}

/** What was decided, as the log would word it; and why a request was not understood. */
export interface CaseDecision extends ExpectedDecision {
  readonly remark?: string;
}

/**
 * Takes the request of a case through steps 2 to 5 of an exchange. What it names MUST be known (see `findCaseFaults`).
 * @returns what would be recorded; or faults, for a request that no test can mean to make
 */
export async function decideCase(
  of: PolicyCase,
  now: Date,
  { defined: { register }, catalogue, decisions }: CaseParts,
): Promise<CaseDecision | { readonly faults: readonly SchemaFault[] }> {
  const exchangeId = uuid();
  const arrival = arrivalOf(of, register);
  let request: DisclosureRequest;
  try {
    request = parseDisclosureRequest(arrival, exchangeId, register);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { pointers = [], detail = error.message } = error.details;
    // How the subject is named can be the point of a case; a member that is written wrongly cannot.
    if (!pointers.every((pointer) => pointer.startsWith('/subject/'))) {
      return { faults: [{ path: ['request'], reason: `no system could send this request: ${detail}` }] };
    }
    const recordedOf = { policyVersion: decisions.policies.version, registerRevision: register.revision, at: now };
    const { claims } = unreadableRequestEntry(arrival, exchangeId, recordedOf);
    return { ...decisionOf(claims), remark: `the request was not understood: ${detail}` };
  }
  const subjectHandleKey = randomBytes(32);
  const recorded = (of.permissions ?? []).map((one) => permissionOf(one, request, subjectHandleKey, now));
  const statements = (of.statements ?? []).map((one) => statementOf(one, request, subjectHandleKey, now));
  const agencies = [request.caller.agency, supplierOf(request)];
  const decided = await decideRequest(request, register, {
    catalogue,
    decisions,
    clock: { now: () => now },
    keys: { subjectHandle: subjectHandleKey },
    permissions: { recordedOf: async (handles, agencies) => findRecorded(recorded, handles, agencies) },
    statements: {
      recordedOf: async (handles) => ({ statements: findRecorded(statements, handles, agencies), seen: 0, handles }),
    },
  });
  return answered(of, decided, decisionEntry(decided, subjectHandleKey).claims);
}

/** The decision as the requester is told it, once the supplier has answered. */
function answered({ supplier }: PolicyCase, decided: Decided, claims: ExchangeClaims): CaseDecision {
  const made = decisionOf(claims);
  if (!supplier || made.outcome === 'deny') return made;
  const { knowsThePerson = true, suppresses = [] } = supplier;
  const answer = {
    data: {},
    matched: knowsThePerson,
    surplus: 0,
    suppressed: suppresses.filter((item) => made.items[item] === 'permit'),
  };
  const told = answeredDecision(claims.decision, answer, !knowsThePerson && decided.revealsUnmatched);
  const withheld = suppressedOf(answer).map(({ dataItem, reason }) => [dataItem, reason] as const);
  return { ...told, items: { ...made.items, ...Object.fromEntries(withheld) } };
}

/** The request as it would come in. INVARIANT: 1. Each identifier is the published example of its type, which is nobody's. */
function arrivalOf({ system, request }: PolicyCase, register: Register): Arrival {
  const { pattern, identifierTypes, ...rest } = request;
  const identifiers = identifierTypes.map((type) => ({
    type,
    value: IDENTIFIER_TYPES[type as IdentifierType].example,
  }));
  return {
    pattern,
    caller: { system, agency: register.system(system)?.agency ?? '' },
    body: Buffer.from(JSON.stringify({ ...rest, subject: { identifiers } })),
  };
}

const ASSESSOR = { staffId: 'policy-test', role: 'assessor' } as const;

/** A permission as the agency that recorded it would have it on record. */
function permissionOf(
  { answer = 'given', capacityFinding, recordedAt, validFrom, validUntil, withdrawnAt, ...rest }: PermissionOnRecord,
  { identifiers }: DisclosureRequest,
  key: Buffer,
  now: Date,
): Permission {
  const from = new Date(validFrom);
  const rule = capacityRule(rest.givenBy, rest.capacity);
  const finding = capacityFinding ?? (rule?.required ? rule.finding : undefined);
  return {
    ...rest,
    id: uuid(),
    answer,
    method: 'paper',
    wordingVersion: 'policy-test',
    language: 'en',
    askedBy: null,
    capacityStatement: finding ? { finding, assessedBy: ASSESSOR, assessedOn: dayOf(from) } : null,
    validFrom: from,
    validUntil: validUntil === undefined ? null : new Date(validUntil),
    subjectHandles: identifiers.map((identifier) => subjectHandle(key, rest.recordedBy, identifier)),
    recordedAt: recordedAt !== undefined ? new Date(recordedAt) : from > now ? now : from,
    withdrawnAt: withdrawnAt === undefined ? null : new Date(withdrawnAt),
    supersededBy: null,
    revision: 0,
  };
}

/** A statement as the agency that recorded it would have it on record. */
function statementOf(
  { says = 'do-not-share', recordedAt, validUntil, liftedAt, ...rest }: StatementOnRecord,
  { identifiers }: DisclosureRequest,
  key: Buffer,
  now: Date,
): SharingStatement {
  return {
    ...rest,
    id: uuid(),
    says,
    reason: null,
    decision: null,
    subjectHandles: identifiers.map((identifier) => subjectHandle(key, rest.recordedBy, identifier)),
    validUntil: validUntil === undefined ? null : new Date(validUntil),
    recordedAt: recordedAt === undefined ? now : new Date(recordedAt),
    liftedAt: liftedAt === undefined ? null : new Date(liftedAt),
  };
}

/** What `recordedOf` of permissions and of statements reads from the database. */
const findRecorded = <Recorded extends Permission | SharingStatement>(
  recorded: readonly Recorded[],
  handles: readonly string[],
  agencies: readonly string[],
): Recorded[] =>
  recorded.filter(
    ({ recordedBy, subjectHandles }) =>
      agencies.includes(recordedBy) && subjectHandles.some((handle) => handles.includes(handle)),
  );

const decisionOf = ({ decision: { outcome, reasonCodes }, items }: ExchangeClaims): CaseDecision => ({
  outcome,
  reasonCodes,
  items: Object.fromEntries(
    items.map(({ dataItem, outcome: of, reasonCodes: [foremost = ''] }) => [dataItem, of === 'permit' ? of : foremost]),
  ),
});

/** What was decided otherwise than expected, in sentences. */
export function differencesOf(expected: ExpectedDecision, actual: CaseDecision): string[] {
  const compare = (what: string, should: string, is: string): string[] =>
    should === is ? [] : [`${what}: expected ${should}, got ${is}`];
  const sorted = (codes: readonly string[]): string => codes.toSorted().join(' and ');
  const items = new Set([...Object.keys(expected.items), ...Object.keys(actual.items)]);
  const differences = [
    ...compare('outcome', expected.outcome, actual.outcome),
    ...compare('reason codes', sorted(expected.reasonCodes), sorted(actual.reasonCodes)),
    ...[...items].flatMap((item) =>
      compare(`item ${item}`, expected.items[item] ?? 'nothing', actual.items[item] ?? 'nothing'),
    ),
  ];
  return differences.length > 0 && actual.remark !== undefined ? [...differences, actual.remark] : differences;
}
