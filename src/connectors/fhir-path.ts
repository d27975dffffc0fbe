import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';
import type { Step } from './build-up.js';
import type { CompilePath, Found } from './permitted-items.js';

/** A FHIR resource as JSON. */
export type Resource = Readonly<Record<string, unknown>> & { readonly resourceType: string };

/** What the library gives back for a value that stands in a resource, as opposed to one that was computed. */
interface ResourceNode {
  readonly data: unknown;
  readonly parentResNode: ResourceNode | null;
  readonly propName: string | null;
  readonly index: number | null;
  readonly fhirNodeDataType: string | null;
}

/**
 * Functions that would call other servers or write what they see to the console, and constants that stand for such
 * servers. Refused wherever they occur in an expression.
 */
const NOT_ALLOWED = new Set(['resolve', 'memberOf', 'trace', 'conformsTo', 'terminologies', 'factory']);

/**
 * Compiles a FHIRPath with the R4 model; it is evaluated over all resources that the supplier sent.
 * @throws Error (for the author of the definition) when it is not one, or calls what is not allowed here
 */
export const compileFhirPath: CompilePath<readonly Resource[]> = (expression) => {
  refuseFunctions(fhirpath.parse(expression));
  const evaluate = fhirpath.compile(expression, r4, { resolveInternalTypes: false, async: false });
  evaluate([]); // an unknown function or constant shows here
  return {
    selectsOne: false,
    select: (resources) => {
      const found: Found[] = [];
      const numbers = new Map(resources.map((resource, index) => [resource as unknown, index]));
      for (const node of evaluate(resources) as unknown[]) {
        const value = plain(isNode(node) ? node.data : node);
        if (value !== null && value !== undefined) {
          found.push({ value, location: isNode(node) ? locate(node, numbers) : undefined });
        }
      }
      return found;
    },
  };
};

function refuseFunctions(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  const { type, text, children } = node as { type?: string; text?: string; children?: unknown[] };
  const name = text?.replaceAll('`', '') ?? '';
  if ((type === 'FunctionInvocation' || type === 'ExternalConstantTerm') && NOT_ALLOWED.has(name)) {
    throw new Error(`${name} is not allowed here`);
  }
  children?.forEach(refuseFunctions);
}

function isNode(value: unknown): value is ResourceNode {
  return typeof value === 'object' && value !== null && 'parentResNode' in value && 'data' in value;
}

/** The library wraps numbers, dates and quantities of its own. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'object' && value !== null && 'toJSON' in value && typeof value.toJSON === 'function') {
    return value.toJSON() as unknown;
  }
  return value;
}

/** Where a node stands: number of its resource, then the members down to it. */
function locate(node: ResourceNode, numbers: ReadonlyMap<unknown, number>): Step[] | undefined {
  const steps: Step[] = [];
  let at = node;
  while (at.parentResNode !== null) {
    if (at.propName === null) return undefined;
    if (at.index !== null) steps.push(at.index);
    steps.push(memberName(at, at.parentResNode.data));
    at = at.parentResNode;
  }
  const number = numbers.get(at.data);
  return number === undefined ? undefined : [...steps, number].reverse();
}

/** A choice element is named without its type in a path and with it in JSON: `value`, `valueQuantity`. */
function memberName(node: ResourceNode, parent: unknown): string {
  const name = node.propName ?? '';
  if (typeof parent !== 'object' || parent === null || Object.hasOwn(parent, name)) return name;
  const type = node.fhirNodeDataType?.replace(/^.*\./, '') ?? '';
  return name + type.charAt(0).toUpperCase() + type.slice(1);
}
