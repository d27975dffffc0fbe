import { readPublicKey, type PublicJwk, type SignInAccount } from '../agencies/index.js';
import { looksLikePersonIdentifier } from '../subject-handles/index.js';
import type { DocumentPath } from './definition-document.js';
import type { DefinitionError } from './definition-error.js';
import type { DefinitionRules } from './definition-rules.js';
import type { Defined, Definitions } from './read-definitions.js';
import type { StoredDefinitions } from './stored-definitions.js';

/**
 * Finds what is wrong between definitions: names given twice, references to what is not there, keys that cannot be used,
 * connectors that could not work. What the folder does not define may stand in the register already.
 *
 * Does NOT check agreements beyond their names (see `lintAgreement` and `verifySignatures`).
 */
export function findDefinitionErrors(
  definitions: Definitions,
  stored: Pick<StoredDefinitions, 'agencies' | 'systems' | 'officers'>,
  rules: DefinitionRules,
): DefinitionError[] {
  const errors: DefinitionError[] = [];
  const fault = (defined: Defined<unknown>, path: DocumentPath, reason: string): void => {
    errors.push({ file: defined.file, line: defined.lineOf(path), reason });
  };
  const agencies = new Set([...stored.agencies.keys(), ...definitions.agencies.map(({ value }) => value.id)]);

  findRepeatedNames(definitions, fault);
  findSharedClientIds(definitions, stored, fault);
  findKeyErrors(definitions, fault);
  const clients = [
    ['system', definitions.systems, stored.systems],
    ['officer', definitions.officers, stored.officers],
  ] as const;
  for (const [what, defined, known] of clients) {
    for (const client of defined) {
      const { id, agency } = client.value;
      if (!agencies.has(agency)) fault(client, ['agency'], `no agency ${agency} is defined`);
      const before = known.get(id)?.agency;
      if (before !== undefined && before !== agency) {
        fault(client, ['agency'], `${what} ${id} acts for ${before}, and ${what}s never move: define a new one`);
      }
    }
  }
  for (const officer of definitions.officers) {
    // INVARIANT: 1. An officer is named by the agency's own staff id, which stands in the log for good.
    if ([officer.value.id, ...officer.value.id.split('-')].some(looksLikePersonIdentifier)) {
      fault(officer, ['id'], 'the id has the form of an identifier of a person: use the agency’s own staff id');
    }
  }
  findSharedAccounts(definitions, stored, fault);
  for (const service of definitions.dataServices) {
    const { id, agency, items, identifierTypes } = service.value;
    if (!agencies.has(agency)) fault(service, ['agency'], `no agency ${agency} is defined`);
    if (!id.startsWith(`${agency}/`))
      fault(service, ['id'], `the id of a data service of ${agency} starts with ${agency}/`);
    for (const [position, type] of identifierTypes.entries()) {
      if (!rules.identifierTypes.has(type)) {
        fault(service, ['identifierTypes', position], `there is no type of identifier ${type}`);
      }
    }
    for (const [position, item] of items.entries()) {
      if (items.findIndex((other) => other.id === item.id) !== position) {
        fault(service, ['items', position, 'id'], `the item ${item.id} stands twice`);
      }
    }
    for (const reason of rules.validateConnector(service.value)) {
      const position = items.findIndex((item) => reason.startsWith(`item ${item.id}:`));
      fault(service, position < 0 ? ['connector'] : ['items', position], reason);
    }
  }
  return errors;
}

type Fault = (defined: Defined<unknown>, path: DocumentPath, reason: string) => void;

function findRepeatedNames(definitions: Definitions, fault: Fault): void {
  const groups: [string, readonly Defined<unknown>[], (value: never) => string][] = [
    ['agency', definitions.agencies, ({ id }: { id: string }) => id],
    ['system', definitions.systems, ({ id }: { id: string }) => id],
    ['officer', definitions.officers, ({ id }: { id: string }) => id],
    ['data service', definitions.dataServices, ({ id }: { id: string }) => id],
    [
      'agreement',
      definitions.agreements,
      ({ id, version }: { id: string; version: number }) => `${id} version ${version}`,
    ],
  ];
  for (const [what, all, nameOf] of groups) {
    const first = new Map<string, Defined<unknown>>();
    for (const defined of all) {
      const name = nameOf(defined.value as never);
      const other = first.get(name);
      if (other) {
        const place = `${other.file}:${other.lineOf(['id'])}`;
        fault(defined, ['id'], `${what} ${name} is defined a second time; the first is in ${place}`);
      } else first.set(name, defined);
    }
  }
}

/** Systems and officers are clients of one authorization server, so no id is both. */
function findSharedClientIds(
  { systems, officers }: Definitions,
  stored: Pick<StoredDefinitions, 'systems' | 'officers'>,
  fault: Fault,
): void {
  const ids = (defined: readonly Defined<{ id: string }>[], known: ReadonlyMap<string, unknown>): Set<string> =>
    new Set([...defined.map(({ value }) => value.id), ...known.keys()]);
  const [ofSystems, ofOfficers] = [ids(systems, stored.systems), ids(officers, stored.officers)];
  for (const officer of officers) {
    if (ofSystems.has(officer.value.id)) fault(officer, ['id'], `${officer.value.id} is the id of a system`);
  }
  for (const system of systems) {
    if (ofOfficers.has(system.value.id)) fault(system, ['id'], `${system.value.id} is the id of an officer`);
  }
}

/** INVARIANT: 2. An account that two officers had would sign in as either. */
function findSharedAccounts(
  { officers }: Definitions,
  stored: Pick<StoredDefinitions, 'officers'>,
  fault: Fault,
): void {
  const defined = new Set(officers.map(({ value }) => value.id));
  const owners = new Map<string, string>();
  for (const { id, signIn = [] } of stored.officers.values()) {
    if (!defined.has(id)) for (const account of signIn) owners.set(nameOfAccount(account), id);
  }
  for (const officer of officers) {
    for (const [position, account] of (officer.value.signIn ?? []).entries()) {
      const owner = owners.get(nameOfAccount(account));
      if (owner !== undefined) fault(officer, ['signIn', position], `the account is also one of ${owner}`);
      owners.set(nameOfAccount(account), officer.value.id);
    }
  }
}

const nameOfAccount = ({ issuer, claim = 'sub', value }: SignInAccount): string =>
  JSON.stringify([issuer, claim, value]);

function findKeyErrors(definitions: Definitions, fault: Fault): void {
  const owners = new Map<string, string>();
  for (const owner of [...definitions.agencies, ...definitions.systems, ...definitions.officers]) {
    for (const [position, jwk] of owner.value.keys.entries()) {
      const path = ['keys', position];
      if (owner.value.keys.findIndex((other) => other.kid === jwk.kid) !== position) {
        fault(owner, [...path, 'kid'], `another key has the same kid`);
      }
      try {
        readPublicKey(jwk);
      } catch (error) {
        fault(owner, path, `the key ${error instanceof Error ? error.message : 'cannot be used'}`);
      }
      const material = materialOf(jwk);
      const other = owners.get(material);
      if (other !== undefined && other !== owner.value.id) {
        fault(owner, path, `the key is also a key of ${other}: whoever holds it could act for both`);
      }
      owners.set(material, owner.value.id);
    }
  }
}

const materialOf = ({ kty, crv, x, y, n, e }: PublicJwk): string => JSON.stringify([kty, crv, x, y, n, e]);
