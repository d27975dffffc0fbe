import type { Bar, Flow } from './legal-basis.js';
import type { LegalBasesCatalogue } from './legal-bases-catalogue.js';

/** What a bar is held against, beside the flow. */
export interface BarredFlow extends Pick<Flow, 'from' | 'purpose'> {
  /** Provisions that the item falls under, as its supplier says in the catalogue of data services. */
  readonly restrictedBy: readonly string[];
  /** The stacks that the disclosure would rest on. */
  readonly stack: readonly string[];
}

/**
 * The provisions that forbid a disclosure, whatever else would permit it. Nothing lifts one: no agreement, no permission and
 * no override.
 *
 * Does NOT know what an item means: an item falls under a provision where its definition says so (`restrictedBy`).
 */
export function findBars(catalogue: LegalBasesCatalogue, flow: BarredFlow): string[] {
  return catalogue.barring().flatMap(({ id, bars = [] }) => (bars.some((bar) => applies(bar, id, flow)) ? [id] : []));
}

function applies(bar: Bar, id: string, { from, purpose, restrictedBy, stack }: BarredFlow): boolean {
  return (
    (!bar.restrictedItems || restrictedBy.includes(id)) &&
    (!bar.reliedOn || stack.includes(id)) &&
    (bar.from?.includes(from) ?? true) &&
    (bar.purposes?.includes(purpose) ?? true) &&
    !bar.exceptPurposes?.includes(purpose)
  );
}
