import { readFile } from 'node:fs/promises';
import { GatehouseClient, type LogKeys, type PrivateKey } from '../../sdk/index.js';
import type { LegalBasesCatalogue } from '../../src/legal-bases/index.js';
import type { Sandbox } from '../start-sandbox.js';
import type { Stage } from './stage.js';

/** Who plays: each agency's system with its own key, as it would run at that agency. */
export interface Cast {
  readonly council: GatehouseClient;
  readonly trust: GatehouseClient;
  readonly fire: GatehouseClient;
}

/** What a scene is played with. */
export interface Scene {
  readonly stage: Stage;
  readonly cast: Cast;
  /** For legal bases and purposes in words. */
  readonly catalogue: LegalBasesCatalogue;
  /** Public keys of the gateway, fetched once. */
  readonly keys: LogKeys;
  /** Names of data services, by id. */
  readonly services: ReadonlyMap<string, string>;
  /** What happened so far, in its order. */
  readonly played: Played[];
}

/** What remains of a step: how it came out, and its receipt. */
export interface Played {
  readonly title: string;
  /** It came out as it should. */
  readonly asExpected: boolean;
  /** The gateway's signed statement of an exchange. */
  readonly receipt?: string;
  /** Id of the permission that the step recorded or withdrew; the agency that recorded it can look it up. */
  readonly permission?: string;
}

/** One step of the demo. */
export interface Step {
  readonly title: string;
  /** Plays it, and says how it came out. */
  readonly play: (scene: Scene) => Promise<Omit<Played, 'title'>>;
}

/** What the agencies are called for short. */
export const AGENCIES: Readonly<Record<string, string>> = {
  'northmoor-council': 'Northmoor council',
  'northmoor-nhs-trust': 'Northmoor NHS trust',
  'northmoor-fire': 'Northmoor fire and rescue',
};

/** The systems of a sandbox, each with a client of its own. */
export async function gatherCast(sandbox: Sandbox): Promise<Cast> {
  const clientOf = async (clientId: string): Promise<GatehouseClient> => {
    const keyFile = sandbox.clientKeys.get(clientId);
    if (keyFile === undefined) throw new Error(`the sandbox has no system ${clientId}`);
    const privateKey = JSON.parse(await readFile(keyFile, 'utf8')) as PrivateKey;
    return new GatehouseClient({ baseUrl: sandbox.url, clientId, privateKey });
  };
  return {
    council: await clientOf('northmoor-council-adult-care'),
    trust: await clientOf('northmoor-nhs-trust-records'),
    fire: await clientOf('northmoor-fire-control'),
  };
}
