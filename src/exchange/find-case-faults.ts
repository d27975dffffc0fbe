import { rolesOf } from '../agreements/index.js';
import type { DefinedRegister, DocumentPath, SchemaFault } from '../definitions/index.js';
import type { LegalBasesCatalogue } from '../legal-bases/index.js';
import { REASON_CODES } from '../policy/index.js';
import { isIdentifierType } from '../subject-handles/index.js';
import type { PermissionOnRecord, PolicyCase, StatementOnRecord } from './policy-test.js';

/** What the names of a case are looked up in. */
export interface KnownNames {
  readonly defined: DefinedRegister;
  readonly catalogue: LegalBasesCatalogue;
}

/**
 * Finds what a case names and nobody has defined, and what could not be on record. A case with a fault is not run: a name
 * written wrongly would be refused for the wrong reason, and pass for it.
 *
 * @param now When the request of the case is made
 * @returns every fault with its place below the case; empty when there is none
 */
export function findCaseFaults(of: PolicyCase, now: Date, { defined, catalogue }: KnownNames): SchemaFault[] {
  const { register, agreements } = defined;
  const faults: SchemaFault[] = [];
  const need = (known: unknown, path: DocumentPath, reason: string): void => {
    if (known === undefined || known === false) faults.push({ path, reason });
  };
  const { request, permissions = [], statements = [], expect } = of;
  const overridingRoles = new Set(
    agreements.flatMap(({ legs }) => legs.flatMap(({ override }) => override?.authorisedBy ?? [])),
  );
  const roles = new Set(agreements.flatMap(({ legs }) => legs.flatMap(rolesOf)));
  const service = register.dataService(request.dataService);
  const has = (id: string, item: string): boolean =>
    item === '*' || (register.dataService(id)?.items.some((one) => one.id === item) ?? false);
  const purposeIsKnown = (purpose: string, path: DocumentPath): void =>
    need(catalogue.purpose(purpose), path, `the catalogue has no purpose ${purpose}`);
  const agencyIsKnown = (agency: string, path: DocumentPath): void =>
    need(register.agency(agency), path, `no agency ${agency} is defined`);

  need(register.system(of.system), ['system'], `no system ${of.system} is defined`);
  need(service, ['request', 'dataService'], `no data service ${request.dataService} is defined`);
  for (const [place, item] of request.dataItems.entries()) {
    const reason = `the data service ${request.dataService} has no item ${item}`;
    if (service) need(has(request.dataService, item), ['request', 'dataItems', place], reason);
  }
  for (const [place, type] of request.identifierTypes.entries()) {
    need(isIdentifierType(type), ['request', 'identifierTypes', place], `there is no type of identifier ${type}`);
  }
  purposeIsKnown(request.purpose, ['request', 'purpose']);
  const { role } = request.requestedBy;
  need(roles.has(role), ['request', 'requestedBy', 'role'], `no agreement of the definitions names the role ${role}`);
  if (request.agreement !== undefined) {
    const reason = `no agreement ${request.agreement} is defined`;
    need(register.agreement(request.agreement), ['request', 'agreement'], reason);
  }
  const namesAreKnown = (record: PermissionOnRecord | StatementOnRecord, at: DocumentPath): void => {
    const { recordedBy, purpose, recipients, items } = record;
    agencyIsKnown(recordedBy, [...at, 'recordedBy']);
    purposeIsKnown(purpose, [...at, 'purpose']);
    for (const recipient of recipients) agencyIsKnown(recipient, [...at, 'recipients']);
    for (const named of items.filter((one) => one !== '*')) {
      const [id = '', item = ''] = named.split('#');
      need(register.dataService(id), [...at, 'items'], `no data service ${id} is defined`);
      if (register.dataService(id)) need(has(id, item), [...at, 'items'], `the data service ${id} has no item ${item}`);
    }
  };
  for (const [place, permission] of permissions.entries()) {
    const at = ['permissions', place];
    namesAreKnown(permission, at);
    faults.push(...findTimeFaults(permission, now).map(({ path, reason }) => ({ path: [...at, ...path], reason })));
  }
  const { authorisedBy } = request.override ?? {};
  if (authorisedBy) {
    const reason = `no override of the definitions names the role ${authorisedBy.role}`;
    need(overridingRoles.has(authorisedBy.role), ['request', 'override', 'authorisedBy', 'role'], reason);
  }
  for (const item of of.supplier?.suppresses ?? []) {
    need(request.dataItems.includes(item), ['supplier', 'suppresses'], `the item ${item} is not asked for`);
  }
  for (const [place, statement] of statements.entries()) {
    const at = ['statements', place];
    namesAreKnown(statement, at);
    for (const member of ['recordedAt', 'liftedAt'] as const) {
      const time = statement[member];
      if (time !== undefined && new Date(time) > now)
        faults.push({ path: [...at, member], reason: 'it is not so yet' });
    }
  }
  const codes = [...expect.reasonCodes, ...Object.values(expect.items).filter((outcome) => outcome !== 'permit')];
  for (const code of new Set(codes)) {
    need(Object.hasOwn(REASON_CODES, code), ['expect'], `there is no reason code ${code}`);
  }
  for (const item of Object.keys(expect.items)) {
    need(request.dataItems.includes(item), ['expect', 'items', item], `the item ${item} is not asked for`);
  }
  return faults;
}

/** A permission is on record since before now, and so is its withdrawal. */
function findTimeFaults({ answer, validFrom, validUntil, recordedAt, withdrawnAt }: PermissionOnRecord, now: Date) {
  const faults: SchemaFault[] = [];
  const fault = (member: string, reason: string): void => void faults.push({ path: [member], reason });
  if (validUntil !== undefined && new Date(validUntil) <= new Date(validFrom)) {
    fault('validUntil', 'the permission ends before it begins');
  }
  if (answer === 'refused' && validUntil !== undefined) fault('validUntil', 'a refusal does not end');
  if (answer === 'refused' && withdrawnAt !== undefined) fault('withdrawnAt', 'a refusal is not withdrawn');
  if (recordedAt !== undefined && new Date(recordedAt) > now) fault('recordedAt', 'it is not on record yet');
  if (withdrawnAt !== undefined && new Date(withdrawnAt) > now) fault('withdrawnAt', 'it is not withdrawn yet');
  return faults;
}
