import { setTimeout as sleep } from 'node:timers/promises';
import Fastify, { type FastifyReply } from 'fastify';
import { OXYGEN, PATIENTS, PREMISES, SLOW_MS, STREETS } from './people.js';

/** The simulated systems of the sandbox's agencies, on 127.0.0.1. */
export interface Suppliers {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** What a supplier does, instead of answering, when it is asked about one of these people. */
const MISBEHAVIOUR: Readonly<Record<string, (reply: FastifyReply) => Promise<unknown>>> = {
  '9990000050': async (reply) => {
    await sleep(SLOW_MS, undefined, { ref: false });
    return reply.send({ patient: null });
  },
  '9990000069': async (reply) => reply.code(500).send({ error: 'broken on purpose' }),
  '9990000077': async (reply) => reply.type('application/json').send('<html>not JSON</html>'),
  '9990000085': async (reply) => reply.send({ patient: { assessedNeeds: 'a text where a list of needs is expected' } }),
  '9990000093': async (reply) => reply.send({ patient: { clinicalNotes: 'x'.repeat(3 * 1024 * 1024) } }),
  '9990000107': async (reply) => reply.code(403).send({ error: 'refused on purpose' }),
};

/** Starts the simulated suppliers. @param port 0 for any that is free */
export async function startSuppliers(port = 0): Promise<Suppliers> {
  const app = Fastify({ logger: false, forceCloseConnections: true });

  app.post<{ Body: { nhsNumber: string } }>('/northmoor-nhs-trust/patients/search', async (request, reply) => {
    const { nhsNumber } = request.body;
    const misbehave = MISBEHAVIOUR[nhsNumber];
    if (misbehave) return await misbehave(reply);
    const patient = PATIENTS[nhsNumber];
    // It answers with all it holds, whatever was asked for, as such systems do.
    return patient ? { patient } : await reply.code(404).send({ error: 'no such patient' });
  });

  app.get<{ Querystring: Record<string, string> }>('/northmoor-nhs-trust/fhir/Device', async (request, reply) => {
    const uprn = (request.query['location.identifier'] ?? '').split('|')[1] ?? '';
    const entry = OXYGEN.has(uprn)
      ? [
          {
            fullUrl: 'urn:uuid:0192f0c1-7d6e-7cc3-98c4-dc0c0c073900',
            resource: {
              resourceType: 'Device',
              status: 'active',
              deviceName: [{ name: 'oxygen concentrator, rear bedroom', type: 'user-friendly-name' }],
              patient: { display: 'somebody whom a fire crew need not know' },
            },
          },
        ]
      : [];
    reply.type('application/fhir+json');
    return { resourceType: 'Bundle', type: 'searchset', total: entry.length, entry };
  });

  app.get<{ Params: { uprn: string } }>('/northmoor-council/premises/:uprn', async (request, reply) => {
    const premises = PREMISES[request.params.uprn];
    return premises ? { premises } : await reply.code(404).send({ error: 'nothing recorded' });
  });

  app.get<{ Params: { usrn: string } }>('/northmoor-council/streets/:usrn', async (request, reply) => {
    const street = STREETS[request.params.usrn];
    return street ? { street } : await reply.code(404).send({ error: 'nothing recorded' });
  });

  const url = await app.listen({ port, host: '127.0.0.1' });
  return { url, port: Number(new URL(url).port), close: async () => app.close() };
}
