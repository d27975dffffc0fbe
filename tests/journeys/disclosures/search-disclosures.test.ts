import fc from 'fast-check';
import type { DisclosurePage, DisclosureSummary } from '../../../src/disclosures/index.js';
import { DisclosureLog, type ExchangeClaims, type Outcome } from '../../../src/disclosure-log/index.js';
import { appendExchange, disclosed, type MadeUp } from '../../support/exchange-entries.js';
import { startTestGateway, type Answer, type Call, type TestGateway } from '../../support/gateway.js';
import { logFindings, readLog } from '../../support/read-log.js';

const AGENCIES = ['northmoor-council', 'northmoor-nhs-trust', 'northmoor-fire', 'eastvale-council'];
const PURPOSES = ['adult-social-care', 'premises-risk', 'law-enforcement'];
const BASES = ['ukgdpr-6-1-e', 'care-2014-s6', 'frsa-2004-s45'];
const REASONS = ['PERMIT', 'DENY_CONSENT_REQUIRED', 'DENY_NO_LEGAL_BASIS', 'PERMIT_PARTIAL_CONSENT_SCOPE'];
const ROLES = ['social-worker', 'control-operator', 'team-manager'];
const STAFF = ['sw-4711', 'sw-0001', 'tm-0007'];
const AGREEMENTS = ['adult-care-assessed-needs', 'fire-premises-risk'];
const PATTERNS = ['query', 'eligibility-check', 'referral'] as const;
const DAYS = ['2026-11-01T00:00:00.000Z', '2026-11-05T12:30:00.000Z', '2026-11-09T23:59:59.999Z'];

const anExchange: fc.Arbitrary<MadeUp> = fc
  .record({
    parties: fc.shuffledSubarray(AGENCIES, { minLength: 2, maxLength: 2 }),
    at: fc.constantFrom(...DAYS),
    pattern: fc.constantFrom(...PATTERNS),
    purpose: fc.constantFrom(...PURPOSES),
    role: fc.constantFrom(...ROLES),
    staffId: fc.constantFrom(...STAFF),
    outcome: fc.constantFrom('permit' as const, 'permit-partial' as const, 'deny' as const),
    reasonCodes: fc.subarray(REASONS, { minLength: 1 }),
    bases: fc.subarray(BASES),
    itemReason: fc.constantFrom(...REASONS),
    override: fc.boolean(),
    agreement: fc.option(fc.constantFrom(...AGREEMENTS)),
    result: fc.constantFrom('disclosed', 'supplier-failed', 'permit-lapsed', null),
  })
  .map((of): MadeUp => {
    const [requester = '', supplier = ''] = of.parties;
    const claims: MadeUp['claims'] = {
      at: of.at,
      pattern: of.pattern,
      purpose: of.purpose,
      requester: { agency: requester, system: `${requester}-system`, staffId: of.staffId, role: of.role },
      supplier,
      agreement: of.agreement === null ? null : { id: of.agreement, version: 1, hash: 'made-up' },
      decision: { outcome: of.outcome, reasonCodes: of.reasonCodes, policyVersion: 'made-up' },
      items: [
        { dataItem: 'given', outcome: 'permit', reasonCodes: [], legalBasis: of.bases },
        { dataItem: 'refused', outcome: 'deny', reasonCodes: [of.itemReason], legalBasis: [] },
      ],
      ...(of.override && {
        override: { reason: 'life-at-risk', authorisedBy: { staffId: 'tm-0007', role: 'team-manager' } },
      }),
    };
    if (of.outcome === 'deny' || of.result === null) return { claims };
    const result = of.result as Outcome['result'];
    const released = result === 'disclosed' ? ['given'] : [];
    return { claims, outcome: { result, released, withheld: [], cause: null } };
  });

type Filters = Readonly<Record<string, string>>;
const someFilters: fc.Arbitrary<Filters> = fc.record(
  {
    from: fc.constantFrom(...DAYS, '2026-11-05'),
    to: fc.constantFrom(...DAYS, '2026-11-05'),
    direction: fc.constantFrom('requested', 'supplied'),
    agency: fc.constantFrom(...AGENCIES),
    purpose: fc.constantFrom(...PURPOSES),
    legalBasis: fc.constantFrom(...BASES),
    pattern: fc.constantFrom(...PATTERNS),
    outcome: fc.constantFrom('permit', 'permit-partial', 'deny'),
    result: fc.constantFrom('disclosed', 'supplier-failed', 'permit-lapsed'),
    reason: fc.constantFrom(...REASONS),
    override: fc.constantFrom('yes', 'no'),
    staffRole: fc.constantFrom(...ROLES),
    staffId: fc.constantFrom(...STAFF),
    agreement: fc.constantFrom(...AGREEMENTS),
    kind: fc.constantFrom('exchange', 'decision-not-to-share'),
  },
  { requiredKeys: [] },
);

