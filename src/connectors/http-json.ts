import type { DataService } from '../catalogue/data-service.js';
import { Problems, readLimits, readSupplierUrl, type ConnectorLimits, type SecretOf } from './configuration.js';
import { statusFault } from './connection-fault.js';
import type { Connector, HttpJsonConfiguration, SupplierAnswer, SupplierRequest } from './connector.js';
import type { Ask, Conversation } from './conversation.js';
import { checkCredential } from './credential.js';
import { compileJsonPath } from './json-path.js';
import { PermittedItems } from './permitted-items.js';
import { discardBody } from './read-bytes.js';
import { readJson } from './read-json.js';
import { RequestHeaders } from './request-headers.js';
import { compileTarget, type RequestTarget } from './request-target.js';
import { SupplierLine } from './supplier-line.js';
import { compileJsonTemplate, type Template } from './template.js';

/** A configuration taken apart, ready to be used any number of times. Members are undefined only when `problems` say why. */
export interface HttpJsonPlan {
  readonly baseUrl: URL | undefined;
  readonly target: RequestTarget | undefined;
  readonly headers: RequestHeaders;
  readonly body: Template | undefined;
  readonly items: PermittedItems<unknown>;
  readonly limits: ConnectorLimits;
  readonly notFound: ReadonlySet<number>;
  readonly identifierTypes: readonly string[];
}

export function compileHttpJson(
  configuration: HttpJsonConfiguration,
  items: DataService['items'],
  problems: Problems,
): HttpJsonPlan {
  const { method, credential, notFoundStatuses = [404] } = configuration;
  if (method !== 'GET' && method !== 'POST') problems.add('method must be GET or POST');
  const withBody = configuration.body !== undefined;
  if (method === 'GET' && withBody) problems.add('a GET has no body');
  const baseUrl = readSupplierUrl(configuration.baseUrl, 'baseUrl', problems);
  checkCredential(credential, baseUrl, problems);
  for (const status of notFoundStatuses) checkNotFoundStatus(status, problems);
  const target = compileTarget(baseUrl, configuration.path, 'query', problems);
  const standard = { accept: 'application/json', ...(withBody ? { 'content-type': 'application/json' } : {}) };
  const headers = RequestHeaders.compile(configuration.headers ?? {}, standard, problems);
  const body = withBody ? problems.attempt('body', () => compileJsonTemplate(configuration.body)) : undefined;
  return {
    baseUrl,
    target,
    headers,
    body,
    items: PermittedItems.compile(items, compileJsonPath, problems),
    limits: readLimits(configuration, problems),
    notFound: new Set(notFoundStatuses),
    identifierTypes: [target, headers, body].flatMap((part) => part?.identifierTypes ?? []),
  };
}

/** These say that the gateway is not let in, or that it is too fast or slow; never that nobody of that name is known. */
const NEVER_NOT_FOUND = new Set([401, 403, 407, 408, 429]);

function checkNotFoundStatus(status: number, problems: Problems): void {
  if (!Number.isInteger(status) || status < 400 || status > 499 || NEVER_NOT_FOUND.has(status)) {
    problems.add('notFoundStatuses must be 4xx, and none of 401, 403, 407, 408, 429');
  }
}

/** A supplier with a JSON API: one request, one answer. */
export class HttpJsonConnector implements Connector {
  private readonly line: SupplierLine;
  private readonly method: 'GET' | 'POST';
  private readonly safeToRetry: boolean;

  /** @throws ConnectorConfigurationError when a secret is missing or unusable */
  constructor(
    private readonly plan: HttpJsonPlan & { readonly baseUrl: URL; readonly target: RequestTarget },
    configuration: HttpJsonConfiguration,
    secretOf: SecretOf,
  ) {
    this.line = new SupplierLine(
      { baseUrl: plan.baseUrl, limits: plan.limits, credential: configuration.credential },
      secretOf,
    );
    this.method = configuration.method;
    this.safeToRetry = configuration.method === 'GET' || configuration.safeToRetry === true;
  }

  fetchItems(request: SupplierRequest): Promise<SupplierAnswer> {
    return this.line.converse(request, (conversation) => this.talk(conversation, request));
  }

  close(): Promise<void> {
    return this.line.close();
  }

  private async talk(conversation: Conversation, request: SupplierRequest): Promise<SupplierAnswer> {
    const { items, notFound } = this.plan;
    items.check(request.items);
    const reply = await conversation.ask(this.put(request));
    const { statusCode, headers } = reply;
    if (notFound.has(statusCode) || statusCode === 204) {
      await discardBody(reply);
      return items.nothing(request.items);
    }
    if (statusCode !== 200 && statusCode !== 201) {
      await discardBody(reply);
      throw statusFault(statusCode);
    }
    const bytes = await conversation.read(reply);
    return items.answer(readJson(headers['content-type'], headers['content-encoding'], bytes), request.items);
  }

  private put(request: SupplierRequest): Ask {
    const { target, headers, body } = this.plan;
    return {
      method: this.method,
      target: target.fill(request),
      headers: headers.fill(request),
      body: body === undefined ? null : body.fill(request),
      safeToRetry: this.safeToRetry,
    };
  }
}
