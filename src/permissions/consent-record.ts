import type { NamedAgency, ToldPermission } from './told-permission.js';

/** `typ` of a permission receipt. */
export const PERMISSION_RECEIPT_TYPE = 'gatehouse-permission-receipt+jws';

/**
 * A permission in the fields of ISO/IEC TS 27560:2023. Times are RFC 3339, UTC. Where the standard has no term, as for a
 * refusal and for the four kinds of permission, the gateway's own stands.
 */
export interface ConsentRecord {
  readonly header: {
    readonly schema_version: 'ISO/IEC TS 27560:2023';
    readonly record_id: string;
    readonly receipt_id: string;
    /** INVARIANT: 1. Handles in the recording agency's view, with spaces between; never an identifier. */
    readonly pii_principal_id: string;
  };
  readonly processing: {
    /** Version of the wording that the person was shown. */
    readonly privacy_notice: string;
    readonly language: string;
    readonly purpose: string;
    readonly purpose_type: string;
    /** Only of consent under the UK GDPR: a permission of another kind is no lawful basis. */
    readonly lawful_basis?: string;
    readonly permission_kind: string;
    readonly given_by: string;
    readonly pii_information: readonly PiiInformation[];
    /** Ids of parties. */
    readonly pii_controllers: readonly string[];
    readonly recipient_third_parties: readonly string[];
    readonly collection_method: string;
    readonly storage_locations: readonly string[];
    readonly retention_period: string;
    readonly jurisdiction: 'GB';
    readonly withdrawal_method: string;
  };
  readonly party: readonly ConsentParty[];
  readonly event: readonly ConsentEvent[];
}

export interface PiiInformation {
  readonly pii_type: string;
  readonly pii_attribute_id: string;
  readonly special_pii_category?: boolean;
  readonly sensitive_pii_category?: boolean;
}

export interface ConsentParty {
  readonly party_id: string;
  readonly name: string;
  readonly address: string;
  readonly contact: string;
  readonly type: string;
  readonly role: readonly ('recorder' | 'holder' | 'recipient')[];
  readonly email?: string;
  readonly url?: string;
  readonly phone?: string;
}

export interface ConsentEvent {
  readonly event_time: string;
  /** ISO 8601 interval; `..` has no end. */
  readonly validity_duration: string;
  readonly event_type: 'explicit';
  readonly event_state: 'given' | 'refused' | 'withdrawn' | 'superseded';
  /** Who recorded it. */
  readonly entity_id: string;
}

const NOT_REGISTERED = 'not registered with this gateway';

/** Every field that the standard makes mandatory is there; what nobody registered says so. */
export function consentRecord(told: ToldPermission): ConsentRecord {
  const { permission, recorder, recipients, holders, events, retention } = told;
  const { id, kind, purpose, wordingVersion, language, method, givenBy } = permission;
  return {
    header: {
      schema_version: 'ISO/IEC TS 27560:2023',
      record_id: id,
      receipt_id: `${id}/${events.length}`,
      pii_principal_id: permission.subjectHandles.join(' '),
    },
    processing: {
      privacy_notice: wordingVersion,
      language,
      purpose: told.purpose,
      purpose_type: purpose,
      ...(kind === 'uk-gdpr-consent' && { lawful_basis: 'UK GDPR Art. 6(1)(a)' }),
      permission_kind: kind,
      given_by: givenBy,
      pii_information: told.items.map(({ id: item, name, sensitivity }) => ({
        pii_type: name,
        pii_attribute_id: item,
        ...(sensitivity && {
          special_pii_category: sensitivity === 'special-category',
          sensitive_pii_category: sensitivity !== 'standard',
        }),
      })),
      pii_controllers: idsOf([...holders, ...recipients]),
      recipient_third_parties: idsOf(recipients),
      collection_method: method,
      storage_locations: [
        `Systems of ${namesOf([...holders, ...recipients])}. The gateway stores none of the information itself.`,
      ],
      retention_period:
        retention.join(' ') || 'None: no agreement in force lets anything be shared on this permission.',
      jurisdiction: 'GB',
      withdrawal_method:
        permission.answer === 'refused'
          ? `A refusal is not withdrawn. Tell ${recorder.name} what you say now; the newest answer counts.`
          : `Tell ${recorder.name} at any time, and give the record_id. It binds as soon as it is recorded.`,
    },
    party: partiesOf(told),
    event: events.map(({ state, at }) => ({
      event_time: at.toISOString(),
      validity_duration: `${(state === 'given' ? permission.validFrom : at).toISOString()}/${
        state === 'given' ? (permission.validUntil?.toISOString() ?? '..') : '..'
      }`,
      event_type: 'explicit',
      event_state: state,
      entity_id: recorder.id,
    })),
  };
}

function partiesOf({ recorder, holders, recipients }: ToldPermission): ConsentParty[] {
  const roles = { recorder: [recorder], holder: holders, recipient: recipients } as const;
  const parties = new Map([recorder, ...holders, ...recipients].map((agency) => [agency.id, agency]));
  return [...parties.values()].map(({ id, name, type, contact }) => ({
    party_id: id,
    name,
    address: contact?.address ?? NOT_REGISTERED,
    contact: contact?.email ?? NOT_REGISTERED,
    type,
    role: (['recorder', 'holder', 'recipient'] as const).filter((role) => roles[role].some((one) => one.id === id)),
    ...(contact && {
      email: contact.email,
      ...(contact.url !== undefined && { url: contact.url }),
      ...(contact.telephone !== undefined && { phone: contact.telephone }),
    }),
  }));
}

const idsOf = (agencies: readonly NamedAgency[]): string[] => [...new Set(agencies.map(({ id }) => id))];
const namesOf = (agencies: readonly NamedAgency[]): string => [...new Set(agencies.map(({ name }) => name))].join(', ');
