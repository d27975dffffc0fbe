import { setTimeout as sleep } from 'node:timers/promises';
import { readSettings } from '../../../src/config/index.js';
import { startGateway, type Gateway } from '../../../src/main.js';
import { Log } from '../../../src/observability/index.js';
import { findIncompleteDisclosures } from '../../support/complete-stacks.js';
import { ADULT_CARE } from '../../support/definitions.js';
import { makeAccessToken, makeCallerKey, makeProof } from '../../support/dpop-caller.js';
import { needsPermission, needsQuery, type Answer, type Call } from '../../support/gateway.js';
import { logFindings, readLog, storyOf } from '../../support/read-log.js';
import { held, patient, startSuppliedGateway, type SuppliedGateway } from '../../support/supplied-gateway.js';

const KNOWN = '9990000018';
const PARTLY = '9990000034';
const SYSTEM = 'northmoor-council-adult-care';
const ALL_ITEMS = '[assessed-needs, risk-summary, care-coordinator, address, address-suppressed]';

describe('a change of the register while a disclosure is under way (invariants 2, 4 and 6)', () => {
  let gateway: SuppliedGateway;
  let council: Call;
  let onSecond: Call;
  let version = 1;
  beforeAll(async () => {
    gateway = await startSuppliedGateway();
    council = await gateway.as(SYSTEM);
    onSecond = await gateway.as(SYSTEM, (await gateway.addReplica()).url);
    await council('POST', '/v1/permissions', needsPermission(KNOWN));
    const items = ['northmoor-nhs-trust/assessed-needs#care-coordinator'];
    await council('POST', '/v1/permissions', needsPermission(PARTLY, { items }));
  });
  afterAll(async () => gateway.stop());

  /** Applies a new version of the agreement on adult care, signed by its parties, with these texts replaced. */
  const agree = (...changes: [string, string][]) => {
    version += 1;
    return gateway.define({
      edit: (file, text) =>
        file === ADULT_CARE
          ? [['version: 1', `version: ${version}`] as const, ...changes].reduce((old, [from, to]) => {
              expect(old).toContain(from);
              return old.replace(from, to);
            }, text)
          : text,
    });
  };
  /** Begins an exchange, does something once the supplier is asked, and lets the supplier answer then. */
  const during = async (call: Call, nhsNumber: string, doing: () => Promise<unknown>): Promise<Answer> => {
    const { answer, asked, release } = held(patient());
    gateway.holds.set(nhsNumber, answer);
    const asking = call('POST', '/v1/queries', needsQuery(nhsNumber));
    await Promise.race([asked, asking]);
    try {
      await doing();
    } finally {
      release();
      gateway.holds.set(nhsNumber, patient());
    }
    return await asking;
  };
  const tomorrow = (): string => new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);

  it.each<[string, () => Promise<unknown>]>([
    [
      'the agreement is replaced by one that begins tomorrow',
      () => agree(['startsOn: 2026-01-01', `startsOn: ${tomorrow()}`]),
    ],
    ['an item is taken out of the agreement', () => agree([ALL_ITEMS, '[assessed-needs]'])],
    ['the role is taken out of the agreement', () => agree(['roles: [social-worker]', 'roles: [team-manager]'])],
  ])('releases nothing when %s, on the replica that learns of it from the database alone', async (_what, change) => {
    const { status, body, text } = await during(onSecond, KNOWN, change);
    expect(status).toBe(403);
    expect(text).not.toContain('Casey');
    const [, outcome] = await readLog(gateway.database.ownerUrl, body['exchangeId']);
    expect(outcome?.claims.outcome).toMatchObject({ result: 'permit-lapsed', released: [], cause: 'register-changed' });
    await agree();
    expect((await council('POST', '/v1/queries', needsQuery(KNOWN))).status).toBe(200);
  });

  it('releases nothing when the decision would now be a refusal as a whole, although the item that was permitted still is', async () => {
    const { body, text } = await during(council, PARTLY, () => agree([ALL_ITEMS, '[care-coordinator]']));
    expect(body).toMatchObject({ status: 403, decision: { outcome: 'deny' } });
    expect(text).not.toContain('Casey');
    expect(await storyOf(gateway.database.ownerUrl, body['exchangeId'])).toEqual([
      'decision: permit-partial',
      'permit-lapsed',
    ]);
    await agree();
  });

  it('releases nothing to a system that is removed meanwhile', async () => {
    const { body, text } = await during(council, KNOWN, () =>
      gateway.define({
        edit: (file, text) =>
          file === ADULT_CARE
            ? text.replace('version: 1', `version: ${version}`)
            : text.replace(`id: ${SYSTEM}`, 'id: northmoor-council-another'),
        prune: true,
      }),
    );
    expect(body).toMatchObject({ status: 403, code: 'DISCLOSURE_REFUSED' });
    expect(text).not.toContain('Casey');
    expect(await storyOf(gateway.database.ownerUrl, body['exchangeId'])).toEqual(['decision: permit', 'permit-lapsed']);
    const asksAgain = () => council('POST', '/v1/queries', needsQuery(KNOWN));
    expect((await asksAgain()).body).toMatchObject({ code: 'TOKEN_INVALID' });
    await agree();
    // Who is registered is known to be as of a second ago.
    while ((await asksAgain()).status === 401) await sleep(50);
  });

  it('releases what a new version covers as well, and the record names the version that was relied on', async () => {
    const before = version;
    const { status, body } = await during(council, KNOWN, () => agree(['title: ', 'title: Renewed. ']));
    expect(status).toBe(200);
    const [decision, outcome] = await readLog(gateway.database.ownerUrl, body['exchangeId']);
    expect(decision?.claims.agreement?.version).toBe(before);
    expect(outcome?.claims.agreement?.version).toBe(before + 1);
    expect(outcome?.claims.agreement?.hash).not.toBe(decision?.claims.agreement?.hash);
    const receipt = JSON.parse(Buffer.from(String(body['receipt']).split('.')[1] ?? '', 'base64url').toString()) as {
      claims: unknown;
    };
    expect(receipt.claims).toEqual(outcome?.claims);
  });

  it('leaves every disclosure on record with a stack that was complete, under the version in force', async () => {
    const { disclosures, lacking } = await findIncompleteDisclosures(gateway.database.ownerUrl);
    expect(lacking).toEqual([]);
    expect(disclosures).toBeGreaterThanOrEqual(4);
    expect(await logFindings(gateway)).toEqual([]);
  });

  describe('when the agreement’s last day ends', () => {
    const lastDay = Date.parse('2046-12-31T00:00:00Z');
    let ahead = 0;
    const clock = { now: () => new Date(Date.now() + ahead) };
    const setClock = (time: number): void => void (ahead = time - Date.now());
    let replica: Gateway;
    beforeAll(async () => {
      setClock(lastDay);
      const settings = readSettings({ PORT: '0', GATEHOUSE_VAR: gateway.varFolder, LOG_LEVEL: 'error' });
      replica = await startGateway({
        settings: { ...settings, publicUrl: gateway.publicUrl, databaseUrl: gateway.sandbox.databaseUrl },
        keys: gateway.sandbox.keys,
        clock,
        log: new Log('error', clock, { write: () => undefined }),
      });
    });
    afterAll(async () => replica.close());

    const ask: Call = async (method, path, body) => {
      const key = await makeCallerKey();
      const now = clock.now();
      const issuer = gateway.publicUrl;
      const token = await makeAccessToken(gateway.sandbox.keys, { issuer, clientId: SYSTEM, jkt: key.jkt, now });
      const proof = await makeProof(key, { method, url: `${issuer}${path}`, token, now });
      const headers = { authorization: `DPoP ${token}`, dpop: proof, 'content-type': 'application/json' };
      const response = await fetch(`${replica.url}${path}`, { method, headers, body: JSON.stringify(body) });
      const text = await response.text();
      return { status: response.status, headers: response.headers, text, body: JSON.parse(text) as Answer['body'] };
    };

    it('releases nothing after midnight that was decided before', async () => {
      const validUntil = new Date(lastDay + 30 * 86_400_000).toISOString();
      expect((await ask('POST', '/v1/permissions', needsPermission(KNOWN, { validUntil }))).status).toBe(201);
      expect((await ask('POST', '/v1/queries', needsQuery(KNOWN))).status).toBe(200);
      setClock(lastDay + 86_400_000 - 5_000);
      const { body, text } = await during(ask, KNOWN, async () => setClock(lastDay + 86_400_000));
      expect(body).toMatchObject({ status: 403, decision: { reasonCodes: ['DENY_NO_LEGAL_BASIS'] } });
      expect(text).not.toContain('Casey');
      const [, outcome] = await readLog(gateway.database.ownerUrl, body['exchangeId']);
      expect(outcome?.claims.outcome).toMatchObject({ result: 'permit-lapsed', cause: 'day-ended' });
    });
  });
});
