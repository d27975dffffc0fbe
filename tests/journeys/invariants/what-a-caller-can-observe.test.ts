import { ADULT_CARE } from '../../support/definitions.js';
import { needsPermission, needsQuery, premisesQuery, type Answer, type Call } from '../../support/gateway.js';
import { readLog } from '../../support/read-log.js';
import { startSuppliedGateway, type SuppliedGateway } from '../../support/supplied-gateway.js';
import { json, status, type Answer as SupplierAnswer } from '../../support/supplier-stub.js';

const UNKNOWN = '9990000026';
const KNOWN = '9990000018';
const UPRN = '999900000001';
/** The trust's answers are held back this long, milliseconds. */
const NO_SOONER_THAN = 120;

/** An answer without what differs between any two: ids, instants, and how long the proof is. */
const shapeOf = ({ status: code, headers, body }: Answer) => ({
  status: code,
  headers: [...headers].filter(([name]) => !['date', 'content-length', 'x-request-id', 'etag'].includes(name)),
  names: [...headers.keys()].toSorted(),
  body: { ...body, exchangeId: String(body['exchangeId']).length, receipt: receiptShape(String(body['receipt'])) },
});

function receiptShape(receipt: string): object {
  const [head = '', body = '', signature = ''] = receipt.split('.');
  const { iss, claims, log } = JSON.parse(Buffer.from(body, 'base64url').toString()) as {
    iss: string;
    claims: { exchangeId: string; at: string };
    log: { index: number; inclusionProof: string[]; checkpoint: string; claimsSalt: string; detailDigest: string };
  };
  return {
    header: Buffer.from(head, 'base64url').toString(),
    signature: signature.length,
    iss,
    claims: { ...claims, exchangeId: claims.exchangeId.length, at: claims.at.length },
    log: {
      ...log,
      index: 0,
      inclusionProof: 0,
      checkpoint: 0,
      claimsSalt: log.claimsSalt.length,
      detailDigest: log.detailDigest.length,
    },
  };
}

