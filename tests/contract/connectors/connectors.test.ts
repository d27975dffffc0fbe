import { Connectors, type HttpJsonConfiguration } from '../../../src/connectors/index.js';
import { json, startSupplier, type SupplierStub } from '../../support/supplier-stub.js';
import { item, request, service } from './implementations.js';

describe('the connectors of the data services', () => {
  const items = [item('name', '$.name', { type: 'string' })];
  let supplier: SupplierStub;
  let connectors: Connectors;

  beforeEach(async () => {
    supplier = await startSupplier(json({ name: 'Fiction' }));
    connectors = new Connectors(() => undefined);
  });
  afterEach(async () => {
    await connectors.close();
    await supplier.close();
  });

  const definition = (configuration: Partial<HttpJsonConfiguration> = {}) =>
    service(
      {
        kind: 'http-json',
        baseUrl: supplier.origin,
        method: 'GET',
        path: '/people/{identifier:nhs-number}',
        credential: { method: 'none' },
        ...configuration,
      },
      items,
    );

  it('are kept while the definition stays the same, also when it is read anew', async () => {
    for (let count = 0; count < 5; count++) await connectors.fetchItems(definition(), request(items));
    expect(supplier.connections).toBeLessThanOrEqual(2);
  });

  it('follow a definition that changed, and let the one before finish what it began', async () => {
    const asked = Promise.withResolvers<() => void>();
    supplier.answer = (seen, response, index) => asked.resolve(() => json({ name: 'Before' })(seen, response, index));
    const before = connectors.fetchItems(definition(), request(items));
    const answer = await asked.promise;
    supplier.answer = json({ name: 'After' });
    const after = await connectors.fetchItems(definition({ path: '/v2/{identifier:nhs-number}' }), request(items));
    answer();
    expect((await before).data).toEqual({ name: 'Before' });
    expect(after.data).toEqual({ name: 'After' });
    expect(supplier.seen.map(({ url }) => url)).toEqual(['/people/9990000018', '/v2/9990000018']);
  });

  it('ask nobody when the configuration cannot be used, and say what is wrong to the operator', async () => {
    const credential = { method: 'api-key', header: 'X-Key', secret: 'SUPPLIER_KEY' } as const;
    await expect(connectors.fetchItems(definition({ credential }), request(items))).rejects.toMatchObject({
      code: 'not-askable',
      detail: 'configuration of northmoor-nhs-trust/records: the secret SUPPLIER_KEY is not set',
    });
  });

  it('ask nobody once they are closed', async () => {
    await connectors.close();
    await expect(connectors.fetchItems(definition(), request(items))).rejects.toMatchObject({ code: 'unavailable' });
    expect(supplier.seen).toHaveLength(0);
  });
});
