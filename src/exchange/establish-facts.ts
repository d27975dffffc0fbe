import { acceptsCaseReference, type Leg } from '../agreements/index.js';
import type { DataItem } from '../catalogue/index.js';
import type { Register } from '../definitions/index.js';
import {
  basesReliedOn,
  requiredPermissions,
  stackGaps,
  type Flow,
  type LegalBasesCatalogue,
  type PermissionKind,
  type StackGap,
} from '../legal-bases/index.js';
import type { DisclosureFacts, ItemFacts } from '../policy/index.js';
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
    if (!leg || !found) return { item, definition, leg: undefined, gaps: [], reliedOn: [], kinds: [] };
    const flow = flowOf({ definition, leg, found, request, register, on });
    return { item, definition, leg, ...assess(catalogue, leg, flow) };
  });
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
  { item, definition, leg, gaps, reliedOn }: ItemStanding,
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
    leg: leg ? { ...legFacts(leg, request), legalBasis: reliedOn, gaps } : null,
    permission: { required, state },
    // Only where it is so: facts of an earlier day do not have them.
    ...(objection && { objection }),
    ...(heldBack && { heldBack }),
  };
}

function legFacts(leg: Leg, request: DisclosureRequest): Omit<NonNullable<ItemFacts['leg']>, 'legalBasis' | 'gaps'> {
  const { caseReference } = request;
  return {
    id: leg.id,
    coversPurpose: leg.purposes.includes(request.purpose),
    coversPattern: leg.patterns.includes(request.pattern),
    coversRole: leg.roles.includes(request.requestedBy.role),
    coversIdentifierTypes: request.identifiers.every(({ type }) => leg.identifierTypes.includes(type)),
    caseReference:
      caseReference === undefined
        ? 'absent'
        : leg.caseReferences.some((rule) => acceptsCaseReference(rule, caseReference))
          ? 'accepted'
          : 'not-accepted',
  };
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

function assess(catalogue: LegalBasesCatalogue, leg: Leg, flow: Flow): ReturnType<typeof assessNow> {
  let known = assessments.get(catalogue);
  if (!known || known.size >= MOST_ASSESSMENTS) assessments.set(catalogue, (known = new Map()));
  const key = JSON.stringify([leg.legalBasis, flow]);
  let assessment = known.get(key);
  if (!assessment) known.set(key, (assessment = assessNow(catalogue, leg, flow)));
  return assessment;
}

function assessNow(catalogue: LegalBasesCatalogue, leg: Leg, flow: Flow) {
  return {
    gaps: stackGaps(catalogue, leg.legalBasis, flow),
    reliedOn: basesReliedOn(catalogue, leg.legalBasis, flow),
    kinds: requiredPermissions(catalogue, leg.legalBasis, flow),
  };
}

/** The type of an agency; one that is not registered is given a type that no legal basis reaches. */
function typeOf(register: Register, agency: string) {
  return register.agency(agency)?.type ?? 'elected-representative';
}
