import { Problem, readBody } from '../api-contract/index.js';
import { identifiersNeeded } from '../connectors/index.js';
import type { Register } from '../definitions/index.js';
import { looksLikePersonIdentifier, type Identifier } from '../subject-handles/index.js';
import { readSubject } from '../subject-handles/subject-body.js';
import type { Arrival, DisclosureRequest } from './disclosure-request.js';
import { QueryBody } from './query-body.js';

/**
 * Step 2. Reads the body strictly: unknown members, wrong types, and identifiers that fail their type's published rule are
 * refused. Does NOT decide anything, and says nothing about a data service that the caller may not know of.
 *
 * @throws Problem with JSON Pointers, never a value
 */
export function parseDisclosureRequest(arrival: Arrival, exchangeId: string, register: Register): DisclosureRequest {
  const body = readBody(QueryBody, arrival.body);
  const identifiers = readSubject(body.subject);
  refuseIdentifiersNotTaken(body.dataService, identifiers, arrival.caller.agency, register);
  refuseIdentifiersInNames(body);
  return {
    exchangeId,
    pattern: arrival.pattern,
    caller: arrival.caller,
    dataService: body.dataService,
    purpose: body.purpose,
    identifiers,
    dataItems: body.dataItems,
    caseReference: body.caseReference,
    requestedBy: { staffId: body.requestedBy.staffId, role: body.requestedBy.role },
    agreement: body.agreement,
    permission: body.permission,
    justification: body.justification,
    lawEnforcementJustification: body.lawEnforcementJustification,
    override: body.override,
    assurance: body.assurance,
  };
}

/** INVARIANT: 1. What a request names is recorded as it stands, before anybody knows whether there is such a thing. */
function refuseIdentifiersInNames(body: QueryBody): void {
  const { dataService, purpose, dataItems, requestedBy, agreement = '', override } = body;
  const names: [string, string][] = [
    ['/requestedBy/staffId', requestedBy.staffId],
    ['/requestedBy/role', requestedBy.role],
    ['/override/authorisedBy/staffId', override?.authorisedBy.staffId ?? ''],
    ['/override/authorisedBy/role', override?.authorisedBy.role ?? ''],
    ['/purpose', purpose],
    ['/agreement', agreement],
    ...dataService.split('/').map((part): [string, string] => ['/dataService', part]),
    ...dataItems.map((item, place): [string, string] => [`/dataItems/${place}`, item]),
  ];
  const wrong = names.find(([, name]) => looksLikePersonIdentifier(name));
  if (wrong) {
    throw new Problem('REQUEST_INVALID', {
      pointers: [wrong[0]],
      detail: 'This is kept in the log, so it must not have the form of a person’s identifier.',
    });
  }
}

/** INVARIANT: 8. Only of a service that the caller has an agreement for is it said which identifiers it takes. */
function refuseIdentifiersNotTaken(
  dataService: string,
  identifiers: readonly Identifier[],
  agency: string,
  register: Register,
): void {
  if (register.agreementsFor(dataService, agency).length === 0) return;
  const service = register.dataService(dataService);
  const taken = service?.identifierTypes ?? [];
  const wrong = identifiers.findIndex(({ type }) => !taken.includes(type));
  if (wrong >= 0) {
    throw new Problem('IDENTIFIER_TYPE_NOT_TAKEN', {
      pointers: [`/subject/identifiers/${wrong}/type`],
      detail: `This data service takes: ${taken.join(', ')}.`,
    });
  }
  const lacking = service && identifiersNeeded(service).filter((type) => !identifiers.some((one) => one.type === type));
  if (lacking && lacking.length > 0) {
    throw new Problem('REQUEST_INVALID', {
      pointers: ['/subject/identifiers'],
      detail: `This data service needs: ${lacking.join(', ')}.`,
    });
  }
}
