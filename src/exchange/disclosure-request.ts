import type { Caller } from '../access/index.js';
import type { Pattern } from '../agreements/index.js';
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
}

/** The agency that holds a data service; it is named before the slash. */
export const supplierOf = ({ dataService }: { readonly dataService: string }): string =>
  dataService.split('/')[0] ?? '';
