import type { DataItem, DataService } from '../../../src/catalogue/data-service.js';
import {
  createConnector,
  type Connector,
  type ConnectorConfiguration,
  type SupplierCredential,
  type SupplierRequest,
} from '../../../src/connectors/index.js';
import { createAuthority } from '../../support/certificates.js';
import { json, startSupplier, type Answer, type SupplierStub } from '../../support/supplier-stub.js';

/** What a supplier holds on a person, in the words of the items below. */
export interface Held {
  readonly family?: string;
  readonly born?: string;
  readonly needs?: readonly string[];
  /** Leaf values beyond what the items select. */
  readonly beyond?: Readonly<Record<string, unknown>>;
}

export type Tuning = Partial<
  Pick<ConnectorConfiguration, 'deadlineMs' | 'maxBytes' | 'answerNoSoonerThanMs' | 'maxConcurrent'>
>;

/** One kind of connector with one method of credential, against servers of its own. */
export interface Rig {
  readonly supplier: SupplierStub;
  /** A connector to the supplier that other tests have used too. */
  shared(tuning?: Tuning): Connector;
  /** A new connector to the supplier, or with `baseUrl` to another place. */
  connector(tuning?: Tuning, baseUrl?: string): Connector;
  close(): Promise<void>;
}

export interface Implementation {
  readonly title: string;
  /** Whether a request may be sent twice. */
  readonly safe: boolean;
  /** Media type of the supplier's answers. */
  readonly type: string;
  readonly items: readonly DataItem[];
  /** The supplier's document on a person. */
  readonly document: (held: Held) => unknown;
  /** The supplier's answer when it does not know the person. */
  readonly unknown: Answer;
  start(): Promise<Rig>;
}

export const NHS_NUMBER = '9990000018';
export const SECRETS = new Map<string, string>([
  ['SUPPLIER_KEY', 'key-for-tests'],
  ['SUPPLIER_CLIENT_SECRET', 'client secret: for tests'],
]);

export function request(items: readonly DataItem[], given: Partial<SupplierRequest> = {}): SupplierRequest {
  return {
    exchangeId: '019a0000-0000-7000-8000-000000000001',
    purpose: 'adult-social-care',
    identifiers: { 'nhs-number': NHS_NUMBER },
    items,
    ...given,
  };
}

export function item(id: string, select: string, schema: DataItem['schema']): DataItem {
  return { id, name: id, sensitivity: 'standard', confidential: false, select, schema };
}

const TEXT = { type: 'string' };
const DATE = { type: 'string', format: 'date' };
const TEXTS = { type: 'array', items: TEXT };

const JSON_ITEMS = [
  item('family', '$.person.family', TEXT),
  item('born', '$.person.born', DATE),
  item('needs', '$.person.needs[*].code', TEXTS),
];

const FHIR_ITEMS = [
  item('family', 'Patient.name.family', TEXT),
  item('born', 'Patient.birthDate', DATE),
  item('needs', 'Patient.contact.relationship.text', TEXTS),
];

function jsonDocument({ family, born, needs, beyond }: Held): unknown {
  return { person: { family, born, needs: needs?.map((code) => ({ code })) }, record: 'r', ...beyond };
}

/** A Patient: `resourceType` and `id` are two leaf values that no item selects. */
function patient({ family, born, needs, beyond }: Held): unknown {
  return {
    resourceType: 'Patient',
    id: 'p1',
    ...(family === undefined ? {} : { name: [{ family }] }),
    ...(born === undefined ? {} : { birthDate: born }),
    ...(needs === undefined ? {} : { contact: [{ relationship: needs.map((text) => ({ text })) }] }),
    ...beyond,
  };
}

function searchset(...resources: unknown[]): unknown {
  return { resourceType: 'Bundle', type: 'searchset', entry: resources.map((resource) => ({ resource })) };
}

const JSON_PATH = '/people/{identifier:nhs-number}/record?for={purpose}';
const FHIR_SEARCH = '/Patient?identifier=https://fhir.nhs.uk/Id/nhs-number|{identifier:nhs-number}';

type Credentials = Partial<Record<SupplierCredential['method'], true>>;
const ALL: Credentials = { none: true, 'api-key': true, 'client-credentials': true, mtls: true };

