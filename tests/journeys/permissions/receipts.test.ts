import { verifyPermissionReceipt, type LogKeys } from '../../../sdk/index.js';
import {
  needsPermission,
  needsQuery,
  startTestGateway,
  type Answer,
  type Call,
  type TestGateway,
} from '../../support/gateway.js';
import { runAsOwner } from '../../support/database.js';
import { until } from '../../support/until.js';
import { readLog } from '../../support/read-log.js';

const PERSON = '9990000018';
const TRUST = 'northmoor-nhs-trust';

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

  describe('for officers of the recording agency', () => {
    const OTHER = '9990000034';
    let officer: Call;
    let theirs: string;
    beforeAll(async () => {
      officer = await gateway.as('northmoor-nhs-trust-ig-1');
      theirs = String((await trust('POST', '/v1/permissions', needsPermission(OTHER))).body['id']);
    });
    const search = (call: Call, value: string): Promise<Answer> =>
      call('POST', '/v1/permissions/search-by-subject', { subject: { identifiers: [{ type: 'nhs-number', value }] } });
    const entriesOf = async (kind: string) =>
      (await readLog(gateway.database.ownerUrl)).filter((entry) => entry.kind === kind);

    it('is found by an identifier, and in the log before it is answered, by handles', async () => {
      const { status, body, text } = await search(officer, '999 000 0034');
      expect([status, body]).toEqual([200, { permissions: [expect.objectContaining({ id: theirs, state: 'given' })] }]);
      expect(text).not.toContain(OTHER);
      expect((await search(officer, '9990000042')).body).toEqual({ permissions: [] });
      const looks = await entriesOf('permissions-searched');
      expect(looks.map(({ claims }) => claims)).toEqual([
        expect.objectContaining({ searchedBy: { agency: TRUST, officer: 'northmoor-nhs-trust-ig-1' }, found: 1 }),
        expect.objectContaining({ found: 0 }),
      ]);
      expect(JSON.stringify(looks)).not.toMatch(/9990000034|9990000042/);
      expect((await search(officer, '9990000035')).body).toMatchObject({
        code: 'IDENTIFIER_INVALID',
        pointers: ['/subject/identifiers/0/value'],
      });
    });

    it('is not told while the log cannot say that somebody looked', async () => {
      const { ownerUrl } = gateway.database;
      const broken = `CHECK (kind NOT IN ('permissions-searched', 'permission-read')) NOT VALID`;
      await runAsOwner(ownerUrl, `ALTER TABLE log_entries ADD CONSTRAINT broken ${broken}`);
      for (const answer of [await search(officer, OTHER), await officer('GET', `/v1/permissions/${theirs}`)]) {
        expect([answer.status, answer.body['code']]).toEqual([503, 'LOG_UNAVAILABLE']);
        expect(answer.text).not.toContain('shared-assessment');
      }
      await runAsOwner(ownerUrl, 'ALTER TABLE log_entries DROP CONSTRAINT broken');
      await until(async () => (await search(officer, OTHER)).status === 200);
    });

    it('is not found by officers of another agency, not even of the one that may receive', async () => {
      const other = await gateway.as('northmoor-council-ig-1');
      expect((await search(other, OTHER)).body).toEqual({ permissions: [] });
      const nothing = await other('GET', `/v1/permissions/nothing`);
      for (const path of ['', '/receipt'] as const) {
        const { body } = await other('GET', `/v1/permissions/${theirs}${path}`);
        expect({ ...body, instance: undefined }).toEqual({ ...nothing.body, instance: undefined });
      }
      expect((await other('POST', `/v1/permissions/${theirs}/withdraw`)).status).toBe(404);
      expect((await trust('GET', `/v1/permissions/${theirs}`)).body).toMatchObject({ state: 'given' });
    });

    it('is read and withdrawn, which binds at once and says who did it', async () => {
      expect((await officer('GET', `/v1/permissions/${theirs}`)).body).toMatchObject({ state: 'given' });
      expect((await entriesOf('permission-read')).map(({ claims }) => claims)).toEqual([
        expect.objectContaining({
          permission: theirs,
          readBy: { agency: TRUST, officer: 'northmoor-nhs-trust-ig-1' },
        }),
      ]);
      expect((await council('POST', '/v1/queries', needsQuery(OTHER))).status).toBe(200);
      expect((await officer('POST', `/v1/permissions/${theirs}/withdraw`)).body).toMatchObject({ state: 'withdrawn' });
      expect((await council('POST', '/v1/queries', needsQuery(OTHER))).body).toMatchObject({
        code: 'DISCLOSURE_REFUSED',
      });
      expect((await entriesOf('permission-withdrawn')).at(-1)!.claims).toMatchObject({
        permission: theirs,
        recordedBy: { agency: TRUST, officer: 'northmoor-nhs-trust-ig-1' },
      });
    });
  });
});
