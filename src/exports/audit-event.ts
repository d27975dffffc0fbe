import type { ExchangeClaims } from '../disclosure-log/index.js';
import type { Register } from '../definitions/index.js';
import { REASON_CODES, type ReasonCode } from '../policy/index.js';
import { IDENTIFIER_TYPES, isIdentifierType } from '../subject-handles/index.js';
import { legalBasesOf, otherAgency, reasonsOf, type Fate, type OwnExchange } from './own-exchanges.js';

/** A code of a code system (FHIR R4 datatype Coding). */
interface Coding {
  readonly system: string;
  readonly code: string;
  readonly display?: string;
}
interface CodeableConcept {
  readonly coding?: readonly Coding[];
  readonly text?: string;
}
/** A logical reference: the resource is named, and is in no FHIR server of the gateway's. */
interface Reference {
  readonly type: 'Organization' | 'Patient' | 'Location' | 'Device';
  readonly identifier: { readonly system: string; readonly value: string };
  readonly display?: string;
}
interface Agent {
  readonly type?: CodeableConcept;
  readonly role?: readonly CodeableConcept[];
  readonly who: Reference;
  readonly altId?: string;
  readonly name?: string;
  readonly requestor: boolean;
  readonly policy?: readonly string[];
}
interface Entity {
  readonly what?: Reference | { readonly identifier: { readonly system: string; readonly value: string } };
  readonly type?: Coding;
  readonly role?: Coding;
  readonly name?: string;
  readonly detail?: readonly { readonly type: string; readonly valueString: string }[];
}

/** HL7 FHIR R4 AuditEvent (https://hl7.org/fhir/R4/auditevent.html), as far as an exchange fills it. */
export interface FhirAuditEvent {
  readonly resourceType: 'AuditEvent';
  readonly id: string;
  readonly type: Coding;
  readonly subtype: readonly Coding[];
  readonly action: 'R';
  readonly period?: { readonly start: string; readonly end: string };
  readonly recorded: string;
  readonly outcome: '0' | '4' | '8';
  readonly outcomeDesc: string;
  readonly purposeOfEvent?: readonly CodeableConcept[];
  readonly agent: readonly Agent[];
  readonly source: { readonly observer: Reference; readonly type: readonly Coding[] };
  readonly entity: readonly Entity[];
}

/** What an exchange is told with. */
export interface AuditEventParts {
  /** Whose export it is: the subject's handle is the one in this agency's view. */
  readonly agency: string;
  /** Names and codes of agencies are today's. */
  readonly register: Pick<Register, 'agency' | 'dataService'>;
  /** Of the gateway; its own codes and handles are named below it. */
  readonly publicUrl: string;
  /** Number of the line in the export. */
  readonly line: number;
}

const ODS = 'https://fhir.nhs.uk/Id/ods-organization-code';
const GSS = 'http://statistics.data.gov.uk/id/statistical-geography';
const HL7 = 'http://terminology.hl7.org/CodeSystem';
const DCM = 'http://dicom.nema.org/resources/ontology/DCM';

/** `0` success; `4` it was decided against; `8` it was permitted and came to nothing. */
const OUTCOMES: Readonly<Record<Fate, FhirAuditEvent['outcome']>> = {
  disclosed: '0',
  refused: '4',
  'not-shared': '4',
  'supplier-failed': '8',
  'permit-lapsed': '8',
  unconfirmed: '8',
  'not-released': '8',
  unresolved: '8',
  // What it was is no longer known; that it is on record is.
  erased: '0',
};

/**
 * An exchange as an HL7 FHIR R4 AuditEvent, for the audit repositories of record systems. Agencies are named by ODS or GSS code
 * where they have one.
 *
 * INVARIANT: 1. The subject is a logical reference by a handle, in the exporting agency's own view. Staff ids are those of the
 * agency's own staff.
 */
