import { get, type IncomingMessage } from 'node:http';
import { makeAccessToken, makeCallerKey, makeProof } from './dpop-caller.js';
import { needsPermission, needsQuery, type Answer, type Call, type TestGateway } from './gateway.js';
import { startOverrideWorld, type OverrideWorld } from './override-world.js';

/** An override world in which something of everything has happened, between the council and the trust. */
export interface ExportsWorld extends OverrideWorld {
  readonly officers: { readonly council: Call; readonly trust: Call; readonly fire: Call };
  /** Ids of the exchanges, by what they are; in the order in which they were decided. */
  readonly exchanges: Readonly<Record<'partly' | 'refused' | 'unread' | 'overridden' | 'outside', string>>;
}

export const PERSON = '9990000018';

/** A period that all of it is in. */
export const PERIOD = 'from=2020-01-01T00:00:00Z&to=2100-01-01T00:00:00Z';

export async function startExportsWorld(): Promise<ExportsWorld> {
  const world = await startOverrideWorld();
  const records = await world.gateway.as('northmoor-nhs-trust-records');
  const items = ['northmoor-nhs-trust/assessed-needs#care-coordinator'];
  await records('POST', '/v1/permissions', needsPermission(PERSON, { items }));
  const idOf = async (answer: Promise<Answer>): Promise<string> => String((await answer).body['exchangeId']);
  const ask = (nhsNumber: string, change?: object) =>
    idOf(world.council('POST', '/v1/queries', needsQuery(nhsNumber, change)));
  const exchanges = {
    partly: await ask(PERSON),
    refused: await ask(PERSON, { dataItems: ['care-coordinator', 'clinical-notes'] }),
    unread: await ask('9990000019'),
    overridden: await idOf(world.askByOverride()),
    outside: String(
      (
        await records('POST', '/v1/decisions-not-to-share', {
          items: ['northmoor-nhs-trust/assessed-needs#risk-summary'],
          askedBy: 'northmoor-council',
          purpose: 'adult-social-care',
          reason: 'safety-of-somebody',
          legalBasis: ['care-2014-s42'],
          decidedBy: { staffId: 'dsl-0032', role: 'safeguarding-lead' },
          subject: { identifiers: [{ type: 'nhs-number', value: PERSON }] },
        })
      ).body['id'],
    ),
  };
  return {
    ...world,
    officers: {
      council: await world.officer('northmoor-council-ig-1'),
      trust: await world.officer('northmoor-nhs-trust-ig-2'),
      fire: await world.officer('northmoor-fire-ig-1'),
    },
    exchanges,
  };
}

/** Opens an export and leaves it to the caller when its bytes are read. */
export type OpenAnswer = (path: string) => Promise<IncomingMessage>;

/** Calls as an officer, on a connection of its own for each call. */
export async function openAs(gateway: TestGateway, officer: string, replica = gateway.publicUrl): Promise<OpenAnswer> {
  const key = await makeCallerKey();
  return async (path) => {
    const now = new Date();
    const issuer = gateway.publicUrl;
    const token = await makeAccessToken(gateway.sandbox.keys, { issuer, clientId: officer, jkt: key.jkt, now });
    const proof = await makeProof(key, { method: 'GET', url: `${issuer}${path}`, token, now });
    return await new Promise((resolve, reject) => {
      const headers = { authorization: `DPoP ${token}`, dpop: proof };
      get(`${replica}${path}`, { headers, agent: false }, resolve).once('error', reject);
    });
  };
}