/** What a filter means, said again without a database. */
function fits(filters: Filters, agency: string, claims: ExchangeClaims, outcome: Outcome | undefined): boolean {
  const asked = claims.requester.agency === agency;
  if (!asked && claims.supplier !== agency) return false;
  const released = claims.items.filter(({ dataItem }) => outcome?.released.includes(dataItem));
  const is: Record<string, (value: string) => boolean> = {
    from: (value) => new Date(claims.at) >= new Date(value),
    to: (value) => new Date(claims.at) < new Date(value),
    direction: (value) => value === (asked ? 'requested' : 'supplied'),
    agency: (value) => value === (asked ? claims.supplier : claims.requester.agency),
    purpose: (value) => value === claims.purpose,
    legalBasis: (value) => released.some(({ legalBasis }) => legalBasis.includes(value)),
    pattern: (value) => value === claims.pattern,
    outcome: (value) => value === claims.decision.outcome,
    result: (value) => value === outcome?.result,
    reason: (value) =>
      [...claims.decision.reasonCodes, ...claims.items.flatMap(({ reasonCodes }) => reasonCodes)].includes(value),
    override: (value) => value === (claims.override ? 'yes' : 'no'),
    staffRole: (value) => value === claims.requester.role,
    staffId: (value) => asked && value === claims.requester.staffId,
    agreement: (value) => value === claims.agreement?.id,
    kind: (value) => value === 'exchange',
  };
  return Object.entries(filters).every(([name, value]) => is[name]!(value));
}

