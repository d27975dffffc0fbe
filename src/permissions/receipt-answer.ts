import { ApiProperty } from '@nestjs/swagger';
import type { ConsentRecord } from './consent-record.js';

const RECORD_EXAMPLE = {
  header: {
    schema_version: 'ISO/IEC TS 27560:2023',
    record_id: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f',
    receipt_id: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f/1',
    pii_principal_id: 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k',
  },
  processing: {
    privacy_notice: 'shared-assessment-v3',
    language: 'en',
    purpose: 'Assessing and meeting an adult’s needs for care and support',
    purpose_type: 'adult-social-care',
    permission_kind: 'confidentiality',
    pii_controllers: ['northmoor-nhs-trust', 'northmoor-council'],
    jurisdiction: 'GB',
  },
  party: [{ party_id: 'northmoor-council', name: 'Northmoor Metropolitan Borough Council', role: ['recipient'] }],
  event: [{ event_time: '2026-11-22T09:00:00.000Z', event_type: 'explicit', event_state: 'given' }],
};

/** What a person is given of their permission. */
export class PermissionReceiptAnswer {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: RECORD_EXAMPLE,
    description:
      'The permission in the fields of ISO/IEC TS 27560:2023: header, processing, party, event. The example is shortened.',
  })
  record!: ConsentRecord;

  @ApiProperty({
    example: 'eyJhbGciOiJFZERTQSIsInR5cCI6ImdhdGVob3VzZS1wZXJtaXNzaW9uLXJlY2VpcHQrandzIn0.eyJpc3MiOiIifQ.c2ln',
    description: 'The same, signed: a compact JWS that can be verified offline with the keys of `GET /v1/log/keys`.',
  })
  receipt!: string;
}

/** FHIR R4 Consent as the API reference shows it. */
export const FHIR_CONSENT_EXAMPLE = {
  resourceType: 'Consent',
  id: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f',
  status: 'active',
  scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
  category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IDSCL' }] }],
  dateTime: '2026-11-22T09:00:00.000Z',
  provision: {
    type: 'permit',
    period: { start: '2026-11-22T09:00:00.000Z', end: '2027-11-22T09:00:00.000Z' },
  },
};
