import { randomInt } from 'node:crypto';
import path from 'node:path';
import { projectFolder } from '../../src/config/index.js';
import { buildRegister, makeDefinitionRules, readDefinedRegister, type Register } from '../../src/definitions/index.js';
import {
  decideRequest,
  findAgreementsInForce,
  type DecisionParts,
  type DisclosureRequest,
} from '../../src/exchange/index.js';
import { policiesFolder } from '../../src/exchange/exchange.module.js';
import { projectLegalBases } from '../../src/legal-bases/index.js';
import { Decisions, preparePolicies, readPolicyFiles } from '../../src/policy/index.js';
import { Latencies } from '../load/latencies.js';
import { makeManyAgreements, ON, PURPOSE } from './make-agreements.js';

/** What is measured in one process, without a database or network. */
export interface InProcess {
  /** Finding the agreements in force for a request, microseconds, by how many agreements the register holds. */
  readonly agreementLookup: readonly { readonly agreements: number; readonly p50Us: number; readonly p99Us: number }[];
  /** Requests decided per second on one thread, on the sandbox's definitions: facts never seen before, and the same again. */
  readonly decisionsPerSecond: { readonly cold: number; readonly memoised: number };
}

const REGISTER_SIZES = [10, 1_000, 10_000];
const LOOKUPS = 20_000;
/** Before anything counts, so that what is measured is compiled. */
const WARM_UP = 2_000;
const DECIDE_FOR_MS = 1_000;

export async function measureInProcess(progress: (line: string) => void): Promise<InProcess> {
  const agreementLookup: InProcess['agreementLookup'][number][] = [];
  for (const agreements of REGISTER_SIZES) {
    const { p50, p99 } = await measureLookup(agreements);
    agreementLookup.push({ agreements, p50Us: p50 * 1_000, p99Us: p99 * 1_000 });
    progress(
      `agreement lookup among ${agreements}: p50 ${(p50 * 1_000).toFixed(1)}, p99 ${(p99 * 1_000).toFixed(1)} µs`,
    );
  }
  const decisionsPerSecond = await measureDecisions();
  progress(`decisions: ${decisionsPerSecond.cold}/s cold, ${decisionsPerSecond.memoised}/s memoised`);
  return { agreementLookup, decisionsPerSecond };
}

/** Milliseconds, of look-ups for pairs at random. */
async function measureLookup(count: number): Promise<{ p50: number; p99: number }> {
  const { agencies, dataServices, agreements } = await makeManyAgreements(count, false);
  const register = buildRegister({
    revision: 1,
    agencies: new Map(agencies.map((agency) => [agency.id, agency])),
    systems: new Map(),
    officers: new Map(),
    dataServices: new Map(dataServices.map((service) => [service.id, service])),
    agreements,
  });
  const latencies = new Latencies();
  for (let round = -WARM_UP; round < LOOKUPS; round++) {
    const [leg] = agreements[randomInt(agreements.length)]?.agreement.legs ?? [];
    const request = requestFor({
      agency: leg?.to ?? '',
      dataService: leg?.dataService ?? '',
      dataItems: ['needs', 'coordinator'],
    });
    const began = performance.now();
    const found = findAgreementsInForce(request, register, ON);
    const took = performance.now() - began;
    if (found[0]?.state !== 'in-force') throw new Error('no agreement in force was found');
    if (round >= 0) latencies.add(took);
  }
  return latencies.measured(1);
}

async function measureDecisions(): Promise<InProcess['decisionsPerSecond']> {
  const catalogue = projectLegalBases();
  const definitions = path.join(projectFolder(), 'sandbox', 'definitions');
  const { register } = await readDefinedRegister(definitions, makeDefinitionRules(catalogue));
  const policies = preparePolicies(readPolicyFiles(policiesFolder()));
  const memoising = new Decisions(policies);
  const partsWith = (decisions: Decisions): DecisionParts => ({
    catalogue,
    decisions,
    permissions: { recordedOf: async () => [] },
    statements: { recordedOf: async (handles) => ({ statements: [], seen: 0, handles }) },
    clock: { now: () => new Date(`${ON}T12:00:00Z`) },
    keys: { subjectHandle: Buffer.alloc(32) },
  });
  return {
    cold: await perSecond(register, () => partsWith(new Decisions(policies))),
    memoised: await perSecond(register, () => partsWith(memoising)),
  };
}

async function perSecond(register: Register, parts: () => DecisionParts): Promise<number> {
  const request = requestFor({
    agency: 'northmoor-fire',
    dataService: 'northmoor-council/premises-risk',
    dataItems: ['hazards', 'access-notes'],
    purpose: 'premises-risk',
    identifiers: [{ type: 'uprn', value: '999900000001' }],
    caseReference: 'INC-20261122-0001',
    requestedBy: { staffId: 'fc-12', role: 'control-operator' },
  });
  const decide = async (): Promise<void> => {
    const { decision } = await decideRequest(request, register, parts());
    if (decision.outcome !== 'permit') throw new Error(`the decision is ${decision.outcome}`);
  };
  for (let round = 0; round < WARM_UP; round++) await decide();
  const began = performance.now();
  let decided = 0;
  while (performance.now() - began < DECIDE_FOR_MS) {
    await decide();
    decided++;
  }
  return Math.round(decided / ((performance.now() - began) / 1_000));
}

function requestFor({
  agency,
  ...change
}: { agency: string; dataService: string; dataItems: string[] } & Partial<DisclosureRequest>): DisclosureRequest {
  return {
    exchangeId: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f',
    pattern: 'query',
    caller: { system: `${agency}-system`, agency },
    purpose: PURPOSE,
    identifiers: [{ type: 'nhs-number', value: '9990000018' }],
    caseReference: 'ASC-2026-00123',
    requestedBy: { staffId: 'sw-1', role: 'social-worker' },
    agreement: undefined,
    permission: undefined,
    justification: undefined,
    override: undefined,
    assurance: undefined,
    ...change,
  };
}
