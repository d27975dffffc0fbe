import { DataSource } from 'typeorm';
import { readSettings } from '../../../src/config/index.js';
import { applyDefinitions } from '../../../src/definitions/index.js';
import { startGateway, type Gateway } from '../../../src/main.js';
import { Log } from '../../../src/observability/index.js';
import type { DataServicePage } from '../../../src/catalogue/data-service-view.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import {
  CLOCK_ON,
  connectTo,
  makeDefinitionsFolder,
  RULES,
  type DefinitionsFolder,
} from '../../support/definitions.js';
import { makeAccessToken, makeCallerKey, makeProof, type CallerKey } from '../../support/dpop-caller.js';
import { makeTestKeys } from '../../support/test-keys.js';

const PUBLIC_URL = 'http://gateway.test';

describe('the directory of data services', () => {
  const keys = makeTestKeys();
  let database: TestDatabase;
  let files: DefinitionsFolder;
  let dataSource: DataSource;
  let gateway: Gateway;
  let key: CallerKey;
  beforeAll(async () => {
    [database, files, key] = await Promise.all([createTestDatabase(), makeDefinitionsFolder(), makeCallerKey()]);
    dataSource = await connectTo(database.applicationUrl);
    await applyDefinitions(dataSource, files.folder, { clock: CLOCK_ON, rules: RULES });
    const environment = { PORT: '0', PUBLIC_URL, DATABASE_URL: database.applicationUrl, GATEHOUSE_VAR: files.keys };
    const settings = { ...readSettings(environment), publicUrl: PUBLIC_URL, databaseUrl: database.applicationUrl };
    const log = new Log('error', CLOCK_ON, { write: () => undefined });
    gateway = await startGateway({ settings, keys, clock: CLOCK_ON, log });
  });
  afterAll(async () => {
    await gateway?.close();
    await dataSource?.destroy();
    await files?.remove();
    await database?.drop();
  });

  const get = async (clientId: string | undefined, query = ''): Promise<{ status: number; text: string }> => {
    const headers: Record<string, string> = {};
    if (clientId !== undefined) {
      const now = CLOCK_ON.now();
      const token = await makeAccessToken(keys, { issuer: PUBLIC_URL, clientId, jkt: key.jkt, now });
      const url = `${PUBLIC_URL}/v1/data-services`;
      headers['authorization'] = `DPoP ${token}`;
      headers['dpop'] = await makeProof(key, { method: 'GET', url, token, now });
    }
    const response = await fetch(`${gateway.url}/v1/data-services${query}`, { headers });
    return { status: response.status, text: await response.text() };
  };
  const ids = async (clientId: string, query?: string): Promise<string[]> =>
    (JSON.parse((await get(clientId, query)).text) as DataServicePage).dataServices.map(({ id }) => id);

  it('is closed to whoever does not say who they are', async () => {
    expect((await get(undefined)).status).toBe(401);
  });

  it('shows a council what it holds and what it may ask for', async () => {
    expect(await ids('northmoor-council-adult-care')).toEqual([
      'northmoor-council/premises-risk',
      'northmoor-council/street-risk',
      'northmoor-nhs-trust/assessed-needs',
    ]);
    expect(await ids('northmoor-council-adult-care', '?purpose=adult-social-care')).toEqual([
      'northmoor-nhs-trust/assessed-needs',
    ]);
  });

  it('shows nobody what they may not ask for', async () => {
    for (const client of ['northmoor-council-adult-care', 'northmoor-fire-control', 'eastvale-council-adult-care']) {
      expect((await get(client)).text).not.toContain('clinical-notes');
    }
    expect(await ids('northmoor-fire-control', '?q=oxygen')).toEqual(['northmoor-nhs-trust/home-oxygen']);
    expect(await ids('northmoor-council-adult-care', '?q=oxygen')).toEqual([]);
  });

  it('shows an agency that is party to nothing nothing', async () => {
    expect(JSON.parse((await get('eastvale-council-adult-care')).text)).toEqual({ dataServices: [], nextCursor: null });
  });

  it('refuses a member of the query that it does not know, and does not repeat its value', async () => {
    const { status, text } = await get('northmoor-fire-control', '?nhsNumber=9434765919');
    expect(status).toBe(400);
    expect(JSON.parse(text)).toMatchObject({ code: 'REQUEST_INVALID' });
    expect(text).not.toContain('9434765919');
  });
});
