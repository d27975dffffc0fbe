import { acceptsCaseReference, isWithinHours, rolesFor, type Leg } from '../agreements/index.js';
import type { DataItem } from '../catalogue/index.js';
import type { Register } from '../definitions/index.js';
import {
  basesReliedOn,
  findBars,
  requiredPermissions,
  stackGaps,
  type Flow,
  type LegalBasesCatalogue,
  type PermissionKind,
  type StackGap,
} from '../legal-bases/index.js';
import type { DisclosureFacts, ItemFacts, OverrideFacts } from '../policy/index.js';
import { findStatements, type SharingStatement } from '../statements/index.js';
import { dayOf } from './day-of.js';
import { supplierOf, type DisclosureRequest } from './disclosure-request.js';
import type { FoundAgreement } from './find-agreement-in-force.js';
import type { ItemNeed, PermissionFact } from './gather-permission-facts.js';

/** An item as it stands in the catalogue and in the agreement, before any permission is looked at. */
export interface ItemStanding {
  readonly item: string;
  /** Absent where the data service has no such item. */
  readonly definition: DataItem | undefined;
  readonly leg: Leg | undefined;
  readonly gaps: readonly StackGap[];
  /** The bases of the leg's stack that a disclosure of this item rests on. */
  readonly reliedOn: readonly string[];
  readonly kinds: readonly PermissionKind[];
  /** Provisions that forbid the disclosure. */
  readonly bars: readonly string[];
  /** The override that the request invokes, where the leg allows any. */
  readonly override: OverrideFacts | undefined;
}

/** What an item that nobody has defined counts as: the most sensitive there is. */
const UNDEFINED_ITEM = { sensitivity: 'criminal-offence', confidential: true } as const;

/** How each requested item stands on this day: its definition, its leg, and whether the leg's stack is complete for it. */
export function standingsOf(
  request: DisclosureRequest,
  found: FoundAgreement | undefined,
  register: Register,
  catalogue: LegalBasesCatalogue,
  on: string,
): ItemStanding[] {
  const service = register.dataService(request.dataService);
  return request.dataItems.map((item) => {
    const definition = service?.items.find(({ id }) => id === item);
    const leg = definition && found?.legs.get(item);
    const bars = barsOn({ request, found, register, catalogue, definition, leg });
    if (!leg || !found) {
      return { item, definition, leg: undefined, gaps: [], reliedOn: [], kinds: [], bars, override: undefined };
    }
    const flow = flowOf({ definition, leg, found, request, register, on });
    const override = overrideFacts(request, leg, flow, catalogue);
    const { kinds, ...assessment } = assess(catalogue, leg.legalBasis, flow);
    const asked = [...new Set([...kinds, ...(leg.asks ?? [])])];
    return { item, definition, leg, ...assessment, kinds: asked, bars, override };
  });
}

/**
 * Bars are looked at before anything that could permit. INVARIANT: 8. What an item falls under is said only to who has an
 * agreement for its data service.
 */
function barsOn(of: {
  request: DisclosureRequest;
  found: FoundAgreement | undefined;
  register: Register;
  catalogue: LegalBasesCatalogue;
  definition: DataItem | undefined;
  leg: Leg | undefined;
}): string[] {
  const { request, found, register, catalogue, definition, leg } = of;
  return findBars(catalogue, {
    from: typeOf(register, supplierOf(request)),
    purpose: request.purpose,
    restrictedBy: (found && definition?.restrictedBy) ?? [],
    stack: [...(leg?.legalBasis ?? []), ...((request.override && leg?.override?.legalBasis) ?? [])],
  });
}

/** What the vital interests of a person are protected under (UK GDPR Art. 6(1)(d)). */
const VITAL_INTERESTS = 'ukgdpr-6-1-d';

function overrideFacts(
  { override: invoked }: DisclosureRequest,
  { override: allowed }: Leg,
  flow: Flow,
  catalogue: LegalBasesCatalogue,
): OverrideFacts | undefined {
  if (!invoked || !allowed) return undefined;
  const { gaps, reliedOn, kinds } = assess(catalogue, allowed.legalBasis, { ...flow, authorised: true });
  return {
    // A stack that itself rests on a permission overrides nothing.
    accepted:
      allowed.authorisedBy.includes(invoked.authorisedBy.role) &&
      allowed.reasons.includes(invoked.reason) &&
      kinds.length === 0,
    kind: reliedOn.includes(VITAL_INTERESTS) ? 'vital-interests' : 'duty-of-care',
    legalBasis: reliedOn,
    gaps,
  };
}

export function needsOf(
  standings: readonly ItemStanding[],
  { purpose }: DisclosureRequest,
  catalogue: LegalBasesCatalogue,
): ItemNeed[] {
  const forBenefits = catalogue.covers(purpose, ['benefits-administration']);
  return standings.map(({ item, definition, kinds }) => {
    const { sensitivity } = definition ?? UNDEFINED_ITEM;
    return { item, kinds, sensitivity, forBenefits };
  });
}

/** What was recorded of the person: permissions by item, and statements about sharing. */
export interface RecordedFacts {
  readonly permissions: ReadonlyMap<string, PermissionFact>;
  readonly statements: readonly SharingStatement[];
}

