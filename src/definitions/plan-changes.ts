import type { Agency, Officer, System } from '../agencies/index.js';
import { canonicalAgreement, type AgreementDraft, type AgreementSignature } from '../agreements/index.js';
import type { DataService } from '../catalogue/index.js';
import {
  describeAgencyChange,
  describeDataServiceChange,
  describeOfficerChange,
  describeSystemChange,
} from './describe-changes.js';
import type { Definitions } from './read-definitions.js';
import type { StoredDefinitions } from './stored-definitions.js';

/** A new version of an agreement, to be written once and never changed. */
export interface NewAgreement {
  readonly id: string;
  readonly version: number;
  readonly hash: string;
  readonly document: AgreementDraft;
  readonly signatures: readonly AgreementSignature[];
}

/** What applying a folder would do. */
export interface ChangePlan {
  /** The revision that the plan was made on; it holds for no other. */
  readonly revision: number;
  /** Every change, in plain English. */
  readonly changes: readonly string[];
  /** What is in the register, is not in the folder, and stays. */
  readonly kept: readonly string[];
  readonly write: {
    readonly agencies: readonly Agency[];
    readonly systems: readonly System[];
    readonly officers: readonly Officer[];
    readonly dataServices: readonly DataService[];
    readonly agreements: readonly NewAgreement[];
  };
  readonly remove: {
    readonly agencies: readonly string[];
    readonly systems: readonly string[];
    readonly officers: readonly string[];
    readonly dataServices: readonly string[];
  };
}

/**
 * Compares a folder with the register. Pure.
 *
 * @param hashes Hash of each version that was ever applied, by `<id> <version>`
 * @param prune Whether what the folder does not hold is removed. An agreement never is, nor an agency or data service that
 * one names: its signatures must stay verifiable.
 */
export function planChanges(
  definitions: Definitions,
  stored: StoredDefinitions,
  hashes: ReadonlyMap<string, string>,
  prune: boolean,
): ChangePlan {
  const agencies = compare(definitions.agencies, stored.agencies, describeAgencyChange);
  const systems = compare(definitions.systems, stored.systems, describeSystemChange);
  const officers = compare(definitions.officers, stored.officers, describeOfficerChange);
  const dataServices = compare(definitions.dataServices, stored.dataServices, describeDataServiceChange);
  const agreements = definitions.agreements
    .filter(({ value }) => !hashes.has(`${value.id} ${value.version}`))
    .map(({ value, signatures }): NewAgreement => {
      const { hash } = canonicalAgreement(value);
      return { id: value.id, version: value.version, hash, document: value, signatures };
    })
    .toSorted((a, b) => a.version - b.version);
  const named = namesInUse(definitions, stored);
  const settle = (what: string, absent: readonly string[], use: ReadonlySet<string>) => {
    const removed = prune ? absent.filter((id) => !use.has(id)) : [];
    const kept = absent
      .filter((id) => !removed.includes(id))
      .map((id) => `${what} ${id}${prune ? ' (something that stays names it)' : ''}`);
    return { removed, kept, changes: removed.map((id) => `${what} ${id}: removed`) };
  };
  const absentServices = settle('data service', dataServices.absent, named.dataServices);
  const absentSystems = settle('system', systems.absent, new Set());
  const absentOfficers = settle('officer', officers.absent, new Set());
  const absentAgencies = settle('agency', agencies.absent, named.agencies);
  const held = new Set(definitions.agreements.map(({ value }) => value.id));
  return {
    revision: stored.revision,
    changes: [
      ...agencies.changes,
      ...systems.changes,
      ...officers.changes,
      ...dataServices.changes,
      ...agreements.map(({ id, version }) => `agreement ${id}: version ${version}`),
      ...absentServices.changes,
      ...absentSystems.changes,
      ...absentOfficers.changes,
      ...absentAgencies.changes,
    ],
    kept: [
      ...absentAgencies.kept,
      ...absentSystems.kept,
      ...absentOfficers.kept,
      ...absentServices.kept,
      ...[...stored.agreements.keys()]
        .filter((id) => !held.has(id))
        .map((id) => `agreement ${id}${prune ? ' (an agreement is ended by a new version, never removed)' : ''}`),
    ],
    write: {
      agencies: agencies.differing,
      systems: systems.differing,
      officers: officers.differing,
      dataServices: dataServices.differing,
      agreements,
    },
    remove: {
      agencies: absentAgencies.removed,
      systems: absentSystems.removed,
      officers: absentOfficers.removed,
      dataServices: absentServices.removed,
    },
  };
}

function compare<T extends { readonly id: string }>(
  defined: readonly { readonly value: T }[],
  stored: ReadonlyMap<string, T>,
  describe: (before: T | undefined, after: T) => string[],
): { changes: string[]; differing: T[]; absent: string[] } {
  const changes: string[] = [];
  const differing: T[] = [];
  for (const { value } of defined) {
    const said = describe(stored.get(value.id), value);
    changes.push(...said);
    if (said.length > 0) differing.push(value);
  }
  const ids = new Set(defined.map(({ value }) => value.id));
  return { changes, differing, absent: [...stored.keys()].filter((id) => !ids.has(id)) };
}

/** Agencies and data services that something which stays in the register names. */
function namesInUse(
  definitions: Definitions,
  stored: StoredDefinitions,
): { agencies: Set<string>; dataServices: Set<string> } {
  const agreements = [
    ...[...stored.agreements.values()].map(({ document }) => document),
    ...definitions.agreements.map(({ value }) => value),
  ];
  const dataServices = new Set(agreements.flatMap(({ legs }) => legs.map((leg) => leg.dataService)));
  const agencies = new Set([
    ...agreements.flatMap(({ parties }) => parties),
    ...definitions.systems.map(({ value }) => value.agency),
    ...definitions.officers.map(({ value }) => value.agency),
    ...definitions.dataServices.map(({ value }) => value.agency),
    ...[...dataServices].flatMap((id) => stored.dataServices.get(id)?.agency ?? []),
  ]);
  return { agencies, dataServices };
}
