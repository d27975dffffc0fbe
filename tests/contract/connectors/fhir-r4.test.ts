import type { Connector, FhirR4Configuration } from '../../../src/connectors/index.js';
import { createConnector } from '../../../src/connectors/index.js';
import { json, startSupplier, status, type Answer, type SupplierStub } from '../../support/supplier-stub.js';
import { item, request, service } from './implementations.js';

const TEXTS = { type: 'array', items: { type: 'string' } };
const NUMBERS = { type: 'array', items: { type: 'number' } };
const ITEMS = [item('codes', 'Condition.code.coding.code', TEXTS), item('weights', 'Observation.value.value', NUMBERS)];
const TYPE = 'application/fhir+json';

const condition = (code: string) => ({ resourceType: 'Condition', code: { coding: [{ code }] } });
const weight = (value: number) => ({ resourceType: 'Observation', valueQuantity: { value } });
const outcome = (severity: string, code: string) => ({
  resourceType: 'OperationOutcome',
  issue: [{ severity, code, diagnostics: 'CANARY' }],
});
const bundle = (resources: unknown[], next?: string) => ({
  resourceType: 'Bundle',
  type: 'searchset',
  link: [
    { relation: 'self', url: 'http://elsewhere.example/' },
    ...(next === undefined ? [] : [{ relation: 'next', url: next }]),
  ],
  entry: resources.map((resource) => ({ resource })),
});

