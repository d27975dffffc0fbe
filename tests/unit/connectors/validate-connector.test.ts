import type { DataService } from '../../../src/catalogue/data-service.js';
import { createConnector, identifiersNeeded, validateConnector } from '../../../src/connectors/index.js';

const HTTP = {
  kind: 'http-json',
  baseUrl: 'https://supplier.example/api',
  method: 'GET',
  path: '/people/{identifier:nhs-number}',
  credential: { method: 'none' },
} as const;
const FHIR = {
  kind: 'fhir-r4',
  baseUrl: 'https://supplier.example/fhir',
  interaction: 'search',
  path: '/Patient?identifier={identifier:nhs-number}',
  credential: { method: 'none' },
} as const;

function definition(
  connector: object,
  select = connector === FHIR ? 'Patient.id' : '$.id',
  schema: object = { type: 'string' },
) {
  return {
    identifierTypes: ['nhs-number', 'uprn'],
    items: [{ id: 'needs', name: 'Needs', sensitivity: 'standard', confidential: false, select, schema }],
    connector,
  } as unknown as DataService;
}

describe('validateConnector', () => {
  it.each([HTTP, FHIR, { ...HTTP, baseUrl: 'http://127.0.0.1:9' }, { ...HTTP, baseUrl: 'http://[::1]:9/' }])(
    'finds nothing wrong with a configuration that can be used',
    (connector) => {
      expect(validateConnector(definition(connector, connector.kind === 'fhir-r4' ? 'Patient.id' : '$.id'))).toEqual(
        [],
      );
    },
  );

  it.each([
    [
      'a base URL without TLS',
      { baseUrl: 'http://supplier.example' },
      'baseUrl must be https: (http: only on loopback)',
    ],
    [
      'a base URL that only looks like loopback',
      { baseUrl: 'http://127.0.0.1.example' },
      'baseUrl must be https: (http: only on loopback)',
    ],
    [
      'a base URL with a password',
      { baseUrl: 'https://a:CANARY@supplier.example' },
      'baseUrl must not hold a user or password',
    ],
    ['a base URL with a query', { baseUrl: 'https://supplier.example/?a=b' }, 'baseUrl must not have a query'],
    ['a base URL that is none', { baseUrl: 'CANARY' }, 'baseUrl is not a URL'],
    [
      'an unknown placeholder',
      { path: '/{nhsNumber}/{identifier:nhs-number}' },
      'path: unknown placeholder {nhsNumber}',
    ],
    [
      'a stray brace',
      { path: '/{identifier:nhs-number}/{' },
      'path: a single brace (write {{ or }} for a literal one)',
    ],
    ['a path that leads up', { path: '/../{identifier:nhs-number}' }, 'path must not have a . or .. segment'],
    [
      'a path that is a host',
      { path: '//evil.example/{identifier:nhs-number}' },
      'path must start with one slash and have no backslash',
    ],
    [
      'an identifier that is not taken',
      { path: '/{identifier:nino}' },
      'a template names the identifier nino, which the data service does not take',
    ],
    [
      'templates that name nobody',
      { path: '/people' },
      'no template names an identifier, so the supplier would not learn whom it is asked about',
    ],
    [
      'a credential in a header',
      { headers: { Authorization: 'CANARY' } },
      'the header authorization carries a credential: use "credential", which names a secret',
    ],
    [
      "a header that is the gateway's",
      { headers: { Host: 'x' } },
      "the header host is the gateway's own and cannot be configured",
    ],
    ['a header that breaks', { headers: { 'X-A': 'a\r\nb' } }, 'header x-a: a header may hold printable ASCII only'],
    ['a placeholder in a body', { method: 'POST', body: { a: ['{who}'] } }, 'body: unknown placeholder {who}'],
    ['a body in a GET', { body: {} }, 'a GET has no body'],
    [
      'a secret in the place of its name',
      { credential: { method: 'api-key', header: 'X-Key', secret: 'canary-123' } },
      'a secret is named SUPPLIER_ and upper-case letters, digits or underscores (the name, never the secret)',
    ],
    [
      "a setting of the gateway's own in the place of a secret",
      { credential: { method: 'api-key', header: 'X-Key', secret: 'DATABASE_URL' } },
      'a secret is named SUPPLIER_ and upper-case letters, digits or underscores (the name, never the secret)',
    ],
    [
      'a token URL without TLS',
      {
        credential: { method: 'client-credentials', tokenUrl: 'http://a.example', clientId: 'a', secret: 'SUPPLIER_A' },
      },
      'tokenUrl must be https: (http: only on loopback)',
    ],
    [
      'mtls without TLS',
      {
        baseUrl: 'http://localhost',
        credential: { method: 'mtls', certificate: 'SUPPLIER_A', privateKey: 'SUPPLIER_B' },
      },
      'baseUrl must be https: for mtls',
    ],
    ['a deadline without end', { deadlineMs: 60_000 }, 'deadlineMs must be a whole number from 1 to 30000'],
    [
      'a refusal as "not found"',
      { notFoundStatuses: [403] },
      'notFoundStatuses must be 4xx, and none of 401, 403, 407, 408, 429',
    ],
  ])('names %s', (_what, change, problem) => {
    const found = validateConnector(definition({ ...HTTP, ...change }));
    expect(found).toContain(problem);
    expect(found.join()).not.toMatch(/canary/i);
  });

  it.each([
    ['a JSONPath that does not compile', HTTP, '$.a[', {}],
    ['a JSONPath with a function that is not standard', HTTP, '$[?nosuch(@.a)]', {}],
    ['a FHIRPath that does not compile', FHIR, 'Patient.name[', {}],
    ['a FHIRPath with an unknown function', FHIR, 'Patient.nosuch()', {}],
    ['a FHIRPath that would call another server', FHIR, "Patient.name.where(use = 'x').resolve()", {}],
    ['a FHIRPath that would call a terminology server', FHIR, "Patient.where(gender.memberOf('x')).id", {}],
    ['a FHIRPath that would print what it sees', FHIR, "Patient.where(name.`trace`('x').exists()).id", {}],
    ['a schema that does not compile', HTTP, '$.a', { type: 'nosuch' }],
    ['a schema with an unknown keyword', HTTP, '$.a', { type: 'string', maxlength: 3 }],
    ['a schema that refers elsewhere', HTTP, '$.a', { $ref: 'https://elsewhere.example/schema' }],
    ['an object that lists no members', HTTP, '$.a', { type: 'array', items: { type: 'object' } }],
  ])('names the item of %s', (_what, connector, select, schema) => {
    const found = validateConnector(definition(connector, select, schema));
    expect(found.length).toBeGreaterThan(0);
    for (const problem of found) expect(problem).toMatch(/^item needs: (select|schema): /);
  });

  it('says everything at once, as making the connector does', () => {
    const broken = definition({ ...HTTP, baseUrl: 'ftp://x', path: 'x' }, '$[', { type: 'nosuch' });
    const found = validateConnector(broken);
    expect(found.length).toBeGreaterThanOrEqual(4);
    expect(() => createConnector(broken, () => undefined)).toThrow(found.join('; '));
  });

  it('names a kind that does not exist', () => {
    expect(validateConnector(definition({ kind: 'ftp' }))).toEqual(['connector.kind must be http-json or fhir-r4']);
  });

  it('keeps nothing of a schema, so that the same names may be used by another data service', () => {
    for (const type of ['string', 'number']) {
      const schema = { $id: 'https://gatehouse.example/needs', type };
      expect(validateConnector(definition(HTTP, '$.a', schema))).toEqual([]);
    }
  });
});

describe('identifiersNeeded', () => {
  it('lists each identifier that any template names, once', () => {
    const connector = {
      ...HTTP,
      method: 'POST',
      path: '/{identifier:nhs-number}?u={identifier:uprn}',
      headers: { 'X-U': '{identifier:uprn}' },
      body: { n: '{identifier:nhs-number}' },
    };
    expect(identifiersNeeded(definition(connector)).toSorted()).toEqual(['nhs-number', 'uprn']);
  });
});
