import type { OpenAPIObject } from '@nestjs/swagger';

/** A media type of a request or response: a schema, and examples of its own. */
export interface MediaType {
  readonly schema?: object;
  readonly example?: unknown;
  readonly examples?: object;
}

/** What the document says of one route. */
export interface OperationDefinition {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly parameters?: readonly { name: string; in: string; example?: unknown; examples?: object; schema?: object }[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, MediaType>> };
  security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly responses: Record<
    string,
    { description?: string; headers?: object; content?: Readonly<Record<string, MediaType>> }
  >;
  [extension: `x-${string}`]: unknown;
}

/** A route of the document. */
export interface Operation {
  /** E.g. `POST /v1/queries`. */
  readonly route: string;
  readonly definition: OperationDefinition;
}

const METHODS: ReadonlySet<string> = new Set(['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace']);

/** Every route of a document, in its order. */
export function operationsOf(document: OpenAPIObject): Operation[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => METHODS.has(method))
      .map(([method, definition]) => ({
        route: `${method.toUpperCase()} ${path}`,
        definition: definition as OperationDefinition,
      })),
  );
}

const REFERENCE = '#/components/schemas/';

/** The schema that a `$ref` to the components names, or the schema itself. */
export function resolveSchema(document: OpenAPIObject, schema: object | undefined): object | undefined {
  const reference = (schema as { $ref?: string } | undefined)?.$ref;
  if (reference === undefined) return schema;
  return document.components?.schemas?.[reference.slice(REFERENCE.length)];
}

/** Names of the schemas that request bodies are made of, at every depth. */
export function schemasOfBodies(document: OpenAPIObject): Set<string> {
  const names = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const { $ref: reference } = node as { $ref?: unknown };
    if (typeof reference === 'string' && reference.startsWith(REFERENCE)) {
      const name = reference.slice(REFERENCE.length);
      if (names.has(name)) return;
      names.add(name);
      visit(document.components?.schemas?.[name]);
    }
    for (const child of Object.values(node)) visit(child);
  };
  for (const { definition } of operationsOf(document)) visit(definition.requestBody);
  return names;
}
