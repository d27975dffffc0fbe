import { checkHeaderName, type Problems } from './configuration.js';
import type { SupplierRequest } from './connector.js';
import { compileTemplate, type Template } from './template.js';

/** W3C Trace Context, section 3.2: anything else is not passed on. */
const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The headers of a connector's requests: those that never change, and those filled in. */
export class RequestHeaders {
  private constructor(
    private readonly constant: readonly string[],
    private readonly filled: readonly (readonly [string, Template])[],
  ) {}

  get identifierTypes(): string[] {
    return this.filled.flatMap(([, template]) => template.identifierTypes);
  }

  /** Names and values by turns. @throws SupplierFault `not-askable` */
  fill(request: SupplierRequest): string[] {
    const headers = [...this.constant];
    for (const [name, template] of this.filled) headers.push(name, template.fill(request));
    const { traceparent } = request;
    if (traceparent !== undefined && TRACEPARENT.test(traceparent)) headers.push('traceparent', traceparent);
    return headers;
  }

  /** @param standard headers that configuration may replace, lower-case names */
  static compile(
    given: Readonly<Record<string, string>>,
    standard: Readonly<Record<string, string>>,
    problems: Problems,
  ): RequestHeaders {
    const constant = ['user-agent', 'gatehouse', 'accept-encoding', 'identity'];
    const filled: (readonly [string, Template])[] = [];
    const own = Object.fromEntries(Object.entries(given).map(([name, text]) => [name.toLowerCase(), text]));
    for (const name of Object.keys(given)) checkHeaderName(name, problems);
    for (const [name, text] of Object.entries({ ...standard, ...own })) {
      const template = problems.attempt(`header ${name}`, () => compileTemplate(text, 'header'));
      if (template?.constant !== undefined) constant.push(name, template.constant);
      else if (template !== undefined) filled.push([name, template]);
    }
    return new RequestHeaders(constant, filled);
  }
}
