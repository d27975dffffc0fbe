import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { projectFolder } from '../config/index.js';
import { operationsOf, schemasOfBodies, type Operation } from './openapi-operations.js';
import { problemExample, PROBLEM_SCHEMA } from './problem-examples.js';
import { PROBLEMS, type ProblemCode } from './problem.js';
import { PROBLEMS_EXTENSION } from './problems.decorator.js';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;

/** Name of the security scheme of a route that needs a token. */
export const DPOP_SCHEME = 'dpop';

const DESCRIPTION = `Ask another agency for data, under a signed agreement and a legal basis, and get what may be disclosed or the
reason why not. Every decision comes with a receipt. Each error is a problem (RFC 9457) whose \`code\` is explained at
\`/docs/errors\`; an answer that the gateway itself refused has the header \`Gatehouse-Error\`.`;

/**
 * Builds the OpenAPI 3.1 document from the routes of an application, in an order that does not depend on the order in
 * which modules are loaded. Needs the application made, not listening.
 */
export function buildOpenApi(app: INestApplication): OpenAPIObject {
  const document = SwaggerModule.createDocument(app, configuration());
  const schemas: Schemas = { ...document.components?.schemas, Problem: PROBLEM_SCHEMA as Schemas[string] };
  for (const operation of operationsOf(document)) {
    stateSecurity(operation);
    listProblems(operation);
  }
  for (const name of schemasOfBodies(document)) {
    // What `readBody` refuses, the document forbids.
    Object.assign(schemas[name] ?? {}, { additionalProperties: false });
  }
  return {
    ...document,
    paths: sorted(document.paths),
    components: { ...document.components, schemas: sorted(schemas) },
  };
}

function configuration(): Omit<OpenAPIObject, 'paths'> {
  const { version } = JSON.parse(readFileSync(path.join(projectFolder(), 'package.json'), 'utf8')) as {
    version: string;
  };
  return new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Gatehouse')
    .setDescription(DESCRIPTION)
    .setVersion(version)
    .setLicense('MIT', 'https://opensource.org/license/mit')
    .addServer('/', 'This gateway')
    .addSecurity(DPOP_SCHEME, {
      type: 'http',
      scheme: 'dpop',
      bearerFormat: 'JWT',
      description:
        'RFC 9449: `Authorization: DPoP <access token>`, and in the header `DPoP` a proof made for this method and URL with the key that the token is bound to. The names beside the scheme say who may call: `system`, `officer` (in whichever role), or `officer:<role>`, of which one suffices.',
    })
    .addOAuth2(
      {
        type: 'oauth2',
        description:
          'Where the access token comes from: client credentials with `private_key_jwt` (RFC 7523) and a DPoP proof. Tokens last five minutes.',
        flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: {} } },
      },
      'oauth2',
    )
    .build();
}

const ALWAYS: readonly ProblemCode[] = ['INTERNAL'];
const WITH_TOKEN: readonly ProblemCode[] = [
  'TOKEN_MISSING',
  'TOKEN_INVALID',
  'PROOF_INVALID',
  'PROOF_REPLAYED',
  'ROLE_NOT_ALLOWED',
  'STORE_UNAVAILABLE',
];
const WITH_BODY: readonly ProblemCode[] = [
  'REQUEST_MALFORMED',
  'REQUEST_INVALID',
  'REQUEST_TOO_LARGE',
  'MEDIA_TYPE_UNSUPPORTED',
];

/** The problems that follow from the kind of a route. */
export function impliedProblems({ definition }: Operation): readonly ProblemCode[] {
  const needsToken = definition.security?.some((requirement) => DPOP_SCHEME in requirement) ?? false;
  return [...ALWAYS, ...(needsToken ? WITH_TOKEN : []), ...withBody(definition)];
}

/** A body that is not JSON is read by its route, in its own way. */
function withBody({ requestBody }: Operation['definition']): readonly ProblemCode[] {
  if (!requestBody) return [];
  return requestBody.content && !('application/json' in requestBody.content) ? ['REQUEST_TOO_LARGE'] : WITH_BODY;
}

/** A route's own declaration stands last and goes before its controller's; one public or silent needs nothing. */
function stateSecurity({ definition }: Operation): void {
  const own = definition.security?.at(-1) ?? {};
  definition.security = Object.keys(own).length === 0 ? [] : [own];
}

function listProblems(operation: Operation): void {
  const { definition } = operation;
  const declared = definition[PROBLEMS_EXTENSION] as readonly ProblemCode[] | undefined;
  delete definition[PROBLEMS_EXTENSION];
  const codes = [...new Set([...(declared ?? []), ...impliedProblems(operation)])];
  for (const [status, those] of Map.groupBy(codes, (code) => PROBLEMS[code].status)) {
    definition.responses[status] = problemResponse(status, those.toSorted());
  }
}

function problemResponse(status: number, codes: readonly ProblemCode[]): Operation['definition']['responses'][string] {
  const header = (description: string): object => ({ description, schema: { type: 'string' } });
  return {
    description: codes.map((code) => `\`${code}\`: ${PROBLEMS[code].title}.`).join(' '),
    headers: {
      'Gatehouse-Error': header('The code of the problem.'),
      ...(codes.some((code) => 'retryAfterSeconds' in PROBLEMS[code]) && { 'Retry-After': header('Seconds.') }),
      ...(status === 401 && { 'WWW-Authenticate': header('RFC 9449, section 7.1.') }),
      ...(status === 405 && { Allow: header('The methods that the path knows.') }),
    },
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(
          codes.map((code) => [code, { summary: PROBLEMS[code].title, value: problemExample(code) }]),
        ),
      },
    },
  };
}

function sorted<Value>(record: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
