import { consentRecord } from '../../../src/permissions/consent-record.js';
import { tellSandboxPermission } from '../../support/told-permission.js';

const NEEDS = 'northmoor-nhs-trust/assessed-needs';
const record = async (...of: Parameters<typeof tellSandboxPermission>) =>
  consentRecord(await tellSandboxPermission(...of));

/** ISO/IEC TS 27560:2023: what each section must hold. */
const MANDATORY: Readonly<Record<'header' | 'processing' | 'pii' | 'party' | 'event', readonly string[]>> = {
  header: ['schema_version', 'record_id', 'pii_principal_id'],
  processing: [
    'privacy_notice',
    'language',
    'purpose',
    'pii_information',
    'pii_controllers',
    'storage_locations',
    'retention_period',
    'jurisdiction',
    'recipient_third_parties',
    'withdrawal_method',
  ],
  pii: ['pii_type'],
  party: ['party_id', 'address', 'name', 'contact', 'type'],
  event: ['event_time', 'validity_duration'],
};

describe('the receipt of a permission', () => {
  it.each<[string, Parameters<typeof tellSandboxPermission>[0]]>([
    ['a yes', {}],
    ['a refusal', { answer: 'refused', validUntil: null }],
    ['one of agencies and items that nobody has registered', { recipients: ['gone'], items: ['gone/service#item'] }],
  ])('holds every field that the standard makes mandatory: %s', async (_what, change) => {
    const { header, processing, party, event } = await record(change);
    const sections = { header: [header], processing: [processing], pii: processing.pii_information, party, event };
    for (const [section, fields] of Object.entries(MANDATORY)) {
      const parts = sections[section as keyof typeof sections];
      expect(parts.length).toBeGreaterThan(0);
      for (const part of parts) {
        for (const field of fields) {
          const value = (part as Record<string, unknown>)[field] as string | readonly string[] | undefined;
          expect([section, field, (value?.length ?? 0) > 0]).toEqual([section, field, true]);
        }
      }
    }
  });

  it('names agencies, purpose and items by the names that people know', async () => {
    const { processing, party } = await record();
    expect(processing).toMatchObject({
      purpose: 'Assessing and meeting an adult’s needs for care and support',
      pii_information: [
        {
          pii_type: 'Needs for care and support as last assessed',
          pii_attribute_id: `${NEEDS}#assessed-needs`,
          special_pii_category: true,
        },
        { pii_type: "Who coordinates the person's care", special_pii_category: false },
      ],
      privacy_notice: 'v1',
      language: 'en',
    });
    expect(party).toMatchObject([
      {
        party_id: 'northmoor-nhs-trust',
        name: 'Northmoor Community and Mental Health NHS Trust (fictional)',
        address: 'Trust Headquarters, 2 Example Road, Northmoor',
        contact: 'data-protection@northmoor-nhs-trust.example',
        type: 'nhs-provider',
        role: ['recorder', 'holder'],
      },
      { party_id: 'northmoor-council', role: ['recipient'] },
    ]);
  });

  it('names the person by handles alone', async () => {
    expect((await record()).header.pii_principal_id).toBe('a-handle another-handle');
  });

  it('says how long recipients keep what they get, by the agreements in force', async () => {
    expect((await record()).processing.retention_period).not.toMatch(/^None/);
    const later = { at: new Date('2200-01-01T00:00:00Z') };
    expect((await record({}, later)).processing.retention_period).toMatch(/^None: no agreement in force/);
  });

  it('tells each thing that happened, in its order, and until when the yes holds', async () => {
    const { event } = await record(
      { withdrawnAt: new Date('2026-03-01T00:00:00Z'), supersededBy: 'later' },
      { supersededAt: new Date('2026-02-01T00:00:00Z') },
    );
    expect(event).toMatchObject([
      {
        event_state: 'given',
        event_time: '2026-01-01T00:00:00.000Z',
        validity_duration: '2026-01-01T00:00:00.000Z/2027-01-01T00:00:00.000Z',
      },
      { event_state: 'superseded', event_time: '2026-02-01T00:00:00.000Z' },
      { event_state: 'withdrawn', event_time: '2026-03-01T00:00:00.000Z' },
    ]);
  });

  it('calls a permission a lawful basis only where it is consent under the UK GDPR', async () => {
    expect((await record()).processing).not.toHaveProperty('lawful_basis');
    expect((await record({ kind: 'uk-gdpr-consent' })).processing.lawful_basis).toBe('UK GDPR Art. 6(1)(a)');
  });

  it('says of a refusal that it does not end, and how to answer anew', async () => {
    const { processing, event } = await record({ answer: 'refused', validUntil: null });
    expect(processing.withdrawal_method).toMatch(/^A refusal is not withdrawn/);
    expect(event).toMatchObject([{ event_state: 'refused', validity_duration: '2026-01-01T00:00:00.000Z/..' }]);
  });

  it.each<[string, string, string]>([
    ['an item that no agreement gives it', 'northmoor-council', `${NEEDS}#clinical-notes`],
    ['an item of a service that it may not know', 'eastvale-council', `${NEEDS}#assessed-needs`],
  ])('tells an agency nothing about %s: not its name, and not how sensitive it is', async (_what, recordedBy, item) => {
    expect((await record({ recordedBy, items: [item] })).processing.pii_information).toEqual([
      { pii_type: item, pii_attribute_id: item },
    ]);
  });

  it('tells no agency how long others keep things under an agreement that it is no party to', async () => {
    expect((await record({ recordedBy: 'eastvale-council' })).processing.retention_period).toMatch(/^None/);
  });
});
