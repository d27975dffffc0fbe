import type { Agency, Officer, System } from '../agencies/index.js';
import type { SignedAgreement } from '../agreements/index.js';
import type { DataService } from '../catalogue/index.js';
import type { Register } from './register.js';

/** What a register is built of. The agreements' signatures MUST have been verified. */
export interface RegisterContent {
  readonly revision: number;
  readonly agencies: ReadonlyMap<string, Agency>;
  readonly systems: ReadonlyMap<string, System>;
  readonly officers: ReadonlyMap<string, Officer>;
  readonly dataServices: ReadonlyMap<string, DataService>;
  readonly agreements: readonly SignedAgreement[];
}

/** Before anything was read: nobody is known and nothing is allowed. No database has this revision. */
export const EMPTY_REGISTER: Register = buildRegister({
  revision: -1,
  agencies: new Map(),
  systems: new Map(),
  officers: new Map(),
  dataServices: new Map(),
  agreements: [],
});

/** Builds the indexes of a register. Everything that it hands out is frozen. */
export function buildRegister(content: RegisterContent): Register {
  const { revision, agencies, systems, officers, dataServices, agreements } = freezeDeeply(content);
  const byId = new Map(agreements.map((signed) => [signed.agreement.id, signed.agreement]));
  const byParty = new Map<string, SignedAgreement[]>();
  const byFlow = new Map<string, SignedAgreement[]>();
  for (const signed of agreements) {
    for (const party of signed.agreement.parties) add(byParty, party, signed);
    const flows = new Set(signed.agreement.legs.map((leg) => flowKey(leg.dataService, leg.to)));
    for (const flow of flows) add(byFlow, flow, signed);
  }
  for (const list of [...byParty.values(), ...byFlow.values()]) Object.freeze(list);
  const allServices = Object.freeze([...dataServices.values()]);
  const [allSystems, allOfficers] = [Object.freeze([...systems.values()]), Object.freeze([...officers.values()])];
  return Object.freeze({
    revision,
    agency: (id: string) => agencies.get(id),
    system: (id: string) => systems.get(id),
    officer: (id: string) => officers.get(id),
    systems: () => allSystems,
    officers: () => allOfficers,
    dataService: (id: string) => dataServices.get(id),
    dataServices: () => allServices,
    agreementsOf: (agency: string) => byParty.get(agency) ?? NONE,
    agreementsFor: (dataService: string, to: string) => byFlow.get(flowKey(dataService, to)) ?? NONE,
    agreement: (id: string) => byId.get(id),
    agreements: () => agreements,
  });
}

const NONE: readonly SignedAgreement[] = Object.freeze([]);

/** No id holds a space. */
const flowKey = (dataService: string, to: string): string => `${dataService} ${to}`;

function add(index: Map<string, SignedAgreement[]>, key: string, signed: SignedAgreement): void {
  const list = index.get(key);
  if (list) list.push(signed);
  else index.set(key, [signed]);
}

function freezeDeeply<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of value instanceof Map ? value.values() : Object.values(value)) freezeDeeply(member);
  return Object.freeze(value);
}
