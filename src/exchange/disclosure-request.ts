import type { Caller } from '../access/index.js';
import type { Assurance, OverrideReason, Pattern } from '../agreements/index.js';
import type { LawEnforcementJustification } from './law-enforcement.js';
import type { Identifier } from '../subject-handles/index.js';

/** A request as it came in: the body is bytes until the caller is known. */
export interface Arrival {
  readonly pattern: Pattern;
  readonly caller: Caller;
  readonly body: Buffer;
  /** W3C `traceparent`, passed on to the supplier when given. */
  readonly traceparent?: string;
  /** Aborts when the requester has gone away. */
  readonly signal?: AbortSignal;
}

/** An override as a request invokes it; whether the agreement allows it is for the decision to say. */
export interface RequestedOverride {
  readonly reason: OverrideReason;
  readonly authorisedBy: { readonly staffId: string; readonly role: string };
}

/** A request that was understood. Holds identifiers of a person: it lives in memory for one exchange and is never logged. */
export interface DisclosureRequest {
  readonly exchangeId: string;
  readonly pattern: Pattern;
  readonly caller: Caller;
  readonly dataService: string;
  readonly purpose: string;
  readonly identifiers: readonly Identifier[];
  readonly dataItems: readonly string[];
  readonly caseReference: string | undefined;
  readonly requestedBy: { readonly staffId: string; readonly role: string };
  readonly agreement: string | undefined;
  readonly permission: string | undefined;
  readonly justification: string | undefined;
  readonly lawEnforcementJustification?: LawEnforcementJustification | undefined;
  readonly override: RequestedOverride | undefined;
  readonly assurance: Assurance | undefined;
}

/** The agency that holds a data service; it is named before the slash. */
export const supplierOf = ({ dataService }: { readonly dataService: string }): string =>
  dataService.split('/')[0] ?? '';
