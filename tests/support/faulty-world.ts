import type { ServerResponse } from 'node:http';
import { RegisterService } from '../../src/definitions/index.js';
import { readSettings } from '../../src/config/index.js';
import { runAsOwner } from './database.js';
import { needsPermission, startTestGateway, type Call, type TestGateway } from './gateway.js';
import { recordsOf, type LogRecords } from './log-records.js';
import { startSupplier, type Answer, type SupplierStub } from './supplier-stub.js';
import { until } from './until.js';

/** Values that are unmistakable: an answer that holds one of them has disclosed something. */
export const SECRET = 'disclosed-by-mistake';
const PATIENT = {
  assessedNeeds: { assessedOn: '2026-10-14', needs: [{ area: SECRET, level: 'high' }] },
  careCoordinator: { name: SECRET, team: SECRET },
};
const PREMISES = { hazards: [SECRET], accessNotes: SECRET };

/** One supplier in the place of the sandbox's. Answers at once, unless it is told to wait. */
export interface HeldSupplier extends SupplierStub {
  /** From here requests wait for {@link release}. */
  hold(): void;
  /** Answers what waits, and answers at once again. */
  release(): void;
  /** Requests that wait. */
  waiting(): number;
}

/** A gateway whose database line can be cut and whose supplier can be made to wait, with its log seen from behind. */
export interface FaultyWorld {
  readonly gateway: TestGateway;
  readonly supplier: HeldSupplier;
  readonly records: LogRecords;
  /** A council's system, with permission for what it asks about `9990000018`; and a fire service's. */
  readonly council: Call;
  readonly fire: Call;
  health(probe: 'live' | 'ready', replica?: string): Promise<{ status: number; text: string }>;
  /** Waits until the gateway says that it is ready, or that it is not. */
  untilReady(ready?: boolean): Promise<void>;
  stop(): Promise<void>;
}

export async function startFaultyWorld(environment: Record<string, string> = {}): Promise<FaultyWorld> {
  const supplier = await startHeldSupplier();
  const gateway = await startTestGateway(environment).catch(async (error: unknown) => {
    await supplier.close();
    throw error;
  });
  const { url } = gateway.sandbox.gateway;
  const council = await gateway.as('northmoor-council-adult-care', url);
  const health: FaultyWorld['health'] = async (probe, replica = url) => {
    const response = await fetch(`${replica}/health/${probe}`);
    return { status: response.status, text: await response.text() };
  };
  await useSupplier(gateway, supplier.origin);
  const permission = await council('POST', '/v1/permissions', needsPermission());
  if (permission.status !== 201) throw new Error(`no permission: ${permission.text}`);
  return {
    ...{ gateway, supplier, council, health },
    fire: await gateway.as('northmoor-fire-control', url),
    records: recordsOf(gateway.database.ownerUrl, {
      name: readSettings(environment).logName,
      key: gateway.sandbox.keys.log.publicKey,
    }),
    untilReady: (ready = true) => until(async () => (await health('ready')).status === (ready ? 200 : 503)),
    async stop() {
      supplier.release();
      await gateway.stop();
      await supplier.close();
    },
  };
}

async function startHeldSupplier(): Promise<HeldSupplier> {
  const waiting: (() => void)[] = [];
  let held = false;
  const answer: Answer = (_seen, response) => {
    const respond = () => send(response, { patient: PATIENT, premises: PREMISES });
    if (held) waiting.push(respond);
    else respond();
  };
  const stub = await startSupplier(answer);
  return Object.assign(stub, {
    hold: () => void (held = true),
    release() {
      held = false;
      for (const respond of waiting.splice(0)) respond();
    },
    waiting: () => waiting.length,
  });
}

function send(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}

/** Points every data service at another address, as an operator would by applying other definitions. */
async function useSupplier(gateway: TestGateway, origin: string): Promise<void> {
  await runAsOwner(
    gateway.database.ownerUrl,
    `UPDATE data_services SET document = regexp_replace(document::text, 'http://127\\.0\\.0\\.1:[0-9]+', $1)::jsonb`,
    [origin],
  );
  await runAsOwner(gateway.database.ownerUrl, 'UPDATE register_revision SET revision = revision + 1');
  await gateway.sandbox.gateway.app.get(RegisterService, { strict: false }).fresh();
}
