import { bindingState, type Leg, type SignedAgreement } from '../agreements/index.js';
import type { Register } from '../definitions/index.js';
import { supplierOf, type DisclosureRequest } from './disclosure-request.js';

/** The agreement to decide under, and the leg that covers each item where one does. */
export interface FoundAgreement {
  readonly signed: SignedAgreement;
  readonly state: 'in-force' | 'not-yet' | 'ended';
  readonly legs: ReadonlyMap<string, Leg>;
}

/**
 * Step 3. The agreements that could cover the request on this day, the nearest first; none is a fact, not an exception. What
 * the nearest does not cover is for the decision to say. The same request finds the same order: among equals by id.
 */
export function findAgreementsInForce(request: DisclosureRequest, register: Register, on: string): FoundAgreement[] {
  const candidates = register
    .agreementsFor(request.dataService, request.caller.agency)
    .filter(({ agreement }) => request.agreement === undefined || agreement.id === request.agreement)
    .map((signed) => ({ signed, state: bindingState(signed, on), legs: legsOf(signed, request) }));
  return candidates.toSorted(
    (a, b) => nearness(b, request) - nearness(a, request) || (a.signed.agreement.id < b.signed.agreement.id ? -1 : 1),
  );
}

/** Whether an agreement has a say in the whole request: it is in force, between these two, and covers every item for its purpose. */
export const governs = ({ signed: { agreement }, state, legs }: FoundAgreement, request: DisclosureRequest): boolean =>
  state === 'in-force' &&
  agreement.parties.includes(request.caller.agency) &&
  agreement.parties.includes(supplierOf(request)) &&
  request.dataItems.every((item) => legs.get(item)?.purposes.includes(request.purpose));

function legsOf({ agreement }: SignedAgreement, request: DisclosureRequest): Map<string, Leg> {
  const legs = agreement.legs.filter(
    (leg) => leg.dataService === request.dataService && leg.to === request.caller.agency,
  );
  const found = new Map<string, Leg>();
  for (const item of request.dataItems) {
    const covering = legs.filter((leg) => leg.items.includes(item));
    const leg = covering.find((one) => one.purposes.includes(request.purpose)) ?? covering[0];
    if (leg) found.set(item, leg);
  }
  return found;
}

function nearness({ signed, state, legs }: FoundAgreement, request: DisclosureRequest): number {
  const covered = [...legs.values()].filter((leg) => leg.purposes.includes(request.purpose)).length;
  return (
    (state === 'in-force' ? 4 : 0) +
    (signed.agreement.purposes.includes(request.purpose) ? 2 : 0) +
    covered / (request.dataItems.length + 1)
  );
}