describe('a search of disclosures', () => {
  let gateway: TestGateway;
  let log: DisclosureLog;
  let council: Call;
  let trust: Call;
  beforeAll(async () => {
    gateway = await startTestGateway();
    log = gateway.sandbox.gateway.app.get(DisclosureLog);
    council = await gateway.as('northmoor-council-ig-1');
    trust = await gateway.as('northmoor-nhs-trust-ig-2');
    for (const made of fc.sample(anExchange, { numRuns: 250, seed: 4 })) await appendExchange(log, made);
  });
  afterAll(() => gateway.stop({ forged: true }));

  const ask = (call: Call, filters: Filters = {}): Promise<Answer> =>
    call('GET', `/v1/disclosures?${new URLSearchParams(filters).toString()}`);
  const page = async (call: Call, filters: Filters = {}): Promise<DisclosurePage> => {
    const { status, body, text } = await ask(call, filters);
    expect([status, text]).toEqual([200, expect.any(String)]);
    return body as unknown as DisclosurePage;
  };
  const readAll = async (call: Call, filters: Filters = {}): Promise<DisclosureSummary[]> => {
    const found: DisclosureSummary[] = [];
    let cursor: string | null = null;
    do {
      const next = await page(call, { limit: '7', ...filters, ...(cursor !== null && { cursor }) });
      found.push(...next.disclosures);
      cursor = next.nextCursor;
    } while (cursor !== null);
    return found;
  };

  it('finds exactly what each filter means, the newest first, with its count, for each agency', async () => {
    const entries = await readLog(gateway.database.ownerUrl);
    const outcomes = new Map(
      entries.filter(({ kind }) => kind === 'outcome').map(({ exchangeId, claims }) => [exchangeId, claims.outcome]),
    );
    const decisions = entries
      .filter(({ kind }) => kind === 'decision')
      .sort((a, b) => b.claims.at.localeCompare(a.claims.at) || b.index - a.index);
    const officers = { 'northmoor-council': council, 'northmoor-nhs-trust': trust };
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...Object.entries(officers)), someFilters, async ([agency, call], filters) => {
        const expected = decisions
          .filter(({ claims, exchangeId }) => fits(filters, agency, claims, outcomes.get(exchangeId)))
          .map(({ exchangeId }) => exchangeId);
        const { disclosures, count, countIsExact } = await page(call, { ...filters, limit: '100' });
        expect(disclosures.map(({ exchangeId }) => exchangeId)).toEqual(expected.slice(0, 100));
        expect([count, countIsExact]).toEqual([expected.length, true]);
      }),
      { numRuns: 150, seed: 26 },
    );
  });

  it('is the same on every page while the log grows', async () => {
    const before = await readAll(council, { limit: '100' });
    const found: DisclosureSummary[] = [];
    let cursor: string | null = null;
    do {
      const next: DisclosurePage = await page(council, { limit: '9', ...(cursor !== null && { cursor }) });
      found.push(...next.disclosures);
      expect(next.count).toBe(before.length);
      // Before, among and after what is being read.
      for (const at of DAYS) await appendExchange(log, { claims: { at } });
      cursor = next.nextCursor;
    } while (cursor !== null);
    expect(found).toEqual(before);
    expect((await page(council)).count).toBeGreaterThan(before.length);
  });

  it('has whatever is committed, at once', async () => {
    for (let turn = 0; turn < 20; turn++) {
      const id = await appendExchange(log, { claims: { at: new Date().toISOString() }, outcome: disclosed() });
      const { disclosures } = await page(trust, { limit: '1' });
      expect(disclosures[0]).toMatchObject({ exchangeId: id, result: 'disclosed', direction: 'supplied' });
    }
  });

  it('names staff to their own agency alone', async () => {
    const id = await appendExchange(log, { claims: { at: new Date().toISOString() } });
    const seenBy = async (call: Call) => (await page(call, { limit: '1' })).disclosures[0];
    expect(await seenBy(council)).toMatchObject({ exchangeId: id, staffId: 'sw-4711', staffRole: 'social-worker' });
    expect(await seenBy(trust)).toMatchObject({ exchangeId: id, staffId: null, staffRole: 'social-worker' });
    expect((await page(trust, { staffId: 'sw-4711', direction: 'supplied' })).count).toBe(0);
  });

  it('has a decision not to share for the agency that made it, and not for the one that asked', async () => {
    const records = await gateway.as('northmoor-nhs-trust-records');
    const { body } = await records('POST', '/v1/decisions-not-to-share', {
      items: ['northmoor-nhs-trust/assessed-needs#*'],
      askedBy: 'northmoor-council',
      purpose: 'adult-social-care',
      reason: 'not-necessary',
      legalBasis: [],
      decidedBy: { staffId: 'dsl-0032', role: 'safeguarding-lead' },
    });
    const decision = { kind: 'decision-not-to-share' };
    const { disclosures } = await page(trust, { ...decision, agency: 'northmoor-council', staffId: 'dsl-0032' });
    expect(disclosures).toMatchObject([
      {
        exchangeId: body['id'],
        kind: 'decision-not-to-share',
        direction: 'supplied',
        otherAgency: 'northmoor-council',
        outcome: 'deny',
        reasons: ['not-necessary'],
        items: ['northmoor-nhs-trust/assessed-needs#*'],
        staffId: 'dsl-0032',
        pattern: null,
      },
    ]);
    expect((await page(council, decision)).disclosures).toEqual([]);
    const one = await trust('GET', `/v1/disclosures/${String(body['id'])}`);
    expect([one.status, one.body]).toEqual([200, expect.objectContaining({ explanation: null })]);
    expect((await council('GET', `/v1/disclosures/${String(body['id'])}`)).status).toBe(404);
  });

  it('takes nothing that is not a filter, in any of them', async () => {
    const bad = [
      "northmoor-council' OR '1'='1",
      'northmoor-council"; DROP TABLE disclosures; --',
      '{northmoor-council}',
      '%',
      'a\u0000b',
      '=HYPERLINK("http://example.invalid")',
      '<script>alert(1)</script>',
      'line\r\nSet-Cookie: a=b',
      '',
    ];
    const names = ['kind', 'direction', 'agency', 'purpose', 'legalBasis', 'pattern', 'outcome', 'result', 'reason'];
    const more = ['override', 'staffRole', 'staffId', 'agreement', 'from', 'to', 'cursor', 'limit', 'unknown'];
    for (const name of [...names, ...more]) {
      for (const value of bad) {
        const { status, body } = await ask(council, { [name]: value });
        expect([name, value, status, body['code']]).toEqual([name, value, 400, 'REQUEST_INVALID']);
      }
    }
    expect((await council('GET', '/v1/disclosures?purpose=a1&purpose=b1')).status).toBe(400);
    const forged = Buffer.from("9 2026-11-22T09:30:00.000Z' 4").toString('base64url');
    expect((await ask(council, { cursor: forged })).status).toBe(400);
  });

  it('takes no identifier of a person in a URL', async () => {
    for (const name of ['staffId', 'reason']) expect((await ask(council, { [name]: 'NN123456C' })).status).toBe(400);
    for (const name of ['staffId']) expect((await ask(council, { [name]: '9990000018' })).status).toBe(400);
  });

  it('stands in the log before it is answered, with what it was searched by where that is in the log already', async () => {
    await page(council, { purpose: 'adult-social-care', from: '2026-11-01' });
    await page(council, { agency: 'jane-citizen' });
    const searched = (await readLog(gateway.database.ownerUrl)).filter(({ kind }) => kind === 'disclosures-searched');
    expect(searched.slice(-2)).toMatchObject([
      {
        claims: {
          searchedBy: { agency: 'northmoor-council', officer: 'northmoor-council-ig-1' },
          filters: ['from', 'purpose'],
          found: expect.any(Number),
        },
        detail: { values: { purpose: 'adult-social-care', from: '2026-11-01T00:00:00.000Z' } },
      },
      { claims: { filters: ['agency'], found: 0 }, detail: { values: {} } },
    ]);
    expect(await logFindings(gateway)).toEqual([]);
  });
});
