import type { NamedAgency, ToldPermission } from './told-permission.js';
import type { Permission } from './permission.js';

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
  readonly type: 'Patient' | 'Organization' | 'RelatedPerson';
  readonly identifier?: { readonly system: string; readonly value: string };
  readonly display?: string;
}
interface Period {
  readonly start: string;
  readonly end?: string;
}

/** HL7 FHIR R4 Consent (https://hl7.org/fhir/R4/consent.html), as far as a permission fills it. */
export interface FhirConsent {
  readonly resourceType: 'Consent';
  readonly id: string;
  readonly status: 'active' | 'inactive' | 'rejected';
  readonly scope: CodeableConcept;
  readonly category: readonly CodeableConcept[];
  readonly patient: Reference;
  readonly dateTime: string;
  readonly performer: readonly Reference[];
  readonly organization: readonly Reference[];
  readonly policyRule: CodeableConcept;
  readonly verification?: readonly {
    readonly verified: boolean;
    readonly verifiedWith: Reference;
    readonly verificationDate: string;
  }[];
  readonly provision: {
    readonly type: 'permit' | 'deny';
    readonly period: Period;
    readonly actor: readonly { readonly role: CodeableConcept; readonly reference: Reference }[];
    readonly purpose: readonly Coding[];
    readonly class: readonly Coding[];
  };
}

const ODS = 'https://fhir.nhs.uk/Id/ods-organization-code';

/** A refusal that stands is `rejected`; what was withdrawn, superseded or has expired is `inactive`. */
const STATUS_OF = {
  given: 'active',
  refused: 'rejected',
  withdrawn: 'inactive',
  superseded: 'inactive',
  expired: 'inactive',
} as const satisfies Record<ToldPermission['state'], FhirConsent['status']>;

/**
 * A permission as an HL7 FHIR R4 Consent, for record systems that speak FHIR.
 *
 * INVARIANT: 1. The patient is a logical reference by a handle, in the recording agency's view.
 * Does NOT say `entered-in-error`: a record is never taken back as an error, the person is asked again.
 *
 * @param publicUrl of the gateway; its own codes and handles are named below it
 */
export function fhirConsent(told: ToldPermission, publicUrl: string): FhirConsent {
  const { permission, recorder, recipients } = told;
  const { id, kind, givenBy, recordedAt, validFrom, validUntil, subjectHandles } = permission;
  const own = (name: string): string => `${publicUrl}/codes/${name}`;
  const patient: Reference = {
    type: 'Patient',
    identifier: { system: `${publicUrl}/subject-handles/${recorder.id}`, value: subjectHandles[0] ?? '' },
  };
  const speaker = givenBy === 'self' ? patient : otherSpeaker(permission);
  return {
    resourceType: 'Consent',
    id,
    status: STATUS_OF[told.state],
    scope: {
      coding: [
        {
          system: 'http://terminology.hl7.org/CodeSystem/consentscope',
          code: 'patient-privacy',
          display: 'Privacy Consent',
        },
      ],
    },
    category: [
      {
        coding: [
          {
            system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode',
            code: 'IDSCL',
            display: 'information disclosure',
          },
        ],
      },
    ],
    patient,
    dateTime: recordedAt.toISOString(),
    performer: [speaker],
    organization: [organization(recorder, publicUrl)],
    policyRule: { coding: [{ system: own('permission-kind'), code: kind }] },
    ...(givenBy !== 'self' && {
      verification: [{ verified: true, verifiedWith: speaker, verificationDate: recordedAt.toISOString() }],
    }),
    provision: {
      type: permission.answer === 'given' ? 'permit' : 'deny',
      period: { start: validFrom.toISOString(), ...(validUntil && { end: validUntil.toISOString() }) },
      actor: recipients.map((recipient) => ({
        role: {
          coding: [
            {
              system: 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType',
              code: 'IRCP',
              display: 'information recipient',
            },
          ],
        },
        reference: organization(recipient, publicUrl),
      })),
      purpose: [{ system: own('purpose'), code: permission.purpose, display: told.purpose }],
      class: told.items.map(({ id: item, name }) => ({ system: own('data-item'), code: item, display: name })),
    },
  };
}

const organization = ({ id, name, codes }: NamedAgency, publicUrl: string): Reference => ({
  type: 'Organization',
  identifier:
    codes['ods'] === undefined ? { system: `${publicUrl}/agencies`, value: id } : { system: ODS, value: codes['ods'] },
  display: name,
});

/** Who spoke for the person, by their authority alone: who they are is not kept. */
const otherSpeaker = ({ givenBy, capacity }: Permission): Reference => ({
  type: 'RelatedPerson',
  display: `${givenBy} (${capacity})`,
});
