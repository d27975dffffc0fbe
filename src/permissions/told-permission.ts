import { agreementState, type Agreement } from '../agreements/index.js';
import type { Agency } from '../agencies/index.js';
import type { DataItem } from '../catalogue/index.js';
import type { Register } from '../definitions/index.js';
import type { LegalBasesCatalogue } from '../legal-bases/index.js';
import { stateOf, type PermissionAnswer } from './permission-answer.js';
import type { Permission } from './permission.js';

/** What became of a permission, and when. */
export interface PermissionEvent {
  readonly state: 'given' | 'refused' | 'withdrawn' | 'superseded';
  readonly at: Date;
}

/** An item as the permission names it. */
export interface ToldItem {
  /** `<data service>#<item>`, or `<data service>#*`. */
  readonly id: string;
  readonly name: string;
  /** Absent where the recording agency may not know the item. */
  readonly sensitivity?: DataItem['sensitivity'];
}

/**
 * A permission in the words that people know things by: names of agencies, purposes and items instead of their ids. What is
 * told to a person, in whatever form, is made of this.
 */
export interface ToldPermission {
  readonly permission: Permission;
  readonly state: PermissionAnswer['state'];
  readonly purpose: string;
  readonly items: readonly ToldItem[];
  readonly recorder: NamedAgency;
  readonly recipients: readonly NamedAgency[];
  /** The agencies that hold the items. */
  readonly holders: readonly NamedAgency[];
  /** In the order of time; the first is the answer itself. */
  readonly events: readonly PermissionEvent[];
  /** How long recipients keep what they get, in the words of each agreement in force. */
  readonly retention: readonly string[];
}

export type NamedAgency = Pick<Agency, 'id' | 'name' | 'codes' | 'contact'> & { readonly type: string };

/** What telling needs beside the permission itself. */
export interface TellingParts {
  readonly register: Register;
  readonly catalogue: LegalBasesCatalogue;
  readonly at: Date;
  /** When the later record took its place, where one did. */
  readonly supersededAt: Date | null;
}

/**
 * INVARIANT: 8. Items and agreements are told of as far as the recording agency may know them: its own, and those of
 * agreements to which it is a party. The rest keeps the id that the permission itself names.
 */
export function tellPermission(permission: Permission, parts: TellingParts): ToldPermission {
  const { register, catalogue, at, supersededAt } = parts;
  const named = (id: string): NamedAgency =>
    register.agency(id) ?? { id, name: id, type: 'no longer registered', codes: {} };
  const { answer, recordedAt, withdrawnAt } = permission;
  const events: PermissionEvent[] = [{ state: answer, at: recordedAt }];
  if (withdrawnAt) events.push({ state: 'withdrawn', at: withdrawnAt });
  if (supersededAt) events.push({ state: 'superseded', at: supersededAt });
  return {
    permission,
    state: stateOf(permission, at),
    purpose: catalogue.purpose(permission.purpose)?.title ?? permission.purpose,
    items: permission.items.map((item) => toldItem(item, permission.recordedBy, register)),
    recorder: named(permission.recordedBy),
    recipients: permission.recipients.map(named),
    holders: [...new Set(permission.items.map((item) => item.split('/', 1)[0]!))].map(named),
    events: events.toSorted((one, other) => one.at.getTime() - other.at.getTime()),
    retention: retentionOf(permission, register, at),
  };
}

function toldItem(id: string, recorder: string, register: Register): ToldItem {
  const [serviceId = '', itemId = ''] = id.split('#');
  const service = register.dataService(serviceId);
  const own = service?.agency === recorder;
  const asked = register.agreementsFor(serviceId, recorder).filter(isParty(recorder));
  if (!service || !(own || asked.length > 0)) return { id, name: id };
  if (itemId === '*') return { id, name: `Every item of “${service.name}”` };
  const mayKnow =
    own ||
    asked.some(({ agreement }) =>
      agreement.legs.some((leg) => leg.dataService === serviceId && leg.to === recorder && leg.items.includes(itemId)),
    );
  const item = service.items.find((one) => one.id === itemId);
  return item && mayKnow ? { id, name: item.name, sensitivity: item.sensitivity } : { id, name: id };
}

function retentionOf({ recordedBy, purpose, recipients, items }: Permission, register: Register, at: Date): string[] {
  const on = at.toISOString().slice(0, 10);
  const services = new Set(items.map((item) => item.split('#', 1)[0]!));
  const agreements = [...services].flatMap((service) =>
    recipients.flatMap((recipient) => register.agreementsFor(service, recipient).filter(isParty(recordedBy))),
  );
  const governing = agreements.filter(
    ({ agreement }) => agreementState(agreement, on) === 'in-force' && agreement.purposes.includes(purpose),
  );
  return [...new Set(governing.map(({ agreement: { title, retention } }) => `${title}: ${retention.requester}`))];
}

const isParty =
  (agency: string) =>
  ({ agreement }: { readonly agreement: Agreement }): boolean =>
    agreement.parties.includes(agency);
