import { randomUUID } from 'node:crypto';
import Fastify, { type FastifyInstance } from 'fastify';
import { importJWK, jwtVerify, type CryptoKey, type JWK } from 'jose';
import pg from 'pg';
import { Pool } from 'undici';
import { answerParent } from '../in-child.js';

/** What the server that a team would write by hand is started with. */
export interface ByHandInput {
  readonly supplierUrl: string;
  readonly databaseUrl: string;
  /** Public key of the tokens, ES256. */
  readonly tokenKey: JWK;
  readonly issuer: string;
  readonly connections: number;
}

interface Query {
  readonly purpose: string;
  readonly subject: { readonly identifiers: readonly { readonly type: string; readonly value: string }[] };
  readonly dataItems: readonly string[];
  readonly caseReference: string;
  readonly requestedBy: { readonly staffId: string; readonly role: string };
}

const text = { type: 'string', maxLength: 200 } as const;
const QUERY = {
  type: 'object',
  required: ['purpose', 'subject', 'dataItems', 'caseReference', 'requestedBy'],
  properties: {
    purpose: text,
    subject: {
      type: 'object',
      required: ['identifiers'],
      properties: {
        identifiers: {
          type: 'array',
          minItems: 1,
          items: { type: 'object', required: ['type', 'value'], properties: { type: text, value: text } },
        },
      },
    },
    dataItems: { type: 'array', items: text },
    caseReference: text,
    requestedBy: { type: 'object', required: ['staffId', 'role'], properties: { staffId: text, role: text } },
  },
} as const;

/** Members of the supplier's answer, by the item they are. */
const MEMBERS: Readonly<Record<string, string>> = {
  hazards: 'hazards',
  'access-notes': 'accessNotes',
  'evacuation-assistance-count': 'evacuationAssistanceCount',
};

const INSERT = `INSERT INTO bench_audit (exchange_id, at, client, staff_id, purpose, case_reference, subject, data_items)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`;

/**
 * What a competent team writes instead of a gateway: a bearer token is verified, the supplier asked, one audit row
 * committed, and then the answer sent. Pools are kept open, the key is imported once, the statement is prepared once.
 */
async function createServer(input: ByHandInput): Promise<{ app: FastifyInstance; database: pg.Pool }> {
  const app = Fastify({ logger: false, keepAliveTimeout: 60_000, forceCloseConnections: true });
  const database = new pg.Pool({ connectionString: input.databaseUrl, max: 20 });
  await database.query(`CREATE TABLE IF NOT EXISTS bench_audit (
    exchange_id uuid PRIMARY KEY, at timestamptz NOT NULL, client text NOT NULL, staff_id text NOT NULL,
    purpose text NOT NULL, case_reference text NOT NULL, subject text NOT NULL, data_items text[] NOT NULL)`);
  const supplier = new Pool(input.supplierUrl, { connections: input.connections });
  const key = (await importJWK(input.tokenKey, 'ES256')) as CryptoKey;

  app.post<{ Body: Query }>('/queries', { schema: { body: QUERY } }, async (request, reply) => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) return await reply.code(401).send();
    const verified = await jwtVerify(token, key, {
      algorithms: ['ES256'],
      issuer: input.issuer,
      audience: input.issuer,
    }).catch(() => undefined);
    if (!verified) return await reply.code(401).send();

    const { purpose, subject, dataItems, caseReference, requestedBy } = request.body;
    const uprn = subject.identifiers[0]?.value ?? '';
    const path = `/northmoor-council/premises/${encodeURIComponent(uprn)}?fields=${dataItems.join(',')}`;
    const { statusCode, body } = await supplier.request({ path, method: 'GET' });
    const { premises } = (await body.json()) as { premises: Record<string, unknown> };
    if (statusCode !== 200) return await reply.code(502).send();
    const data = Object.fromEntries(dataItems.map((item) => [item, premises[MEMBERS[item] ?? ''] ?? null]));

    const exchangeId = randomUUID();
    await database.query({
      name: 'audit',
      text: INSERT,
      values: [
        exchangeId,
        new Date(),
        verified.payload.sub,
        requestedBy.staffId,
        purpose,
        caseReference,
        `uprn:${uprn}`,
        dataItems,
      ],
    });
    return { exchangeId, data };
  });
  return { app, database };
}

let running: Awaited<ReturnType<typeof createServer>> | undefined;

answerParent({
  start: async (input: ByHandInput) => {
    running = await createServer(input);
    return await running.app.listen({ port: 0, host: '127.0.0.1' });
  },
  stop: async () => {
    await running?.app.close();
    await running?.database.end();
  },
});