/** Every kind of connector, each with every method of credential. */
export const IMPLEMENTATIONS: readonly Implementation[] = [
  ...implementations('http-json GET', { safe: true, type: 'application/json', items: JSON_ITEMS }, ALL, {
    document: jsonDocument,
    unknown: json({ message: 'no such person' }, 404),
    configure: (base) => ({ kind: 'http-json', method: 'GET', path: JSON_PATH, ...base }),
  }),
  ...implementations(
    'http-json POST',
    { safe: false, type: 'application/json', items: JSON_ITEMS },
    { none: true },
    {
      document: jsonDocument,
      unknown: json({}, 200),
      configure: (base) => ({
        kind: 'http-json',
        method: 'POST',
        path: '/lookups',
        body: { nhsNumber: '{identifier:nhs-number}', fields: '{items}' },
        ...base,
      }),
    },
  ),
  ...implementations(
    'http-json POST that is safe to retry',
    { safe: true, type: 'application/json', items: JSON_ITEMS },
    { none: true },
    {
      document: jsonDocument,
      unknown: json({ message: 'no such person' }, 404),
      configure: (base) => ({
        kind: 'http-json',
        method: 'POST',
        path: '/lookups',
        body: { nhsNumber: '{identifier:nhs-number}' },
        safeToRetry: true,
        ...base,
      }),
    },
  ),
  ...implementations('fhir-r4 search', { safe: true, type: 'application/fhir+json', items: FHIR_ITEMS }, ALL, {
    document: (held) => searchset(patient(held)),
    unknown: json(searchset(), 200, 'application/fhir+json'),
    configure: (base) => ({ kind: 'fhir-r4', interaction: 'search', path: FHIR_SEARCH, ...base }),
  }),
  ...implementations(
    'fhir-r4 read',
    { safe: true, type: 'application/fhir+json', items: FHIR_ITEMS },
    { none: true },
    {
      document: patient,
      unknown: json({ resourceType: 'OperationOutcome' }, 404, 'application/fhir+json'),
      configure: (base) => ({
        kind: 'fhir-r4',
        interaction: 'read',
        path: '/Patient/{identifier:nhs-number}',
        ...base,
      }),
    },
  ),
];

interface Configured {
  readonly baseUrl: string;
  readonly credential: SupplierCredential;
}

function implementations(
  kind: string,
  traits: Pick<Implementation, 'safe' | 'type' | 'items'>,
  credentials: Credentials,
  parts: Pick<Implementation, 'document' | 'unknown'> & { configure(base: Configured): ConnectorConfiguration },
): Implementation[] {
  return (Object.keys(credentials) as SupplierCredential['method'][]).map((method) => ({
    ...traits,
    document: parts.document,
    unknown: parts.unknown,
    title: `${kind}, credential ${method}`,
    start: async () => {
      const { supplier, credential, close } = await CREDENTIALS[method]();
      const made: Connector[] = [];
      const shared = new Map<string, Connector>();
      const connector = (tuning: Tuning = {}, baseUrl = `${supplier.origin}/base`): Connector => {
        const definition = service({ ...parts.configure({ baseUrl, credential }), ...tuning }, traits.items);
        const one = createConnector(definition, (name) => SECRETS.get(name));
        made.push(one);
        return one;
      };
      return {
        supplier,
        connector,
        shared(tuning = {}) {
          const key = JSON.stringify(tuning);
          const one = shared.get(key) ?? connector(tuning);
          shared.set(key, one);
          return one;
        },
        async close() {
          await Promise.all([close(), supplier.close()]);
          await Promise.all(made.map((one) => one.close()));
        },
      };
    },
  }));
}

export function service(connector: ConnectorConfiguration, items: readonly DataItem[]): DataService {
  return {
    id: 'northmoor-nhs-trust/records',
    agency: 'northmoor-nhs-trust',
    name: 'Records',
    description: 'Records',
    identifierTypes: ['nhs-number'],
    items,
    connector,
  };
}

interface Side {
  readonly supplier: SupplierStub;
  readonly credential: SupplierCredential;
  readonly close: () => Promise<void>;
}

const silent: Answer = () => undefined;
const nothing = (): Promise<void> => Promise.resolve();

/** For each method: a supplier that asks for it, and the configuration that satisfies it. */
const CREDENTIALS: Record<SupplierCredential['method'], () => Promise<Side>> = {
  none: async () => ({ supplier: await startSupplier(silent), credential: { method: 'none' }, close: nothing }),
  'api-key': async () => ({
    supplier: await startSupplier(silent),
    credential: { method: 'api-key', header: 'X-Api-Key', secret: 'SUPPLIER_KEY' },
    close: nothing,
  }),
  'client-credentials': async () => {
    const tokens = await startSupplier(json({ access_token: 'token-1', token_type: 'Bearer', expires_in: 300 }));
    return {
      supplier: await startSupplier(silent),
      credential: {
        method: 'client-credentials',
        tokenUrl: `${tokens.origin}/token`,
        clientId: 'gatehouse',
        secret: 'SUPPLIER_CLIENT_SECRET',
      },
      close: () => tokens.close(),
    };
  },
  mtls: async () => {
    const authority = createAuthority();
    const server = authority.issue('supplier');
    const client = authority.issue('gatehouse');
    SECRETS.set('SUPPLIER_CERTIFICATE', client.certificate);
    SECRETS.set('SUPPLIER_PRIVATE_KEY', client.privateKey);
    SECRETS.set('SUPPLIER_CA', authority.certificate);
    return {
      supplier: await startSupplier(silent, {
        cert: server.certificate,
        key: server.privateKey,
        ca: authority.certificate,
        requestCert: true,
        rejectUnauthorized: true,
      }),
      credential: {
        method: 'mtls',
        certificate: 'SUPPLIER_CERTIFICATE',
        privateKey: 'SUPPLIER_PRIVATE_KEY',
        ca: 'SUPPLIER_CA',
      },
      close: nothing,
    };
  },
};
