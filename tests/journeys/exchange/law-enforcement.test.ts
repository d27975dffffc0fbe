import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { projectFolder } from '../../../src/config/index.js';
import type { Answer, Call } from '../../support/gateway.js';
import { needsQuery } from '../../support/gateway.js';
import { logFindings, readLog } from '../../support/read-log.js';
import { startSuppliedGateway, type SuppliedGateway } from '../../support/supplied-gateway.js';
import { json } from '../../support/supplier-stub.js';

const POLICE = `
kind: Agency
id: northmoor-police
type: police
name: Northmoor Police (fictional)
codes: { gss: E23999904 }
keys: []
---
kind: Officer
id: northmoor-police-ig-1
agency: northmoor-police
roles: [reviewer]
keys: []
`;

/** The police's incidents may go to the council: s.36 of Part 3 on the one side, the UK GDPR on the other. */
const AGREEMENT = `
kind: Agreement
id: disorder-incidents
version: 1
title: Incidents of disorder for community safety in Northmoor
parties: [northmoor-council, northmoor-police]
purposes: [anti-social-behaviour]
startsOn: 2026-01-01
endsOn: 2046-12-31
reviewOn: 2046-06-30
retention: { requester: With the case., logBodyYears: 6 }
policyDocument: { reference: CS-APD-1, reviewOn: 2046-06-30, retentionSummary: With the case. }
legs:
  - id: police-to-council
    from: northmoor-police
    to: northmoor-council
    dataService: northmoor-police/disorder-incidents
    items: [incidents]
    purposes: [anti-social-behaviour]
    patterns: [query]
    roles: [community-safety-officer]
    identifierTypes: [uprn]
    caseReferences:
      - kind: community-safety-case
        pattern: ^ASB-[0-9]{4}-[0-9]{5}$
    legalBasis:
      - dpa-part3-s36
      - ukgdpr-6-1-e
      - cda-1998-s115
      - asbcpa-2014-s104
      - dpa-sch1-para10
      - dpa-sch1-para36
      - dpa-sch1-part4-apd
    unmatched: uniform
`;
const UPRN = '999900000001';

describe('an exchange in which the supplier processes under Part 3', () => {
  let gateway: SuppliedGateway;
  let council: Call;
  beforeAll(async () => {
    const scenario = path.join(projectFolder(), 'sandbox', 'scenarios', 's07-asb-single-referral');
    const [incidents = ''] = (await readFile(path.join(scenario, 'northmoor-police.yaml'), 'utf8')).split(/^---$/m);
    gateway = await startSuppliedGateway({
      add: { 'police.yaml': POLICE, 'incidents.yaml': incidents, 'incidents.agreement.yaml': AGREEMENT },
    });
    gateway.holds.set(
      UPRN,
      json({ record: { incidents: [{ on: '2026-10-01', kind: 'noise', outcome: 'words of advice' }] } }),
    );
    council = await gateway.as('northmoor-council-adult-care');
  });
  afterAll(() => gateway.stop());

  const ask = (change: object = {}): Promise<Answer> =>
    council('POST', '/v1/queries', {
      dataService: 'northmoor-police/disorder-incidents',
      purpose: 'anti-social-behaviour',
      subject: { identifiers: [{ type: 'uprn', value: UPRN }] },
      dataItems: ['incidents'],
      caseReference: 'ASB-2026-00001',
      requestedBy: { staffId: 'cs-0001', role: 'community-safety-officer' },
      ...change,
    });
  const logged = async ({ body }: Answer) =>
    (await readLog(gateway.database.ownerUrl, body['exchangeId'])).map(({ claims }) => claims.lawEnforcement);
  const CONSULTED = {
    agencies: ['northmoor-police'],
    justification: 'prevention-of-offences',
    consultedBy: { agency: 'northmoor-council', staffId: 'cs-0001', role: 'community-safety-officer' },
    recipient: 'northmoor-council',
  };

  it('logs consultation and disclosure, each with justification, who and to whom, in fields', async () => {
    const answer = await ask({ lawEnforcementJustification: 'prevention-of-offences' });
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('words of advice')]);
    expect(await logged(answer)).toEqual([
      { ...CONSULTED, operations: [{ agency: 'northmoor-police', operation: 'consultation' }] },
      {
        ...CONSULTED,
        operations: [{ agency: 'northmoor-police', operation: 'disclosure' }],
        disclosedBy: { agency: 'northmoor-police', dataService: 'northmoor-police/disorder-incidents' },
      },
    ]);
    const officer = await gateway.as('northmoor-council-ig-1');
    const explained = await officer('GET', `/v1/exchanges/${String(answer.body['exchangeId'])}/explanation`);
    expect(explained.body['lawEnforcementJustification']).toBe('prevention-of-offences');
  });

  it('logs the purpose of the agreement where no justification is given', async () => {
    const answer = await ask();
    expect((await logged(answer)).map((claim) => claim?.justification)).toEqual([
      'purpose-of-the-agreement',
      'purpose-of-the-agreement',
    ]);
  });

  it('takes no free text', async () => {
    const answer = await ask({ lawEnforcementJustification: 'Jo Bloggs was seen there' });
    expect([answer.status, answer.body['code']]).toEqual([400, 'REQUEST_INVALID']);
    expect(answer.text).not.toContain('Bloggs');
    expect(await logged(answer)).toEqual([undefined]);
  });

  it('logs no consultation of what is refused, and nothing for an exchange under the UK GDPR alone', async () => {
    const refused = await ask({ requestedBy: { staffId: 'cs-0001', role: 'receptionist' } });
    expect([refused.status, await logged(refused)]).toEqual([403, [undefined]]);
    const asked = needsQuery('9990000018', { lawEnforcementJustification: 'public-security' });
    const health = await council('POST', '/v1/queries', asked);
    expect(health.body['exchangeId']).toBeDefined();
    for (const claim of await logged(health)) expect(claim).toBeUndefined();
  });

  it('logs the erasure of its bodies as one for law enforcement', async () => {
    const [reviewer, police] = [await gateway.as('northmoor-council-ig-2'), await gateway.as('northmoor-police-ig-1')];
    const { body } = await ask();
    const ordered = await reviewer('POST', '/v1/erasures', {
      exchanges: [body['exchangeId']],
      ground: 'unlawful-processing',
    });
    expect((await police('POST', `/v1/erasures/${String(ordered.body['id'])}/confirm`)).status).toBe(200);
    const entry = (await readLog(gateway.database.ownerUrl)).findLast(({ kind }) => kind === 'bodies-erased');
    const claims = entry!.claims as unknown as { erased: unknown; lawEnforcement: unknown };
    expect(claims.lawEnforcement).toEqual({ operation: 'erasure', erased: claims.erased });
    expect(await logFindings(gateway)).toEqual([]);
  });
});
