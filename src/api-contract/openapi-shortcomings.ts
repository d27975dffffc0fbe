import type { OpenAPIObject } from '@nestjs/swagger';
import { operationsOf, resolveSchema, type MediaType, type Operation } from './openapi-operations.js';
import { impliedProblems } from './openapi.js';
import { PROBLEMS } from './problem.js';

/**
 * Names what a reader of the document would miss, one sentence each, beginning with the route: an operation id of its
 * own, a summary, a description, an example of each parameter, of the request and of each answer, a documented success,
 * and the errors that its kind of route always has. An empty list is what the check asks for.
 */
export function openApiShortcomings(document: OpenAPIObject): string[] {
  const operations = operationsOf(document);
  return operations.flatMap((operation) => [
    ...namingShortcomings(operation, operations),
    ...requestShortcomings(document, operation),
    ...answerShortcomings(document, operation),
    ...errorShortcomings(operation),
  ]);
}

function namingShortcomings({ route, definition }: Operation, all: readonly Operation[]): string[] {
  const { operationId, summary, description } = definition;
  const sharing = all.filter((other) => other.definition.operationId === operationId).length;
  return [
    // NestJS makes up ids such as `QueriesController_ask`; a generated client would carry them.
    ...(operationId && !operationId.includes('_') ? [] : [`${route} has no operationId of its own.`]),
    ...(operationId && sharing > 1 ? [`${route} shares the operationId ${operationId} with another route.`] : []),
    ...(summary ? [] : [`${route} has no summary.`]),
    ...(description ? [] : [`${route} has no description.`]),
  ];
}

function requestShortcomings(document: OpenAPIObject, { route, definition }: Operation): string[] {
  const parameters = (definition.parameters ?? [])
    .filter((parameter) => !hasExample(document, parameter))
    .map(({ name }) => `${route} has no example of the parameter ${name}.`);
  const bodies = Object.entries(definition.requestBody?.content ?? {})
    .filter(([, media]) => !hasExample(document, media))
    .map(([type]) => `${route} has no example of a request in ${type}.`);
  return [...parameters, ...bodies];
}

function answerShortcomings(document: OpenAPIObject, { route, definition }: Operation): string[] {
  const answers = Object.entries(definition.responses);
  const successes = answers.filter(([status]) => status.startsWith('2'));
  const undescribed = successes
    .filter(([status, { description, content }]) => !description || (status !== '204' && !content))
    .map(([status]) => `${route} does not describe its answer ${status}.`);
  const withoutExample = answers.flatMap(([status, { content = {} }]) =>
    Object.entries(content)
      .filter(([, media]) => !hasExample(document, media))
      .map(([type]) => `${route} has no example of its answer ${status} in ${type}.`),
  );
  return [...(successes.length > 0 ? [] : [`${route} documents no success.`]), ...undescribed, ...withoutExample];
}

function errorShortcomings(operation: Operation): string[] {
  const { route, definition } = operation;
  return impliedProblems(operation)
    .filter((code) => {
      const media = definition.responses[PROBLEMS[code].status]?.content?.['application/problem+json'];
      return !Object.hasOwn(media?.examples ?? {}, code);
    })
    .map((code) => `${route} does not list the error ${code}.`);
}

function hasExample(document: OpenAPIObject, { schema, example, examples }: MediaType): boolean {
  if (example !== undefined || (examples && Object.keys(examples).length > 0)) return true;
  return schema !== undefined && schemaGivesExample(document, schema);
}

/** The parts of a JSON Schema from which a reader, or a page, can put an example together. */
interface SchemaParts {
  readonly example?: unknown;
  readonly examples?: unknown;
  readonly items?: object;
  readonly allOf?: readonly object[];
  readonly properties?: Readonly<Record<string, object>>;
  readonly required?: readonly string[];
}

/** Whether a schema has an example, or one for each element, or for each member that must be there. */
function schemaGivesExample(document: OpenAPIObject, schema: object, depth = 0): boolean {
  const parts: SchemaParts = resolveSchema(document, schema) ?? {};
  const { example, examples, items, allOf, properties, required } = parts;
  if (example !== undefined || examples !== undefined) return true;
  if (depth > 16) return false;
  const gives = (part: object | undefined): boolean =>
    part !== undefined && schemaGivesExample(document, part, depth + 1);
  if (items) return gives(items);
  if (allOf) return allOf.some(gives);
  return required !== undefined && required.length > 0 && required.every((name) => gives(properties?.[name]));
}
