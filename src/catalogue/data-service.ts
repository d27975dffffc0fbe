import type { ConnectorConfiguration } from '../connectors/connector.js';

export type Sensitivity = 'standard' | 'special-category' | 'criminal-offence';

/** One named field or group of fields of a data service. */
export interface DataItem {
  /** Lower-case name within its data service, e.g. `assessed-needs`. */
  readonly id: string;
  readonly name: string;
  readonly sensitivity: Sensitivity;
  /** Held under the common-law duty of confidence: a power to share does not open this gate by itself. */
  readonly confidential: boolean;
  /** Provisions whose bars the item falls under, e.g. `psa-1938-s1` for a mother's age given for statistics alone. */
  readonly restrictedBy?: readonly string[];
  /** JSON Schema (2020-12) that a supplier's value must satisfy; a value that does not is a failed fetch. */
  readonly schema: Readonly<Record<string, unknown>>;
  /**
   * Where the supplier says that the value is suppressed for somebody's safety, in the path language of `select`. Anything
   * found there but `false` or `null` withholds the item. The flag itself can be an item of its own, and so travels.
   */
  readonly suppressedWhen?: string;
  /**
   * The value holds an address, so it is withheld of a person whose address is suppressed, although the supplier's own record
   * has no mark for that. An item with `suppressedWhen` is withheld then in any case.
   */
  readonly address?: true;
  /** Where the connector finds the value: RFC 9535 JSONPath (`http-json`) or FHIRPath (`fhir-r4`). */
  readonly select: string;
}

/** Something an agency can be asked for. */
export interface DataService {
  /** `<agency>/<name>`, e.g. `northmoor-nhs-trust/assessed-needs`. */
  readonly id: string;
  readonly agency: string;
  readonly name: string;
  readonly description: string;
  /** Types of identifier (see `subject-handles`) that a subject may be named by. */
  readonly identifierTypes: readonly string[];
  readonly items: readonly DataItem[];
  readonly connector: ConnectorConfiguration;
}
