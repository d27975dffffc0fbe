import type { DataService } from '../catalogue/data-service.js';
import {
  Problems,
  readLimits,
  readSupplierUrl,
  readWhole,
  type ConnectorLimits,
  type SecretOf,
} from './configuration.js';
import { statusFault } from './connection-fault.js';
import { SupplierFault } from './connector.js';
import type { Connector, FhirR4Configuration, SupplierAnswer, SupplierRequest } from './connector.js';
import type { Conversation } from './conversation.js';
import { checkCredential } from './credential.js';
import { outcomeFault, readPage, readResource } from './fhir-bundle.js';
import { compileFhirPath, type Resource } from './fhir-path.js';
import { PermittedItems } from './permitted-items.js';
import { discardBody } from './read-bytes.js';
import { readJson } from './read-json.js';
import { RequestHeaders } from './request-headers.js';
import { compileTarget, type RequestTarget } from './request-target.js';
import { SupplierLine } from './supplier-line.js';

/** A configuration taken apart, ready to be used any number of times. Members are undefined only when `problems` say why. */
export interface FhirR4Plan {
  readonly baseUrl: URL | undefined;
  readonly target: RequestTarget | undefined;
  readonly headers: RequestHeaders;
  readonly items: PermittedItems<readonly Resource[]>;
  readonly limits: ConnectorLimits;
  readonly maxPages: number;
  readonly identifierTypes: readonly string[];
}

export function compileFhirR4(
  configuration: FhirR4Configuration,
  items: DataService['items'],
  problems: Problems,
): FhirR4Plan {
  const { interaction, credential, maxPages } = configuration;
  if (interaction !== 'search' && interaction !== 'read') problems.add('interaction must be search or read');
  const baseUrl = readSupplierUrl(configuration.baseUrl, 'baseUrl', problems);
  checkCredential(credential, baseUrl, problems);
  const target = compileTarget(baseUrl, configuration.path, 'fhir-query', problems);
  const standard = { accept: 'application/fhir+json' };
  const headers = RequestHeaders.compile(configuration.headers ?? {}, standard, problems);
  return {
    baseUrl,
    target,
    headers,
    items: PermittedItems.compile(items, compileFhirPath, problems),
    limits: readLimits(configuration, problems),
    maxPages: readWhole(maxPages, 'maxPages', { fallback: 10, least: 1, most: 100 }, problems),
    identifierTypes: [target, headers].flatMap((part) => part?.identifierTypes ?? []),
  };
}

/** Statuses of a read that mean "no such resource" and "was there, is deleted" (FHIR R4, "Read"). */
const NOT_FOUND = new Set([404, 410]);

/** A supplier with a FHIR R4 server. Paths are evaluated over every resource of the answer, all pages together. */
export class FhirR4Connector implements Connector {
  private readonly line: SupplierLine;
  private readonly interaction: 'search' | 'read';

  /** @throws ConnectorConfigurationError when a secret is missing or unusable */
  constructor(
    private readonly plan: FhirR4Plan & { readonly baseUrl: URL; readonly target: RequestTarget },
    configuration: FhirR4Configuration,
    secretOf: SecretOf,
  ) {
    this.line = new SupplierLine(
      { baseUrl: plan.baseUrl, limits: plan.limits, credential: configuration.credential },
      secretOf,
    );
    this.interaction = configuration.interaction;
  }

  fetchItems(request: SupplierRequest): Promise<SupplierAnswer> {
    return this.line.converse(request, (conversation) => this.talk(conversation, request));
  }

  close(): Promise<void> {
    return this.line.close();
  }

  private async talk(conversation: Conversation, request: SupplierRequest): Promise<SupplierAnswer> {
    const { items, target, headers } = this.plan;
    items.check(request.items);
    const first = target.fill(request);
    const filled = headers.fill(request);
    const resources =
      this.interaction === 'search'
        ? await this.search(conversation, first, filled)
        : await this.read(conversation, first, filled);
    return resources.length === 0 ? items.nothing(request.items) : items.answer(resources, request.items);
  }

  private async search(conversation: Conversation, first: string, headers: readonly string[]): Promise<Resource[]> {
    let resources: Resource[] = [];
    let target: string | undefined = first;
    for (let pages = 0; target !== undefined; pages++) {
      if (pages === this.plan.maxPages) throw new SupplierFault('too-large', `more than ${pages} pages`);
      const document = await this.get(conversation, target, headers);
      const page = readPage(document, new URL(this.plan.baseUrl.origin + target));
      resources = resources.concat(page.resources);
      target = page.next;
    }
    return resources;
  }

  private async read(conversation: Conversation, target: string, headers: readonly string[]): Promise<Resource[]> {
    const document = await this.get(conversation, target, headers);
    if (document === undefined) return [];
    const resource = readResource(document);
    if (resource.resourceType === 'OperationOutcome') throw outcomeFault(resource);
    return [resource];
  }

  /** One resource or page; undefined when a read finds none. */
  private async get(conversation: Conversation, target: string, headers: readonly string[]): Promise<unknown> {
    const reply = await conversation.ask({ method: 'GET', target, headers, body: null, safeToRetry: true });
    if (reply.statusCode !== 200) {
      await discardBody(reply);
      if (this.interaction === 'read' && NOT_FOUND.has(reply.statusCode)) return undefined;
      throw statusFault(reply.statusCode);
    }
    const bytes = await conversation.read(reply);
    return readJson(reply.headers['content-type'], reply.headers['content-encoding'], bytes);
  }
}
