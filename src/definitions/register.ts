import type { Agency, Officer, System } from '../agencies/agency.js';
import type { Agreement, SignedAgreement } from '../agreements/agreement.js';
import type { DataService } from '../catalogue/data-service.js';

/**
 * Everything that was applied, as of one revision: immutable, in memory, the same on every replica. A decision names the
 * revision it was made on, and the disclosure log refuses to record it once a newer one is committed.
 */
export interface Register {
  /** Grows by one with each `gatehouse apply` that changes anything, and when an agreement comes into force or is stopped. */
  readonly revision: number;
  agency(id: string): Agency | undefined;
  system(id: string): System | undefined;
  officer(id: string): Officer | undefined;
  systems(): readonly System[];
  officers(): readonly Officer[];
  dataService(id: string): DataService | undefined;
  dataServices(): readonly DataService[];
  /** The latest signed version of each agreement to which the agency is a party, `halted` ones too (see `bindingState`). */
  agreementsOf(agency: string): readonly SignedAgreement[];
  /** Agreements with a leg from the data service to the agency, latest version each, whatever their dates. Constant time. */
  agreementsFor(dataService: string, to: string): readonly SignedAgreement[];
  agreement(id: string): Agreement | undefined;
  /** The latest version of each agreement, by id. */
  agreements(): readonly SignedAgreement[];
}
