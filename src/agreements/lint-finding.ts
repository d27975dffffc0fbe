import type { Agency } from '../agencies/index.js';
import type { DataService } from '../catalogue/index.js';
import type { BarredFlow } from '../legal-bases/find-bars.js';
import type { Flow, GapCode, PermissionKind, StackGap } from '../legal-bases/legal-basis.js';

export type FindingCode =
  | GapCode
  | 'agency-unknown'
  | 'party-without-leg'
  | 'leg-repeated'
  | 'leg-to-itself'
  | 'not-a-party'
  | 'data-service-unknown'
  | 'not-the-holder'
  | 'item-unknown'
  | 'purpose-unknown'
  | 'purpose-not-in-agreement'
  | 'purpose-unused'
  | 'purpose-without-roles'
  | 'roles-for-other-purpose'
  | 'hours-empty'
  | 'budget-idle'
  | 'identifier-type-not-taken'
  | 'basis-idle'
  | 'override-needs-permission'
  | 'no-case-reference'
  | 'case-reference-unsafe'
  | 'reveals-unmatched'
  | 'ends-before-start'
  | 'ended'
  | 'no-review-date'
  | 'review-passed'
  | 'review-after-end'
  | 'policy-document-review-passed'
  | 'ceases-during-agreement';

/** Something that a good officer would say about an agreement. */
export interface Finding {
  readonly severity: 'error' | 'warning';
  readonly code: FindingCode;
  /** Members from the agreement down to what is meant, e.g. `['legs', 0, 'items', 2]`. */
  readonly path: readonly (string | number)[];
  /** A plain sentence without a full stop. */
  readonly message: string;
}

/** What an agreement is read against. */
export interface LintContext {
  /** Today in UTC, `YYYY-MM-DD`. */
  readonly on: string;
  agency(id: string): Agency | undefined;
  dataService(id: string): DataService | undefined;
  /** Codes of the purposes that the catalogue of legal bases knows. */
  readonly purposes: ReadonlySet<string>;
  /** What a legal basis stack lacks for a flow; see `stackGaps` of `legal-bases`. */
  stackGaps(stack: readonly string[], flow: Flow): readonly StackGap[];
  /** The bases of a stack that a flow rests on; see `basesReliedOn` of `legal-bases`. */
  basesReliedOn(stack: readonly string[], flow: Flow): readonly string[];
  /** The kinds of permission that a stack relies on; see `requiredPermissions` of `legal-bases`. */
  requiredPermissions(stack: readonly string[], flow: Flow): readonly PermissionKind[];
  /** The provisions that forbid a flow; see `findBars` of `legal-bases`. */
  findBars(flow: BarredFlow): readonly string[];
}
