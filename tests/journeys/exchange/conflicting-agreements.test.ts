import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { projectFolder } from '../../../src/config/index.js';
import { needsPermission, needsQuery, type Call } from '../../support/gateway.js';
import { readLog } from '../../support/read-log.js';
import { patient, startSuppliedGateway, type SuppliedGateway } from '../../support/supplied-gateway.js';

const KNOWN = '9990000018';
const FILE = 'adult-care-assessed-needs.agreement.yaml';

describe('two agreements in force that govern one request', () => {
  let gateway: SuppliedGateway;
  let council: Call;
  let first: string;
  beforeAll(async () => {
    gateway = await startSuppliedGateway();
    council = await gateway.as('northmoor-council-adult-care');
    first = await readFile(path.join(projectFolder(), 'sandbox', 'definitions', FILE), 'utf8');
    expect((await council('POST', '/v1/permissions', needsPermission(KNOWN))).status).toBe(201);
    gateway.holds.set(KNOWN, patient());
  });
  afterAll(async () => gateway.stop());

  const added: Record<string, string> = {};
  /** Applies another agreement beside those that there are: the sandbox's own, changed. */
  const addAgreement = (id: string, change: (text: string) => string) => {
    added[`${id}.agreement.yaml`] = change(first.replace(/^id: .*$/m, `id: ${id}`));
    return gateway.define({ add: added });
  };
  const ask = (change: object = {}) => council('POST', '/v1/queries', needsQuery(KNOWN, change));
  const forOthers = (text: string): string => text.replace('roles: [social-worker]', 'roles: [housing-officer]');

  it('decide as one where they decide alike', async () => {
    await addAgreement('one-that-agrees', (text) => text);
    expect((await ask()).status).toBe(200);
  });

  it('are not two where the other does not cover everything that is asked for', async () => {
    await addAgreement('one-for-less', (text) => forOthers(text).replace('items: [assessed-needs, ', 'items: ['));
    expect((await ask({ dataItems: ['assessed-needs', 'care-coordinator'] })).status).toBe(200);
  });

  it('refuse what one of them would permit and another would not, and name both to the officers alone', async () => {
    await addAgreement('one-for-others', forOthers);
    const { status, body, text } = await ask();
    expect(status).toBe(403);
    expect(body).toMatchObject({ decision: { outcome: 'deny', reasonCodes: ['REVIEW_HUMAN'] } });
    expect(text).not.toContain('one-for-others');
    const [decision] = await readLog(gateway.database.ownerUrl, body['exchangeId']);
    expect(decision?.detail).toMatchObject({
      permissions: [],
      conflictingAgreements: [
        { id: 'adult-care-assessed-needs', version: 1 },
        { id: 'one-for-others', version: 1 },
      ],
    });
    expect(gateway.supplier.seen).toHaveLength(2);
  });

  it('do not stand in the way of a request that names the one it means', async () => {
    expect((await ask({ agreement: 'adult-care-assessed-needs' })).status).toBe(200);
    const { body } = await ask({ agreement: 'one-for-others' });
    expect(body).toMatchObject({ decision: { reasonCodes: ['DENY_RECIPIENT_CONDITION'] } });
  });
});