describe('what a caller can observe', () => {
  let gateway: SuppliedGateway;
  let council: Call;
  let trust: Call;
  let fire: Call;
  let stranger: Call;
  beforeAll(async () => {
    gateway = await startSuppliedGateway({
      edit: (_file, text) =>
        text.replace('safeToRetry: true', `safeToRetry: true\n  answerNoSoonerThanMs: ${NO_SOONER_THAN}`),
    });
    council = await gateway.as('northmoor-council-adult-care');
    trust = await gateway.as('northmoor-nhs-trust-records');
    fire = await gateway.as('northmoor-fire-control');
    stranger = await gateway.as('eastvale-council-adult-care');
    for (const person of [KNOWN, UNKNOWN]) await council('POST', '/v1/permissions', needsPermission(person));
  });
  afterAll(async () => gateway.stop());

  describe('of others (invariant 8)', () => {
    const withoutIds = ({ status: code, headers, text }: Answer) => ({
      status: code,
      text,
      headers: [...headers].filter(([name]) => !['date', 'x-request-id'].includes(name)),
    });
    const NOWHERE = '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f';

    it('is nothing of a permission that another agency recorded: it looks like one that does not exist', async () => {
      const { body } = await council('POST', '/v1/permissions', needsPermission(KNOWN));
      const theirs = String(body['id']);
      for (const caller of [trust, fire, stranger]) {
        for (const [method, after] of [
          ['GET', ''],
          ['POST', '/withdraw'],
        ] as const) {
          const answers = await Promise.all(
            [theirs, NOWHERE, 'nothing'].map((id) => caller(method, `/v1/permissions/${id}${after}`)),
          );
          const [there, not, neither] = answers.map(withoutIds);
          expect(there?.status).toBe(404);
          expect(there).toEqual(not);
          expect(there).toEqual(neither);
        }
      }
      expect((await council('GET', `/v1/permissions/${theirs}`)).body).toMatchObject({ state: 'given' });
    });

    it('is nothing of a log entry in which its agency has no part: it looks like one that does not exist', async () => {
      gateway.holds.set(KNOWN, json({ patient: {} }));
      const { body } = await council('POST', '/v1/queries', needsQuery(KNOWN));
      const entries = await readLog(gateway.database.ownerUrl);
      const [index] = entries.filter(({ exchangeId }) => exchangeId === body['exchangeId']).map((entry) => entry.index);
      const proof = (caller: Call, of: number | string) => caller('GET', `/v1/log/entries/${of}/proof`);
      for (const party of [council, trust]) expect((await proof(party, index ?? -1)).status).toBe(200);
      for (const other of [fire, stranger]) {
        const hidden = await Promise.all(
          [index ?? -1, entries.length + 1_000, '999999999999999', 'nothing', '-1', '01'].map((of) => proof(other, of)),
        );
        const [there, ...not] = hidden.map(withoutIds);
        expect(there?.status).toBe(404);
        for (const one of not) expect(one).toEqual(there);
      }
      // Entries of no exchange (a permission, applied definitions) are nobody's to ask for.
      for (const { index: one } of entries.filter(({ exchangeId }) => exchangeId === null)) {
        expect((await proof(council, one)).status).toBe(404);
      }
    });

    it('is nothing of the data services of agencies with which its own has no agreement', async () => {
      expect((await stranger('GET', '/v1/data-services')).body).toEqual({ dataServices: [], nextCursor: null });
      const seen = (await council('GET', '/v1/data-services')).text;
      expect(seen).toContain('northmoor-nhs-trust/assessed-needs');
      expect(seen).not.toMatch(/home-oxygen|clinical-notes/);
      expect((await stranger('GET', '/v1/data-services?q=oxygen')).text).toBe(
        (await stranger('GET', '/v1/data-services?q=nothing')).text,
      );
    });

    it('is nothing of another agency’s exchanges through a refusal: a service that is there and one that is not look the same', async () => {
      const [there, not] = await Promise.all(
        ['northmoor-nhs-trust/assessed-needs', 'northmoor-nhs-trust/nothing-there1'].map((dataService) =>
          stranger('POST', '/v1/queries', needsQuery(KNOWN, { dataService })),
        ),
      );
      const visible = (answer: Answer | undefined) =>
        answer && { status: answer.status, body: { ...answer.body, exchangeId: 0, receipt: 0 } };
      expect(there?.status).toBe(403);
      expect(visible(there)).toEqual(visible(not));
    });
  });

  describe('of a person (invariant 9)', () => {
    const asked = async (call: Call, body: object): Promise<{ answer: Answer; took: number }> => {
      const began = performance.now();
      const answer = await call('POST', '/v1/queries', body);
      return { answer, took: performance.now() - began };
    };

    it.each<[string, SupplierAnswer, SupplierAnswer]>([
      [
        'no value of the items, and much else',
        status(404),
        json({ patient: { riskSummary: { level: 'low', summary: 'x' }, name: 'x' } }),
      ],
      ['values that are null', status(404), json({ patient: { assessedNeeds: null, careCoordinator: null } })],
      ['values that are empty', status(404), json({ patient: { assessedNeeds: {}, careCoordinator: {} } })],
      ['nothing at all', status(204), json({})],
      ['null', status(404, { 'x-reason': 'no such patient' }), json(null)],
    ])(
      'does not tell whether the supplier knows them: an unknown person looks like a known one with %s',
      async (_what, unknown, known) => {
        gateway.holds.set(UNKNOWN, unknown).set(KNOWN, known);
        const before = (await readLog(gateway.database.ownerUrl)).length;
        const one = await asked(council, needsQuery(UNKNOWN));
        const between = (await readLog(gateway.database.ownerUrl)).length;
        const other = await asked(council, needsQuery(KNOWN));
        expect(one.answer.body).toMatchObject({
          decision: { outcome: 'permit', reasonCodes: ['PERMIT'] },
          data: { 'assessed-needs': null, 'care-coordinator': null },
          withheld: [],
        });
        expect(shapeOf(one.answer)).toEqual(shapeOf(other.answer));
        expect(between - before).toBe(2);
        expect((await readLog(gateway.database.ownerUrl)).length - between).toBe(2);
        for (const { took } of [one, other]) expect(took).toBeGreaterThanOrEqual(NO_SOONER_THAN);
      },
    );

    it('does not tell it of a place either, where the supplier is asked by FHIR', async () => {
      const oxygen = premisesQuery({
        dataService: 'northmoor-nhs-trust/home-oxygen',
        dataItems: ['oxygen-at-premises'],
      });
      const bundle = (entry: unknown[]) =>
        json({ resourceType: 'Bundle', type: 'searchset', entry }, 200, 'application/fhir+json');
      gateway.holds.set(UPRN, bundle([]));
      const unknown = await fire('POST', '/v1/queries', oxygen);
      const device = { resourceType: 'Device', status: 'inactive', deviceName: [{ name: 'cylinder' }] };
      gateway.holds.set(UPRN, bundle([{ resource: device }]));
      const known = await fire('POST', '/v1/queries', oxygen);
      expect(unknown.body['data']).toEqual({ 'oxygen-at-premises': null });
      expect(shapeOf(unknown)).toEqual(shapeOf(known));
    });

    it('is told only where the agreement says that it may be, and then the record and the receipt say so too', async () => {
      await gateway.define({
        edit: (file, text) =>
          file === ADULT_CARE
            ? text.replace('version: 1', 'version: 2').replace('unmatched: uniform', 'unmatched: reveal')
            : text,
      });
      gateway.holds.set(UNKNOWN, status(404)).set(KNOWN, json({ patient: { name: 'x' } }));
      const unknown = await council('POST', '/v1/queries', needsQuery(UNKNOWN));
      const known = await council('POST', '/v1/queries', needsQuery(KNOWN));
      expect(unknown.body).toMatchObject({
        decision: { reasonCodes: ['PERMIT', 'NO_TRACE'] },
        data: { 'assessed-needs': null },
      });
      expect(known.body).toMatchObject({ decision: { reasonCodes: ['PERMIT'] } });
      const noTrace = async ({ body }: Answer) =>
        (await readLog(gateway.database.ownerUrl, body['exchangeId'])).at(-1)?.claims.outcome?.noTrace;
      expect(await noTrace(unknown)).toBe(true);
      expect(await noTrace(known)).toBeUndefined();
      expect(receiptShape(String(unknown.body['receipt']))).toMatchObject({ claims: { outcome: { noTrace: true } } });
    });
  });
});
