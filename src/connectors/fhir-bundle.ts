import { SupplierFault, type SupplierFaultCode } from './connector.js';
import type { Resource } from './fhir-path.js';

/** One page of a search. */
export interface Page {
  readonly resources: readonly Resource[];
  /** Path and query of the next page; undefined on the last. */
  readonly next: string | undefined;
}

/**
 * Reads a page of a search: a Bundle of type `searchset` (FHIR R4, http://hl7.org/fhir/R4/bundle.html).
 * @param at the URL that the page was got from; a `next` link is read relative to it
 * @throws SupplierFault `not-understood` when it is no such Bundle or its `next` link leaves the origin; the fault that an
 *   OperationOutcome with an error stands for
 */
export function readPage(document: unknown, at: URL): Page {
  if (isObject(document) && document['resourceType'] === 'OperationOutcome') throw outcomeFault(document);
  if (!isObject(document) || document['resourceType'] !== 'Bundle' || document['type'] !== 'searchset') {
    throw new SupplierFault('not-understood', 'not a Bundle of type searchset');
  }
  const resources: Resource[] = [];
  for (const entry of listOf(document['entry'])) {
    const resource = isObject(entry) ? entry['resource'] : undefined;
    if (resource === undefined) continue;
    const read = readResource(resource);
    if (read.resourceType === 'OperationOutcome') refuseError(read);
    else resources.push(read);
  }
  return { resources, next: nextPage(document['link'], at) };
}

/** @throws SupplierFault `not-understood` when it is not a resource */
export function readResource(document: unknown): Resource {
  // `__path__` is where the FHIRPath library keeps notes of its own; no FHIR element has that name.
  if (!isResource(document) || Object.hasOwn(document, '__path__')) {
    throw new SupplierFault('not-understood', 'not a FHIR resource');
  }
  return document;
}

/** The same origin and no other: a link is the supplier's word, the origin is the configuration's. */
function nextPage(links: unknown, at: URL): string | undefined {
  const next = listOf(links).find((link) => isObject(link) && link['relation'] === 'next');
  if (!isObject(next)) return undefined;
  const { url: address } = next;
  if (typeof address !== 'string' || !URL.canParse(address, at.href)) {
    throw new SupplierFault('not-understood', 'next link is not a URL');
  }
  const url = new URL(address, at);
  if (url.origin !== at.origin) throw new SupplierFault('not-understood', 'next link leads to another origin');
  return url.pathname + url.search;
}

/** Issue types (http://hl7.org/fhir/R4/valueset-issue-type.html) by what they mean here; all others are not understood. */
const FAULT_OF_ISSUE: Readonly<Record<string, SupplierFaultCode>> = {
  security: 'refused',
  login: 'refused',
  unknown: 'refused',
  expired: 'refused',
  forbidden: 'refused',
  suppressed: 'refused',
  transient: 'unavailable',
  'lock-error': 'unavailable',
  'no-store': 'unavailable',
  exception: 'unavailable',
  timeout: 'unavailable',
  incomplete: 'unavailable',
  throttled: 'unavailable',
};

/** An OperationOutcome in the place of an answer. */
export function outcomeFault(outcome: Readonly<Record<string, unknown>>): SupplierFault {
  const codes = errorsOf(outcome);
  const known = codes.find((code) => Object.hasOwn(FAULT_OF_ISSUE, code));
  if (known === undefined) return new SupplierFault('not-understood', 'an OperationOutcome instead of an answer');
  return new SupplierFault(FAULT_OF_ISSUE[known] ?? 'not-understood', `OperationOutcome ${known}`);
}

/** An OperationOutcome beside the results: warnings are let pass, an error means that the results are not complete. */
function refuseError(outcome: Resource): void {
  if (errorsOf(outcome).length > 0) throw outcomeFault(outcome);
}

function errorsOf(outcome: Readonly<Record<string, unknown>>): string[] {
  return listOf(outcome['issue'])
    .filter(isObject)
    .filter(({ severity }) => severity === 'error' || severity === 'fatal')
    .map(({ code }) => (typeof code === 'string' ? code : ''));
}

function isResource(value: unknown): value is Resource {
  return isObject(value) && typeof value['resourceType'] === 'string';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
