import { agreementState, bindingState, rolesOf, type Leg, type SignedAgreement } from '../agreements/index.js';
import type { Register } from '../definitions/register.js';
import type { DataService } from './data-service.js';
import type { DataServiceAccessView, DataServiceView } from './data-service-view.js';

/**
 * The data services that an agency may know of: its own, with all their items; and those of others that an agreement to
 * which it is a party, and which has not ended, lets it ask, with the items that it may ask for and no others.
 *
 * INVARIANT: 8. What no agreement gives to the agency is built up nowhere: not in a name, an item, a count or a search.
 *
 * @param on Today in UTC, `YYYY-MM-DD`
 * @returns ordered by id
 */
export function knownDataServices(register: Register, agency: string, on: string): DataServiceView[] {
  const access = accessOf(register, agency, on);
  return register
    .dataServices()
    .filter((service) => service.agency === agency || access.has(service.id))
    .map((service) => viewOf(register, service, agency, access.get(service.id) ?? []))
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** What the agency may ask for, by data service. */
function accessOf(register: Register, agency: string, on: string): Map<string, DataServiceAccessView[]> {
  const access = new Map<string, DataServiceAccessView[]>();
  for (const signed of register.agreementsOf(agency)) {
    if (bindingState(signed, on) === 'ended') continue;
    for (const leg of signed.agreement.legs) {
      if (leg.to !== agency || !signed.agreement.parties.includes(leg.from)) continue;
      access.set(leg.dataService, [...(access.get(leg.dataService) ?? []), accessBy(signed, leg, on)]);
    }
  }
  return access;
}

function accessBy({ agreement }: SignedAgreement, leg: Leg, on: string): DataServiceAccessView {
  return {
    agreement: agreement.id,
    version: agreement.version,
    leg: leg.id,
    state: agreementState(agreement, on) === 'in-force' ? 'in-force' : 'not-yet',
    startsOn: agreement.startsOn,
    endsOn: agreement.endsOn,
    dataItems: leg.items,
    purposes: leg.purposes,
    patterns: leg.patterns,
    roles: rolesOf(leg),
    identifierTypes: leg.identifierTypes,
    caseReferenceKinds: leg.caseReferences.map(({ kind }) => kind),
  };
}

function viewOf(
  register: Register,
  service: DataService,
  agency: string,
  access: readonly DataServiceAccessView[],
): DataServiceView {
  const own = service.agency === agency;
  const mayAsk = new Set(access.flatMap(({ dataItems }) => dataItems));
  const holder = register.agency(service.agency);
  return {
    id: service.id,
    name: service.name,
    description: service.description,
    agency: { id: service.agency, name: holder?.name ?? service.agency },
    own,
    identifierTypes: own
      ? service.identifierTypes
      : service.identifierTypes.filter((type) => access.some((one) => one.identifierTypes.includes(type))),
    dataItems: service.items
      .filter((item) => own || mayAsk.has(item.id))
      .map(({ id, name, sensitivity, confidential }) => ({ id, name, sensitivity, confidential })),
    access,
  };
}
