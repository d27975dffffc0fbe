import { verifyPermissionReceipt, type LogKeys } from '../../../sdk/index.js';
import { needsPermission, startTestGateway, type Call, type TestGateway } from '../../support/gateway.js';

const PERSON = '9990000018';

describe('the receipt of a permission, for the person', () => {
  let gateway: TestGateway;
  let trust: Call;
  let council: Call;
  let id: string;
  beforeAll(async () => {
    gateway = await startTestGateway();
    trust = await gateway.as('northmoor-nhs-trust-records');
    council = await gateway.as('northmoor-council-adult-care');
    id = String((await trust('POST', '/v1/permissions', needsPermission(PERSON))).body['id']);
  });
  afterAll(async () => gateway.stop());
  const keys = async () => (await (await fetch(`${gateway.publicUrl}/v1/log/keys`)).json()) as LogKeys;

  it('is signed, and can be verified without the gateway', async () => {
    const { status, body } = await trust('GET', `/v1/permissions/${id}/receipt`);
    expect(status).toBe(200);
    const verified = await verifyPermissionReceipt(String(body['receipt']), await keys());
    expect(verified).toEqual({ valid: true, issuer: gateway.publicUrl, record: body['record'] });
    expect(body['record']).toMatchObject({
      header: { record_id: id },
      processing: { privacy_notice: 'shared-assessment-v3', purpose_type: 'adult-social-care' },
      event: [{ event_state: 'given' }],
    });
  });

  it('says no identifier of the person', async () => {
    for (const form of ['receipt', 'fhir-consent']) {
      const { text } = await trust('GET', `/v1/permissions/${id}/${form}`);
      const payloads = text.match(/eyJ[\w-]+/g)?.map((part) => Buffer.from(part, 'base64url').toString()) ?? [];
      expect([text, ...payloads].join()).not.toContain(PERSON);
    }
  });

  it('is for the recording agency alone: to another it looks like what does not exist', async () => {
    for (const form of ['receipt', 'fhir-consent']) {
      const other = await council('GET', `/v1/permissions/${id}/${form}`);
      expect(other.body).toMatchObject({ status: 404, code: 'NOT_FOUND' });
      const nothing = await council('GET', `/v1/permissions/nothing/${form}`);
      expect({ ...nothing.body, instance: undefined }).toEqual({ ...other.body, instance: undefined });
    }
  });

  it('is a FHIR Consent for record systems that speak FHIR, active until it is withdrawn', async () => {
    const consent = await trust('GET', `/v1/permissions/${id}/fhir-consent`);
    expect(consent.headers.get('content-type')).toBe('application/fhir+json; charset=utf-8');
    expect(consent.body).toMatchObject({
      resourceType: 'Consent',
      id,
      status: 'active',
      organization: [{ identifier: { value: 'ZZ991' } }],
    });
    await trust('POST', `/v1/permissions/${id}/withdraw`);
    expect((await trust('GET', `/v1/permissions/${id}/fhir-consent`)).body).toMatchObject({ status: 'inactive' });
    expect((await trust('GET', `/v1/permissions/${id}/receipt`)).body).toMatchObject({
      record: { event: [{ event_state: 'given' }, { event_state: 'withdrawn' }] },
    });
  });
});