export function auditEvent(exchange: OwnExchange, parts: AuditEventParts): FhirAuditEvent {
  const { index, exchangeId, leafHash, fate, recordedAt } = exchange;
  const { publicUrl, line } = parts;
  const own = (name: string): string => `${publicUrl}/codes/${name}`;
  const base = {
    resourceType: 'AuditEvent',
    type: { system: DCM, code: '110112', display: 'Query' },
    action: 'R',
    outcome: OUTCOMES[fate],
    source: {
      observer: gateway(publicUrl),
      type: [{ system: `${HL7}/security-source-type`, code: '4', display: 'Application Server' }],
    },
  } as const;
  const place: Entity = {
    what: { identifier: { system: `${publicUrl}/exchanges`, value: exchange.shape === 'erased' ? '' : exchangeId } },
    type: { system: `${HL7}/audit-entity-type`, code: '4', display: 'Other' },
    detail: [
      { type: 'line', valueString: String(line) },
      { type: 'log-index', valueString: String(index) },
      { type: 'leaf-hash', valueString: leafHash.toString('base64') },
    ],
  };
  const subtype: Coding[] = [{ system: own('fate'), code: fate }];
  if (exchange.shape === 'erased') {
    const { what: _, ...onlyPlace } = place;
    return {
      ...base,
      id: `log-${index}`,
      subtype,
      recorded: recordedAt.toISOString(),
      outcomeDesc: 'The body of this record was erased under a retention rule.',
      agent: [{ who: gateway(publicUrl), requestor: false }],
      entity: [onlyPlace],
    };
  }
  const told = exchange.shape === 'brokered' ? brokered(exchange, parts, own) : decidedOutside(exchange, parts, own);
  const { purpose } = exchange.claims;
  return {
    ...base,
    id: exchangeId,
    subtype: [...(fate === 'disclosed' ? [DISCLOSED] : []), ...subtype],
    ...(told.period && { period: told.period }),
    recorded: told.recorded,
    outcomeDesc:
      reasonsOf(exchange)
        .map((code) => REASON_CODES[code as ReasonCode] ?? code)
        .join(' ') || 'Everything that was asked for may be disclosed.',
    ...(purpose !== null && {
      purposeOfEvent: [{ coding: [{ system: own('purpose'), code: purpose }] }, ...told.urgency],
    }),
    agent: told.agent,
    entity: [...told.subject, ...told.items, place],
  };
}

const DISCLOSED: Coding = { system: `${HL7}/iso-21089-lifecycle`, code: 'disclose' };
const BREAK_GLASS: CodeableConcept = {
  coding: [{ system: `${HL7}/v3-ActReason`, code: 'BTG', display: 'break the glass' }],
};

interface Told {
  readonly period?: { readonly start: string; readonly end: string };
  readonly recorded: string;
  readonly urgency: readonly CodeableConcept[];
  readonly agent: readonly Agent[];
  readonly subject: readonly Entity[];
  readonly items: readonly Entity[];
}
type Shaped<Shape extends OwnExchange['shape']> = Extract<OwnExchange, { shape: Shape }>;
type OwnCode = (name: string) => string;

function brokered(exchange: Shaped<'brokered'>, parts: AuditEventParts, own: OwnCode): Told {
  const { claims, detail, decidedAt, became } = exchange;
  const { requester, supplier, agreement, override } = claims;
  const asRequester = exchange.direction === 'asked';
  const handles = detail.subjectHandles?.[asRequester ? 'requester' : 'supplier'] ?? [];
  const policy = [
    ...(agreement ? [`${own('agreement')}/${agreement.id}/${agreement.version}`] : []),
    ...legalBasesOf(exchange).map((id) => `${own('legal-basis')}/${id}`),
  ];
  return {
    ...(became?.at && { period: { start: decidedAt, end: became.at } }),
    recorded: became?.at ?? decidedAt,
    urgency: [
      ...(claims.decision.reasonCodes.includes('PERMIT_BREAK_GLASS') ? [BREAK_GLASS] : []),
      ...(override ? [{ coding: [{ system: own('override'), code: override.reason }] }] : []),
    ],
    agent: [
      {
        type: participation('IRCP', 'information recipient'),
        ...(requester.role !== null && { role: [{ text: requester.role }] }),
        who: organization(requester.agency, parts),
        ...(asRequester && requester.staffId !== null && { altId: requester.staffId }),
        name: requester.system,
        requestor: true,
        ...(policy.length > 0 && { policy }),
      },
      ...(supplier === null
        ? []
        : [{ type: participation('CST', 'custodian'), who: organization(supplier, parts), requestor: false }]),
    ],
    subject: subjectEntities(handles, claims.dataService, parts),
    items: claims.items.map((item) => itemEntity(item, claims, own)),
  };
}