describe('fhir-r4', () => {
  let supplier: SupplierStub;
  const made: Connector[] = [];

  beforeAll(async () => {
    supplier = await startSupplier(status(500));
  });
  beforeEach(() => {
    supplier.seen.length = 0;
  });
  afterAll(async () => {
    await Promise.all(made.map((connector) => connector.close()));
    await supplier.close();
  });

  function fetchWith(
    answer: Answer,
    configuration: Partial<FhirR4Configuration> = {},
    nhsNumber = '9990000018',
    items = ITEMS,
  ) {
    supplier.answer = answer;
    const whole: FhirR4Configuration = {
      kind: 'fhir-r4',
      baseUrl: `${supplier.origin}/fhir`,
      interaction: 'search',
      path: '/Condition?patient.identifier=https://fhir.nhs.uk/Id/nhs-number|{identifier:nhs-number}',
      credential: { method: 'none' },
      ...configuration,
    };
    const connector = createConnector(service(whole, items), () => undefined);
    made.push(connector);
    return connector.fetchItems(request(items, { identifiers: { 'nhs-number': nhsNumber } }));
  }
  /** Page by page, each naming the next by `address`. */
  const pages =
    (count: number, address: (page: number) => string): Answer =>
    (seen, response, index) => {
      const next = index + 1 < count ? address(index + 1) : undefined;
      json(bundle([condition(`c${index}`), weight(index + 0.5)], next), 200, TYPE)(seen, response, index);
    };

  describe('a search', () => {
    it('asks with a token that names the system', async () => {
      await fetchWith(pages(1, String));
      expect(supplier.seen[0]).toMatchObject({
        method: 'GET',
        url: '/fhir/Condition?patient.identifier=https://fhir.nhs.uk/Id/nhs-number%7C9990000018',
        headers: { accept: TYPE },
      });
    });

    it('is not widened by what an identifier holds', async () => {
      await fetchWith(pages(1, String), {}, 'a,b|c$d\\e&_count=1');
      expect(supplier.seen[0]?.url.split('%7C').slice(1).join('%7C')).toBe(
        'a%5C%2Cb%5C%7Cc%5C%24d%5C%5Ce%26_count%3D1',
      );
    });

    it.each([
      ['an absolute', (page: number) => `${supplier.origin}/fhir?page=${page}`],
      ['a relative', (page: number) => `?page=${page}`],
    ])('follows %s next link to the last page', async (_kind, address) => {
      const answer = await fetchWith(pages(3, address));
      expect(answer).toEqual({
        matched: true,
        data: { codes: ['c0', 'c1', 'c2'], weights: [0.5, 1.5, 2.5] },
        suppressed: [],
        surplus: 6, // the type of each resource
      });
      expect(supplier.seen.slice(1).map(({ url }) => url.replace(/.*\?/, ''))).toEqual(['page=1', 'page=2']);
    });

    it.each([
      ['an absolute URL', (origin: string) => `${origin}/fhir?page=2`],
      ['a URL without scheme', (origin: string) => `//${new URL(origin).host}/fhir`],
      ['a file', () => 'file:///etc/passwd'],
      ['no URL', () => 'http://['],
    ])('refuses a next link to another origin, which sees no request: %s', async (_what, address) => {
      const other = await startSupplier(pages(1, String));
      const answer = fetchWith(pages(2, () => address(other.origin)));
      await expect(answer).rejects.toMatchObject({ code: 'not-understood' });
      expect(supplier.seen).toHaveLength(1);
      expect(other.seen).toHaveLength(0);
      await other.close();
    });

    it('refuses a next link that leaves the origin by way of a path', async () => {
      const other = await startSupplier(pages(1, String));
      const { host } = new URL(other.origin);
      await expect(
        fetchWith(pages(3, (page) => (page === 1 ? `${supplier.origin}//${host}/x` : `${other.origin}/x`))),
      ).rejects.toMatchObject({ code: 'not-understood' });
      expect(other.seen).toHaveLength(0);
      await other.close();
    });

    it('gives no part of an answer that has more pages than are read', async () => {
      await expect(
        fetchWith(
          pages(4, (page) => `?page=${page}`),
          { maxPages: 3 },
        ),
      ).rejects.toMatchObject({
        code: 'too-large',
      });
      expect(supplier.seen).toHaveLength(3);
    });

    it('ends when the pages lead in a circle', async () => {
      await expect(fetchWith(pages(1_000, () => '?page=1'))).rejects.toMatchObject({ code: 'too-large' });
      expect(supplier.seen).toHaveLength(10);
    });

    it('reads all pages within one allowance of bytes', async () => {
      await expect(
        fetchWith(
          pages(9, (page) => `?page=${page}`),
          { maxBytes: 900 },
        ),
      ).rejects.toMatchObject({ code: 'too-large' });
      expect(supplier.seen.length).toBeGreaterThan(1);
    });

    it('reads all pages within one deadline', async () => {
      const slow: Answer = (...args) => setTimeout(() => pages(99, (page) => `?page=${page}`)(...args), 60);
      await expect(fetchWith(slow, { deadlineMs: 150, maxPages: 99 })).rejects.toMatchObject({ code: 'timed-out' });
    });

    it('retries once in all its pages', async () => {
      const answer: Answer = (seen, response, index) => {
        if (index % 2 === 1) status(503)(seen, response, index);
        else pages(99, (page) => `?page=${page}`)(seen, response, index);
      };
      await expect(fetchWith(answer)).rejects.toMatchObject({ code: 'unavailable' });
      expect(supplier.seen).toHaveLength(4);
    });

    it('with no entries is an unknown person', async () => {
      const empty = { resourceType: 'Bundle', type: 'searchset', total: 0 };
      for (const document of [empty, { ...empty, entry: [] }, bundle([outcome('information', 'informational')])]) {
        await expect(fetchWith(json(document, 200, TYPE))).resolves.toEqual({
          matched: false,
          data: { codes: null, weights: null },
          suppressed: [],
          surplus: 0,
        });
      }
    });

    it.each([404, 410])(
      'with status %i is refused: it says that there is no such search, not no such person',
      async (code) => {
        await expect(fetchWith(status(code))).rejects.toMatchObject({ code: 'refused' });
      },
    );

    it.each([
      ['a Bundle of another type', { resourceType: 'Bundle', type: 'collection', entry: [] }],
      ['a resource', condition('c')],
      ['an entry that is no resource', bundle([{ code: 'c' }])],
      ['a list', []],
      ['a resource that holds notes of the path library', bundle([{ ...condition('c'), __path__: { ctx: {} } }])],
    ])('is not understood when it gives %s', async (_what, document) => {
      await expect(fetchWith(json(document, 200, TYPE))).rejects.toMatchObject({ code: 'not-understood' });
    });
  });

  describe('an OperationOutcome', () => {
    it('beside the results is let pass when it warns', async () => {
      const document = bundle([condition('c'), outcome('warning', 'processing')]);
      await expect(fetchWith(json(document, 200, TYPE))).resolves.toMatchObject({ data: { codes: ['c'] }, surplus: 1 });
    });

    it('beside the results is a fault when it says that they are not complete', async () => {
      const document = bundle([condition('c'), outcome('error', 'timeout')]);
      await expect(fetchWith(json(document, 200, TYPE))).rejects.toMatchObject({ code: 'unavailable' });
    });

    it.each([
      ['forbidden', 'refused'],
      ['throttled', 'unavailable'],
      ['CANARY', 'not-understood'],
    ])('in the place of an answer, with the issue %s, is %s, and nothing of it is told', async (issue, code) => {
      for (const configuration of [{}, { interaction: 'read', path: '/Patient/{identifier:nhs-number}' } as const]) {
        const fault = await fetchWith(json(outcome('error', issue), 200, TYPE), configuration).catch(
          (error: unknown) => error,
        );
        expect(fault).toMatchObject({ code });
        expect(String(fault)).not.toContain('CANARY');
      }
    });
  });

  describe('a read', () => {
    const read = { interaction: 'read', path: '/Patient/{identifier:nhs-number}' } as const;

    it('gives the items of one resource', async () => {
      await expect(fetchWith(json(condition('c'), 200, TYPE), read)).resolves.toEqual({
        matched: true,
        data: { codes: ['c'], weights: null },
        suppressed: [],
        surplus: 1,
      });
      expect(supplier.seen[0]?.url).toBe('/fhir/Patient/9990000018');
    });

    it.each([404, 410])('with status %i is an unknown person', async (code) => {
      await expect(fetchWith(status(code), read)).resolves.toMatchObject({ matched: false });
    });
  });

  describe('a FHIRPath', () => {
    const one = async (select: string, schema: Record<string, unknown>, resource: unknown) => {
      const { data, surplus } = await fetchWith(json(bundle([resource]), 200, TYPE), {}, '1', [
        item('one', select, schema),
      ]);
      return { value: data['one'], surplus };
    };
    const patient = { resourceType: 'Patient', birthDate: '1980-02-29', name: [{ family: 'F', given: ['A', 'B'] }] };

    it('may compute a value, of which what it was made from stays surplus', async () => {
      expect(await one("Patient.name.given.first() & ' ' & Patient.name.family", { type: 'string' }, patient)).toEqual({
        value: 'A F',
        surplus: 5,
      });
      expect(await one('Patient.name.exists()', { type: 'boolean' }, patient)).toEqual({ value: true, surplus: 5 });
      expect(await one('Patient.birthDate + 1 year', { type: 'string' }, patient)).toEqual({
        value: '1981-02-28',
        surplus: 5,
      });
    });

    it('may select an object, of which the members that its schema lists are copied', async () => {
      const schema = { type: 'object', properties: { family: { type: 'string' } } };
      expect(await one('Patient.name', schema, patient)).toEqual({ value: { family: 'F' }, surplus: 4 });
    });

    it('may select a choice element by its name without the type', async () => {
      const schema = { type: 'object', properties: { value: { type: 'number' } } };
      expect(await one('Observation.value', schema, weight(70.5))).toEqual({ value: { value: 70.5 }, surplus: 1 });
    });

    it('that finds several values where one is expected is of the wrong type', async () => {
      await expect(one('Patient.name.given', { type: 'string' }, patient)).rejects.toMatchObject({
        code: 'wrong-type',
      });
    });

    it('that fails on the answer is of the wrong type', async () => {
      await expect(one('Patient.name.given.single()', { type: 'string' }, patient)).rejects.toMatchObject({
        code: 'wrong-type',
        detail: 'item one: its path fails on the answer',
      });
    });
  });
});
