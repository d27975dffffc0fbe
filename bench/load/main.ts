import type { JWK } from 'jose';
import { Pool } from 'undici';
import { answerParent } from '../in-child.js';
import { closedLoop } from './closed-loop.js';
import type { Measurement } from './latencies.js';
import { openLoop } from './open-loop.js';
import { ProofMakers } from './proofs.js';
import {
  EXPECTED,
  makeRequests,
  NHS_NUMBERS,
  permissionOf,
  WITHDRAWING,
  type LoadRequest,
  type Workload,
} from './requests.js';
import { SystemClient } from './system-client.js';
import { measureWithdrawals } from './withdrawals.js';

/** The registered systems that the load is sent as, and where. */
export interface LoadInput {
  readonly gatewayUrl: string;
  /** Private keys by `client_id`. */
  readonly systems: Readonly<Record<string, JWK>>;
  /** The system that records permissions. */
  readonly recorder: string;
}

/** One load on one target. */
export interface Load {
  readonly url: string;
  readonly path: string;
  readonly workload: Workload;
  readonly credential:
    | { readonly kind: 'none' }
    | { readonly kind: 'bearer'; readonly token: string }
    /** A token of its own, and a fresh proof for each request. */
    | { readonly kind: 'dpop'; readonly system: string };
  readonly connections: number;
  readonly seconds: number;
  /** Requests per second of an open loop. Without it, the loop is closed. */
  readonly rate?: number;
  /** The most requests; with `dpop`, as many proofs are made beforehand. */
  readonly most: number;
}

let registered: LoadInput;
const proofs = new ProofMakers();
const clients = new Map<string, SystemClient>();

/** Authorised requests, each to be sent once. All proofs are made here, before the measurement begins. */
async function authorise(load: Load): Promise<Iterator<LoadRequest>> {
  const { credential } = load;
  const requests = makeRequests(load.workload, load.path);
  const withHeaders = function* (headersOf: (n: number) => Record<string, string>): Generator<LoadRequest> {
    for (let n = 0; n < load.most; n++) {
      const request = requests[n % requests.length] as LoadRequest;
      yield { ...request, headers: { ...request.headers, ...headersOf(n) } };
    }
  };
  if (credential.kind === 'none') return withHeaders(() => ({}));
  if (credential.kind === 'bearer') return withHeaders(() => ({ authorization: `Bearer ${credential.token}` }));
  const client = clients.get(credential.system);
  if (!client) throw new Error(`${credential.system} is not registered`);
  const { token, hash, key } = await client.fetchToken();
  const url = `${load.url}${load.path}`;
  const made = await proofs.make({ count: load.most, key, htm: 'POST', htu: url, ath: hash });
  return withHeaders((n) => ({ authorization: `DPoP ${token}`, dpop: made[n] ?? '' }));
}

async function run(load: Load): Promise<Measurement> {
  const requests = await authorise(load);
  const expected = { status: 200, text: EXPECTED[load.workload] };
  const line = new Pool(load.url, { connections: load.connections, pipelining: 1 });
  try {
    const { rate } = load;
    if (rate === undefined) return await closedLoop(line, requests, { ...load, expected });
    return await openLoop(line, requests, { ...load, rate, expected });
  } finally {
    await line.close();
  }
}

/** The process that makes the load. */
answerParent({
  start: async (input: LoadInput) => {
    registered = input;
    const { gatewayUrl, systems, recorder } = input;
    for (const [id, key] of Object.entries(systems)) clients.set(id, await SystemClient.of(gatewayUrl, id, key));
    const permissions = NHS_NUMBERS.map((number) => permissionOf(number, new Date()));
    await clients.get(recorder)?.postAll('/v1/permissions', permissions, 201);
  },
  run,
  withdrawals: async ({ replicaUrl, asker }: { replicaUrl: string; asker: string }) => {
    const { gatewayUrl, systems, recorder } = registered;
    const [recording, key] = [clients.get(recorder), systems[asker]];
    if (!recording || !key) throw new Error('a system is not registered');
    return await measureWithdrawals(WITHDRAWING, recording, await SystemClient.of(gatewayUrl, asker, key, replicaUrl));
  },
  stop: async () => proofs.stop(),
});
