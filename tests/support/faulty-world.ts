import { systemClock } from '../../src/config/index.js';
import { DisclosureLog } from '../../src/disclosure-log/index.js';
import type { DatabaseLine } from './database-line.js';
import { needsPermission, type Call } from './gateway.js';
import { recordsOf, type LogRecords } from './log-records.js';
import { startSuppliedGateway, type SuppliedGateway } from './supplied-gateway.js';
import { json, type Answer } from './supplier-stub.js';
import { until } from './until.js';

/** A value that is unmistakable: an answer that holds it has disclosed something. */
export const SECRET = 'disclosed-by-mistake';

/** What every supplier answers, whoever is asked about. */
export const DISCLOSABLE = {
  patient: {
    assessedNeeds: { assessedOn: '2026-10-14', needs: [{ area: SECRET, level: 'high' }] },
    careCoordinator: { name: SECRET, team: SECRET },
  },
  premises: { hazards: [SECRET], accessNotes: SECRET },
};

/** A supplier that answers at once, unless it is told to wait. */
export interface HeldSupplier {
  /** How often it was asked. */
  asked(): number;
  /** Requests that wait. */
  waiting(): number;
  /** From here requests wait for {@link release}. */
  hold(): void;
  /** Answers at once again; what waits goes on waiting. */
  pass(): void;
  /** Answers what waits, and answers at once again. */
  release(): void;
  /** Answers like this from here on. */
  answerWith(answer: Answer): void;
}

/** A gateway whose supplier can be made to wait, with its log seen from behind. */
export interface FaultyWorld {
  readonly gateway: SuppliedGateway;
  /** Where the first replica listens. */
  readonly url: string;
  readonly supplier: HeldSupplier;
  readonly records: LogRecords;
  /** A council's system, with permission for what it asks about `9990000018`; and a fire service's. */
  readonly council: Call;
  readonly fire: Call;
  health(probe: 'live' | 'ready'): Promise<{ status: number; text: string }>;
  /** Waits until the gateway says that it is ready, or that it is not. */
  untilReady(ready?: boolean): Promise<void>;
  stop(): Promise<void>;
}

export async function startFaultyWorld(
  environment: Record<string, string> = {},
  line?: DatabaseLine,
): Promise<FaultyWorld> {
  const gateway = await startSuppliedGateway({}, environment, systemClock, line);
  const supplier = holdable(gateway);
  const { url, app } = gateway.sandbox.gateway;
  const council = await gateway.as('northmoor-council-adult-care', url);
  const health: FaultyWorld['health'] = async (probe) => {
    const response = await fetch(`${url}/health/${probe}`);
    return { status: response.status, text: await response.text() };
  };
  const permission = await council('POST', '/v1/permissions', needsPermission());
  if (permission.status !== 201) throw new Error(`no permission: ${permission.text}`);
  gateway.takeFirstAnswers();
  return {
    gateway,
    url,
    supplier,
    council,
    fire: await gateway.as('northmoor-fire-control', url),
    records: recordsOf(gateway.database.ownerUrl, app.get(DisclosureLog).verifier().key),
    health,
    untilReady: (ready = true) => until(async () => (await health('ready')).status === (ready ? 200 : 503)),
    async stop() {
      supplier.release();
      await gateway.stop();
    },
  };
}

function holdable({ supplier }: SuppliedGateway): HeldSupplier {
  const waiting: (() => void)[] = [];
  let held = false;
  let usual = json(DISCLOSABLE);
  supplier.answer = (...args) => {
    if (held) waiting.push(() => usual(...args));
    else usual(...args);
  };
  return {
    asked: () => supplier.seen.length,
    waiting: () => waiting.length,
    hold: () => void (held = true),
    pass: () => void (held = false),
    release() {
      held = false;
      for (const respond of waiting.splice(0)) respond();
    },
    answerWith: (answer) => void (usual = answer),
  };
}
