import { setTimeout as pause } from 'node:timers/promises';
import { createConnector, type Connector, type SupplierCredential } from '../../../src/connectors/index.js';
import { createAuthority } from '../../support/certificates.js';
import { json, startSupplier, status, type Answer, type SupplierStub } from '../../support/supplier-stub.js';
import { item, request, service } from './implementations.js';

const ITEMS = [item('name', '$.name', { type: 'string' })];
const ANSWER = json({ name: 'Fiction' });

describe('credentials towards a supplier', () => {
  const opened: { close(): Promise<void> }[] = [];
  const stub = async (...given: Parameters<typeof startSupplier>): Promise<SupplierStub> => {
    const supplier = await startSupplier(...given);
    opened.push(supplier);
    return supplier;
  };
  const connect = (
    supplier: SupplierStub,
    credential: SupplierCredential,
    secrets: Record<string, string>,
    tuning: { method?: 'POST'; deadlineMs?: number } = {},
  ): Connector => {
    const definition = service(
      {
        kind: 'http-json',
        baseUrl: supplier.origin,
        method: 'GET',
        path: '/people/{identifier:nhs-number}',
        credential,
        ...tuning,
      },
      ITEMS,
    );
    const connector = createConnector(definition, (name) => secrets[name]);
    opened.push(connector);
    return connector;
  };

  afterAll(async () => {
    await Promise.all(opened.map((one) => one.close()));
  });

  describe('an API key', () => {
    it('is sent in the configured header', async () => {
      const supplier = await stub(ANSWER);
      const credential = { method: 'api-key', header: 'Authorization', secret: 'SUPPLIER_KEY' } as const;
      await connect(supplier, credential, { SUPPLIER_KEY: 'ApiKey 42' }).fetchItems(request(ITEMS));
      expect(supplier.seen[0]?.headers.authorization).toBe('ApiKey 42');
    });

    it.each([
      ['is missing', {}, 'the secret SUPPLIER_KEY is not set'],
      ['is empty', { SUPPLIER_KEY: '' }, 'the secret SUPPLIER_KEY is not set'],
      [
        'would break the header',
        { SUPPLIER_KEY: 'CANARY\r\nX: y' },
        'the secret SUPPLIER_KEY cannot stand in a header',
      ],
    ])('that %s makes no connector, and only its name is told', async (_what, secrets, problem) => {
      const supplier = await stub(ANSWER);
      const credential = { method: 'api-key', header: 'X-Api-Key', secret: 'SUPPLIER_KEY' } as const;
      expect(() => connect(supplier, credential, secrets)).toThrow(problem);
      expect(() => connect(supplier, credential, secrets)).not.toThrow('CANARY');
    });
  });

  describe('OAuth client credentials', () => {
    const numbered =
      (lifetimeS = 300): Answer =>
      (seen, response, index) =>
        json({ access_token: `token-${index + 1}`, token_type: 'bearer', expires_in: lifetimeS })(
          seen,
          response,
          index,
        );
    const bearers = (supplier: SupplierStub) => supplier.seen.map(({ headers }) => headers.authorization);

    async function rig(tokenAnswer: Answer, answer: Answer = ANSWER, tuning: Parameters<typeof connect>[3] = {}) {
      const [supplier, tokens] = await Promise.all([stub(answer), stub(tokenAnswer)]);
      const connector = connect(
        supplier,
        {
          method: 'client-credentials',
          tokenUrl: `${tokens.origin}/oauth/token?tenant=1`,
          clientId: 'gate:house',
          secret: 'SUPPLIER_CLIENT_SECRET',
          scope: 'records.read',
        },
        { SUPPLIER_CLIENT_SECRET: 'a secret+%' },
        tuning,
      );
      return { supplier, tokens, connector };
    }

    it('get a token as RFC 6749 says', async () => {
      const { supplier, tokens, connector } = await rig(numbered());
      await connector.fetchItems(request(ITEMS));
      expect(tokens.seen[0]).toMatchObject({
        method: 'POST',
        url: '/oauth/token?tenant=1',
        body: 'grant_type=client_credentials&scope=records.read',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          authorization: `Basic ${Buffer.from('gate%3Ahouse:a+secret%2B%25').toString('base64')}`,
        },
      });
      expect(bearers(supplier)).toEqual(['Bearer token-1']);
    });

    it('get one token for many requests, at once and one after the other', async () => {
      const { supplier, tokens, connector } = await rig(numbered());
      await Promise.all(Array.from({ length: 20 }, () => connector.fetchItems(request(ITEMS))));
      await connector.fetchItems(request(ITEMS));
      expect(tokens.seen).toHaveLength(1);
      expect(new Set(bearers(supplier))).toEqual(new Set(['Bearer token-1']));
    });

    it('get another token before the last one expires', async () => {
      const { supplier, tokens, connector } = await rig(numbered(0.2));
      await connector.fetchItems(request(ITEMS));
      await pause(190);
      await connector.fetchItems(request(ITEMS));
      expect(tokens.seen).toHaveLength(2);
      expect(bearers(supplier)).toEqual(['Bearer token-1', 'Bearer token-2']);
    });

    it.each(['GET', 'POST'] as const)(
      'get another token once when the supplier no longer takes one (%s)',
      async (method) => {
        const { supplier, tokens, connector } = await rig(
          numbered(),
          (seen, response, index) =>
            (seen.headers.authorization === 'Bearer token-1' ? status(401) : ANSWER)(seen, response, index),
          method === 'POST' ? { method } : {},
        );
        await connector.fetchItems(request(ITEMS));
        expect(tokens.seen).toHaveLength(2);
        expect(bearers(supplier)).toEqual(['Bearer token-1', 'Bearer token-2']);
      },
    );

    it('get no third token from a supplier that takes none', async () => {
      const { supplier, tokens, connector } = await rig(numbered(), status(401));
      await expect(connector.fetchItems(request(ITEMS))).rejects.toMatchObject({
        code: 'refused',
        detail: 'status 401',
      });
      expect(supplier.seen).toHaveLength(2);
      expect(tokens.seen).toHaveLength(2);
    });

    it.each([
      ['refuses', status(401), 'refused'],
      ['is broken', status(500), 'unavailable'],
      ['redirects', status(302, { location: 'https://elsewhere.example/' }), 'not-understood'],
      ['gives no token', json({ token_type: 'bearer' }), 'not-understood'],
      ['gives a token of another type', json({ access_token: 't', token_type: 'DPoP' }), 'not-understood'],
      [
        'gives a token that would break the header',
        json({ access_token: 'CANARY\r\nX: y', token_type: 'bearer' }),
        'not-understood',
      ],
      ['gives too much', json({ access_token: 'x'.repeat(70_000), token_type: 'bearer' }), 'too-large'],
    ])('are a fault when the token endpoint %s, and the supplier is not asked', async (_what, answer, code) => {
      const { supplier, connector } = await rig(answer);
      const fault = await connector.fetchItems(request(ITEMS)).catch((error: unknown) => error);
      expect(fault).toMatchObject({ code, detail: expect.stringMatching(/^token endpoint/) as string });
      expect(String(fault)).not.toContain('CANARY');
      expect(supplier.seen).toHaveLength(0);
    });

    it('are within the deadline of the exchange', async () => {
      const { connector } = await rig(() => undefined, ANSWER, { deadlineMs: 100 });
      await expect(connector.fetchItems(request(ITEMS))).rejects.toMatchObject({ code: 'timed-out' });
    });

    it('are got for those who wait when the one who asked gives up', async () => {
      const asked = Promise.withResolvers<() => void>();
      const { tokens, connector } = await rig((seen, response, index) => {
        asked.resolve(() => numbered()(seen, response, index));
      });
      const stop = new AbortController();
      const first = connector.fetchItems(request(ITEMS, { signal: stop.signal })).catch((error: unknown) => error);
      const second = connector.fetchItems(request(ITEMS));
      const answer = await asked.promise;
      stop.abort();
      expect(await first).toMatchObject({ code: 'abandoned' });
      answer();
      await expect(second).resolves.toMatchObject({ matched: true });
      expect(tokens.seen).toHaveLength(1);
    });
  });

  describe('a client certificate', () => {
    const authority = createAuthority();
    const server = authority.issue('supplier');
    const client = authority.issue('gatehouse');
    const stranger = createAuthority();
    const credential = {
      method: 'mtls',
      certificate: 'SUPPLIER_CERTIFICATE',
      privateKey: 'SUPPLIER_PRIVATE_KEY',
      ca: 'SUPPLIER_CA',
    } as const;
    const tls = (ca: string) => ({
      cert: server.certificate,
      key: server.privateKey,
      ca,
      requestCert: true,
      rejectUnauthorized: true,
    });
    const secrets = {
      SUPPLIER_CERTIFICATE: client.certificate,
      SUPPLIER_PRIVATE_KEY: client.privateKey,
      SUPPLIER_CA: authority.certificate,
    };

    it('is shown to the supplier', async () => {
      const supplier = await stub(ANSWER, tls(authority.certificate));
      await expect(connect(supplier, credential, secrets).fetchItems(request(ITEMS))).resolves.toMatchObject({
        matched: true,
      });
    });

    it('that the supplier does not trust gets no answer', async () => {
      const supplier = await stub(ANSWER, tls(stranger.certificate));
      await expect(connect(supplier, credential, secrets).fetchItems(request(ITEMS))).rejects.toMatchObject({
        code: 'unavailable',
      });
      expect(supplier.seen).toHaveLength(0);
    });

    it('is not shown to a supplier whose own certificate is not trusted', async () => {
      const supplier = await stub(ANSWER, tls(authority.certificate));
      const distrusting = { ...secrets, SUPPLIER_CA: stranger.certificate };
      await expect(connect(supplier, credential, distrusting).fetchItems(request(ITEMS))).rejects.toMatchObject({
        code: 'unavailable',
      });
      expect(supplier.seen).toHaveLength(0);
    });

    it('that does not belong to the key makes no connector', async () => {
      const supplier = await stub(ANSWER, tls(authority.certificate));
      const mixed = { ...secrets, SUPPLIER_PRIVATE_KEY: server.privateKey };
      expect(() => connect(supplier, credential, mixed)).toThrow('are not a certificate and its key');
    });
  });
});