/** Everything that the decision depends on, and nothing of a person. */
export function establishFacts(
  request: DisclosureRequest,
  found: FoundAgreement | undefined,
  standings: readonly ItemStanding[],
  recorded: RecordedFacts,
  register: Register,
  at: Date,
): DisclosureFacts {
  const on = dayOf(at);
  const supplier = supplierOf(request);
  return {
    on,
    pattern: request.pattern,
    purpose: request.purpose,
    requester: {
      agency: request.caller.agency,
      agencyType: typeOf(register, request.caller.agency),
      role: request.requestedBy.role,
    },
    supplier: { agency: supplier, agencyType: typeOf(register, supplier) },
    dataService: request.dataService,
    caseReferenceGiven: request.caseReference !== undefined,
    agreement: found ? agreementFacts(found, request, supplier) : null,
    items: standings.map((standing) => itemFacts(standing, request, recorded, at)),
  };
}

function agreementFacts({ signed, state }: FoundAgreement, request: DisclosureRequest, supplier: string) {
  const { agreement, hash } = signed;
  return {
    id: agreement.id,
    version: agreement.version,
    hash,
    state,
    requesterIsParty: agreement.parties.includes(request.caller.agency),
    supplierIsParty: agreement.parties.includes(supplier),
    coversPurpose: agreement.purposes.includes(request.purpose),
  };
}

function itemFacts(
  { item, definition, leg, gaps, reliedOn, bars, override }: ItemStanding,
  request: DisclosureRequest,
  { permissions, statements }: RecordedFacts,
  at: Date,
): ItemFacts {
  const { sensitivity, confidential } = definition ?? UNDEFINED_ITEM;
  const { required, state } = permissions.get(item) ?? { required: [], state: 'unknown' as const };
  const question = {
    purpose: request.purpose,
    recipient: request.caller.agency,
    item: `${request.dataService}#${item}`,
  };
  const { objection, heldBack } = findStatements(statements, question, at);
  return {
    item,
    sensitivity,
    confidential,
    leg: leg ? { ...legFacts(leg, request, at), legalBasis: reliedOn, gaps } : null,
    permission: { required, state },
    ...(bars.length > 0 && { bars }),
    ...(override && { override }),
    // Only where it is so: facts of an earlier day do not have them.
    ...(objection && { objection }),
    ...(heldBack && { heldBack }),
  };
}

function legFacts(
  leg: Leg,
  request: DisclosureRequest,
  at: Date,
): Omit<NonNullable<ItemFacts['leg']>, 'legalBasis' | 'gaps'> {
  const { caseReference } = request;
  return {
    id: leg.id,
    coversPurpose: leg.purposes.includes(request.purpose),
    coversPattern: leg.patterns.includes(request.pattern),
    coversRole: rolesFor(leg, request.purpose).includes(request.requestedBy.role),
    coversIdentifierTypes: request.identifiers.every(({ type }) => leg.identifierTypes.includes(type)),
    caseReference:
      caseReference === undefined
        ? 'absent'
        : leg.caseReferences.some((rule) => acceptsCaseReference(rule, caseReference))
          ? 'accepted'
          : 'not-accepted',
    ...(leg.override?.only && { onlyByOverride: true as const }),
    ...assuranceFact(leg, request),
    ...(leg.hours && !isWithinHours(leg.hours, at) && { outsideHours: true }),
  };
}

/** Who does not say how sure it is, where the leg asks, is not sure. */
export function assuranceFact(
  { assurance: asked }: Pick<Leg, 'assurance'>,
  { assurance = 'unverified' }: Pick<DisclosureRequest, 'assurance'>,
): Pick<NonNullable<ItemFacts['leg']>, 'assurance'> {
  if (!asked || asked.accepts.includes(assurance)) return {};
  return { assurance: asked.reviews?.includes(assurance) ? 'to-be-reviewed' : 'not-accepted' };
}

function flowOf(of: {
  definition: DataItem;
  leg: Leg;
  found: FoundAgreement;
  request: DisclosureRequest;
  register: Register;
  on: string;
}): Flow {
  return {
    from: typeOf(of.register, of.leg.from),
    to: typeOf(of.register, of.leg.to),
    purpose: of.request.purpose,
    sensitivity: of.definition.sensitivity,
    confidential: of.definition.confidential,
    on: of.on,
    policyDocument: of.found.signed.agreement.policyDocument !== undefined,
  };
}

/** What a stack lacks for a flow depends on these two alone, and the same few come again and again. */
const assessments = new WeakMap<LegalBasesCatalogue, Map<string, ReturnType<typeof assessNow>>>();
const MOST_ASSESSMENTS = 10_000;

function assess(catalogue: LegalBasesCatalogue, stack: readonly string[], flow: Flow): ReturnType<typeof assessNow> {
  let known = assessments.get(catalogue);
  if (!known || known.size >= MOST_ASSESSMENTS) assessments.set(catalogue, (known = new Map()));
  const key = JSON.stringify([stack, flow]);
  let assessment = known.get(key);
  if (!assessment) known.set(key, (assessment = assessNow(catalogue, stack, flow)));
  return assessment;
}

function assessNow(catalogue: LegalBasesCatalogue, stack: readonly string[], flow: Flow) {
  return {
    gaps: stackGaps(catalogue, stack, flow),
    reliedOn: basesReliedOn(catalogue, stack, flow),
    kinds: requiredPermissions(catalogue, stack, flow),
  };
}

/** The type of an agency; one that is not registered is given a type that no legal basis reaches. */
function typeOf(register: Register, agency: string) {
  return register.agency(agency)?.type ?? 'elected-representative';
}
