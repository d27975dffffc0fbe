import type { Connector, HttpJsonConfiguration, SupplierFault } from '../../../src/connectors/index.js';
import { createConnector } from '../../../src/connectors/index.js';
import { json, startSupplier, status, type SupplierStub } from '../../support/supplier-stub.js';
import { item, request, service } from './implementations.js';

const ITEMS = [
  item('name', '$.name', { type: 'string' }),
  item('codes', '$.codes[*]', { type: 'array', items: { type: 'string' } }),
];

describe('http-json', () => {
  let supplier: SupplierStub;
  const made: Connector[] = [];

  beforeAll(async () => {
    supplier = await startSupplier(json({ name: 'Fiction' }));
  });
  beforeEach(() => {
    supplier.seen.length = 0;
    supplier.answer = json({ name: 'Fiction' });
  });
  afterAll(async () => {
    await Promise.all(made.map((connector) => connector.close()));
    await supplier.close();
  });

  function connector(configuration: Partial<HttpJsonConfiguration>, items = ITEMS): Connector {
    const whole: HttpJsonConfiguration = {
      kind: 'http-json',
      baseUrl: `${supplier.origin}/api/`,
      method: 'GET',
      path: '/people/{identifier:nhs-number}',
      credential: { method: 'none' },
      ...configuration,
    };
    const one = createConnector(service(whole, items), () => undefined);
    made.push(one);
    return one;
  }
  const askFor = (configuration: Partial<HttpJsonConfiguration>, nhsNumber: string, purpose = 'care') =>
    connector(configuration).fetchItems(request(ITEMS, { identifiers: { 'nhs-number': nhsNumber }, purpose }));
  const faultFor = async (configuration: Partial<HttpJsonConfiguration>, nhsNumber: string): Promise<SupplierFault> =>
    await askFor(configuration, nhsNumber).then(
      () => {
        throw new Error('there was no fault');
      },
      (error: SupplierFault) => error,
    );

  describe('what is filled in', () => {
    it('in a path is percent-encoded, and so stays one segment', async () => {
      await askFor({}, 'a/b?c=d&e#f g%2Fé');
      expect(supplier.seen[0]?.url).toBe('/api/people/a%2Fb%3Fc%3Dd%26e%23f%20g%252F%C3%A9');
    });

    it('in a query is percent-encoded, and so adds no parameter', async () => {
      await askFor(
        { path: '/people?id={identifier:nhs-number}&for={purpose}&only={items}' },
        '1&admin=true',
        "o'clock",
      );
      expect(supplier.seen[0]?.url).toBe('/api/people?id=1%26admin%3Dtrue&for=o%27clock&only=name,codes');
    });

    it.each(['..', '.', '../admin', 'a/../../admin', '..\\admin', '..%2Fadmin/..'])(
      'in a path is refused when it would lead out of it: %s',
      async (value) => {
        expect(await faultFor({}, value)).toMatchObject({ code: 'not-askable' });
        expect(supplier.seen).toHaveLength(0);
      },
    );

    it('in a path is refused when it would lead out of it together with the text around it', async () => {
      expect(await faultFor({ path: '/people/.{identifier:nhs-number}/record' }, '.')).toMatchObject({
        code: 'not-askable',
      });
      expect(supplier.seen).toHaveLength(0);
    });

    it.each(['a\r\nX-Admin: yes', 'a\nb', 'a\0b', 'caf\u00e9', '\u007f'])(
      'in a header is refused when a header cannot hold it: %j',
      async (value) => {
        const headers = { 'X-Subject': 'NHS {identifier:nhs-number}' };
        expect(await faultFor({ headers }, value)).toMatchObject({ code: 'not-askable' });
        expect(supplier.seen).toHaveLength(0);
      },
    );

    it('in a header is sent as it is', async () => {
      await askFor({ headers: { 'X-Subject': 'NHS {identifier:nhs-number}', 'x-exchange': '{exchangeId}' } }, '123');
      expect(supplier.seen[0]?.headers).toMatchObject({
        'x-subject': 'NHS 123',
        'x-exchange': '019a0000-0000-7000-8000-000000000001',
      });
    });

    it('in a body is a JSON string, and so adds no member', async () => {
      const body = {
        person: { id: 'nhs:{identifier:nhs-number}', '{literal}': [1, null, true, {}, []] },
        fields: '{items}',
        note: '{purpose} {{braces}}',
      };
      await askFor({ method: 'POST', path: '/lookups', body }, '1", "admin": "\\\n\u2028');
      expect(JSON.parse(supplier.seen[0]?.body ?? '')).toEqual({
        person: { id: 'nhs:1", "admin": "\\\n\u2028', '{literal}': [1, null, true, {}, []] },
        fields: ['name', 'codes'],
        note: 'care {braces}',
      });
      expect(supplier.seen[0]?.headers['content-type']).toBe('application/json');
    });

    it('is refused when it is empty, so that no list is asked for in the place of a person', async () => {
      expect(await faultFor({}, '')).toMatchObject({ code: 'not-askable' });
    });
  });

  describe('an unknown person', () => {
    it('is what the configured statuses say', async () => {
      supplier.answer = status(410);
      const answer = await askFor({ notFoundStatuses: [404, 410] }, '1');
      expect(answer).toEqual({ matched: false, data: { name: null, codes: null }, suppressed: [], surplus: 0 });
    });

    it('is not what a status says that is not configured', async () => {
      supplier.answer = status(404);
      expect(await faultFor({ notFoundStatuses: [410] }, '1')).toMatchObject({ code: 'refused' });
    });

    it.each([
      ['no content', status(204)],
      ['null', json(null)],
      ['an empty object', json({})],
      ['an empty list', json([])],
    ])('is what %s says', async (_what, answer) => {
      supplier.answer = answer;
      expect(await askFor({}, '1')).toEqual({
        matched: false,
        data: { name: null, codes: null },
        suppressed: [],
        surplus: 0,
      });
    });
  });

  describe('a value', () => {
    const fetchOne = async (document: unknown, select: string, schema: Record<string, unknown>) => {
      supplier.answer = json(document);
      const items = [item('one', select, schema)];
      const { data, surplus } = await connector({}, items).fetchItems(request(items));
      return { value: data['one'], surplus };
    };
    const text = { type: 'string' };
    const texts = { type: 'array', items: text };

    it('that several nodes make up is an array when the schema is one', async () => {
      expect(await fetchOne({ a: [{ b: 'x' }, { b: 'y' }] }, '$.a[*].b', texts)).toEqual({
        value: ['x', 'y'],
        surplus: 0,
      });
    });

    it('that one of possibly several nodes makes up is an array of one', async () => {
      expect(await fetchOne({ a: [{ b: 'x' }] }, '$.a[*].b', texts)).toEqual({ value: ['x'], surplus: 0 });
    });

    it('that several nodes make up where one is expected is of the wrong type', async () => {
      await expect(fetchOne({ a: ['x', 'y'] }, '$.a[*]', text)).rejects.toMatchObject({ code: 'wrong-type' });
    });

    it('that is an object holds the members that its schema lists, at every depth, and the rest is surplus', async () => {
      const schema = {
        type: 'object',
        properties: { line: text, parts: { type: 'array', items: { type: 'object', properties: { a: text } } } },
        additionalProperties: false,
      };
      const sent = { address: { line: '1 Road', secret: 'CANARY', parts: [{ a: 'x', b: 'CANARY' }, { b: 'CANARY' }] } };
      expect(await fetchOne(sent, '$.address', schema)).toEqual({
        value: { line: '1 Road', parts: [{ a: 'x' }, {}] },
        surplus: 3,
      });
    });

    it('that two items share is counted once', async () => {
      supplier.answer = json({ a: { b: 'x', c: 'y', d: 'z' } });
      const whole = { type: 'object', properties: { b: text, c: text } };
      const items = [item('whole', '$.a', whole), item('part', '$.a.b', text)];
      expect(await connector({}, items).fetchItems(request(items))).toEqual({
        matched: true,
        data: { whole: { b: 'x', c: 'y' }, part: 'x' },
        suppressed: [],
        surplus: 1,
      });
    });

    it('that is missing a member which its schema requires is of the wrong type', async () => {
      const schema = { type: 'object', properties: { b: text, c: text }, required: ['c'] };
      await expect(fetchOne({ a: { b: 'x' } }, '$.a', schema)).rejects.toMatchObject({ code: 'wrong-type' });
    });

    it('is not found on the prototype of an object', async () => {
      expect(await fetchOne({ a: 'x' }, '$.constructor.name', text)).toEqual({ value: null, surplus: 1 });
    });

    it('named __proto__ by a supplier changes nothing', async () => {
      const sent = JSON.parse('{"a":{"__proto__":{"polluted":"yes"},"b":"x"}}') as unknown;
      const { value } = await fetchOne(sent, '$.a', { type: 'object', additionalProperties: true });
      expect(value).toEqual({ b: 'x' });
      expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
      expect(Object.getPrototypeOf(value)).toHaveProperty('hasOwnProperty');
    });
  });

  it('keeps the items of a path that cannot be walked from being answered in part', async () => {
    let deep: unknown = 'x';
    for (let depth = 0; depth < 200; depth++) deep = { deep };
    supplier.answer = json(deep);
    const items = [item('all', '$..name', { type: 'array', items: { type: 'string' } })];
    await expect(connector({}, items).fetchItems(request(items))).rejects.toMatchObject({ code: 'not-understood' });
  });
});