function decidedOutside(exchange: Shaped<'not-shared'>, parts: AuditEventParts, own: OwnCode): Told {
  const { claims, detail } = exchange;
  const { decidedBy } = claims;
  return {
    recorded: claims.at,
    urgency: [],
    agent: [
      {
        type: participation('IRCP', 'information recipient'),
        who: organization(otherAgency(exchange) ?? '', parts),
        requestor: true,
      },
      {
        type: participation('CST', 'custodian'),
        role: [{ text: decidedBy.role }],
        who: organization(claims.supplier, parts),
        altId: decidedBy.staffId,
        requestor: false,
      },
    ],
    subject: subjectEntities(detail.subjectHandles, claims.items[0]?.split('#')[0] ?? null, parts),
    items: claims.items.map((item) => ({
      what: { identifier: { system: own('data-item'), value: item } },
      type: OBJECT,
      detail: [{ type: 'outcome', valueString: 'deny' }],
    })),
  };
}

const OBJECT: Coding = { system: `${HL7}/audit-entity-type`, code: '2', display: 'System Object' };

function itemEntity(item: ExchangeClaims['items'][number], { dataService, outcome }: ExchangeClaims, own: OwnCode) {
  const { dataItem } = item;
  const withheld = outcome?.withheld.find((one) => one.dataItem === dataItem);
  const texts: [string, string][] = [
    ['outcome', item.outcome],
    ['released', outcome?.result === 'disclosed' && outcome.released.includes(dataItem) ? 'yes' : 'no'],
    ...item.reasonCodes.map((code): [string, string] => ['reason', code]),
    ...(withheld ? [['withheld', withheld.reason] as [string, string]] : []),
    ...item.legalBasis.map((id): [string, string] => ['legal-basis', id]),
  ];
  return {
    what: { identifier: { system: own('data-item'), value: `${dataService ?? ''}#${dataItem}` } },
    type: OBJECT,
    detail: texts.map(([type, valueString]) => ({ type, valueString })),
  };
}

/** Of a person with several identifiers, the first handle. Nobody, where the request was not understood or named none. */
function subjectEntities(handles: readonly string[], dataService: string | null, parts: AuditEventParts): Entity[] {
  const [handle] = handles;
  if (handle === undefined) return [];
  const identifier = { system: `${parts.publicUrl}/subject-handles/${parts.agency}`, value: handle };
  if (namesPlaces(dataService, parts)) return [{ what: { type: 'Location', identifier }, type: OBJECT }];
  return [
    {
      what: { type: 'Patient', identifier },
      type: { system: `${HL7}/audit-entity-type`, code: '1', display: 'Person' },
      role: { system: `${HL7}/object-role`, code: '1', display: 'Patient' },
    },
  ];
}

/** Whether a data service finds places alone, so that what was asked about is no patient. */
function namesPlaces(dataService: string | null, { register }: AuditEventParts): boolean {
  const types = register.dataService(dataService ?? '')?.identifierTypes ?? [];
  return types.length > 0 && types.every((type) => isIdentifierType(type) && IDENTIFIER_TYPES[type].names === 'place');
}

const participation = (code: string, display: string): CodeableConcept => ({
  coding: [{ system: `${HL7}/v3-ParticipationType`, code, display }],
});

const gateway = (publicUrl: string): Reference => ({
  type: 'Device',
  identifier: { system: 'urn:ietf:rfc:3986', value: publicUrl },
});

function organization(id: string, { register, publicUrl }: AuditEventParts): Reference {
  const agency = register.agency(id);
  const { ods, gss } = agency?.codes ?? {};
  const identifier = (ods !== undefined && { system: ODS, value: ods }) ||
    (gss !== undefined && { system: GSS, value: gss }) || { system: `${publicUrl}/agencies`, value: id };
  return { type: 'Organization', identifier, ...(agency && { display: agency.name }) };
}
