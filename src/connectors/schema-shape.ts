type Schema = Readonly<Record<string, unknown>>;

/**
 * Which members a JSON Schema (2020-12) declares, at every depth: what may be copied from a supplier's value. Members that
 * no branch of the schema declares are not copied; `true` as a schema means everything below. Whether the copy satisfies
 * the schema is for the validator to say, not for this.
 */
export class Shape {
  private readonly named = new Map<string, Shape>();
  private patterns: readonly (readonly [RegExp, Shape])[] = [];
  private others: Shape | undefined;
  private leading: readonly Shape[] = [];
  private elements: Shape | undefined;

  /** The shape of a member; undefined when the schema does not declare it. */
  member(name: string): Shape | undefined {
    const named = this.named.get(name);
    if (named !== undefined) return named;
    return this.patterns.find(([pattern]) => pattern.test(name))?.[1] ?? this.others;
  }

  /** The shape of an array's element; undefined when the schema says nothing of it. */
  element(index: number): Shape | undefined {
    return this.leading[index] ?? this.elements;
  }

  /** @throws Error at a `$ref` that leads nowhere in the schema, or a pattern that is not one */
  static of(root: Schema): Shape {
    const known = new Map<string, Shape>();
    const numbers = new Map<Schema, number>();
    const everything = new Shape();
    everything.others = everything;
    everything.elements = everything;

    const shapeOf = (schemas: readonly unknown[]): Shape => {
      if (schemas.includes(true)) return everything;
      const branches = [...new Set(schemas.flatMap((schema) => branchesOf(schema, root)))];
      for (const branch of branches) if (!numbers.has(branch)) numbers.set(branch, numbers.size);
      const key = branches.map((branch) => numbers.get(branch)).join(' ');
      const again = known.get(key);
      if (again !== undefined) return again;
      const shape = new Shape();
      known.set(key, shape);
      fill(shape, branches);
      return shape;
    };
    const shapeOfAny = (branches: readonly Schema[], keywords: readonly string[]): Shape | undefined => {
      const schemas = branches.flatMap((branch) => keywords.map((keyword) => branch[keyword]));
      const given = schemas.filter((schema) => schema !== undefined && schema !== false);
      return given.length === 0 ? undefined : shapeOf(given);
    };
    const fill = (shape: Shape, branches: readonly Schema[]): void => {
      const members = branches.flatMap((branch) => Object.entries(schemaOf(branch['properties'])));
      for (const [name, schemas] of Map.groupBy(members, ([member]) => member)) {
        shape.named.set(name, shapeOf(schemas.map(([, schema]) => schema)));
      }
      shape.patterns = branches
        .flatMap((branch) => Object.entries(schemaOf(branch['patternProperties'])))
        .map(([pattern, schema]) => [new RegExp(pattern, 'u'), shapeOf([schema])] as const);
      shape.others = shapeOfAny(branches, ['additionalProperties', 'unevaluatedProperties']);
      shape.leading = branches.flatMap((branch) => listOf(branch['prefixItems'])).map((schema) => shapeOf([schema]));
      shape.elements = shapeOfAny(branches, ['items', 'unevaluatedItems']);
    };
    return shapeOf([root]);
  }
}

const BRANCHING = ['allOf', 'anyOf', 'oneOf'] as const;
const CONDITIONAL = ['then', 'else'] as const;

/** A schema and every schema that it applies to the same value. */
function branchesOf(schema: unknown, root: Schema, seen = new Set<Schema>()): Schema[] {
  if (!isSchema(schema) || seen.has(schema)) return [];
  seen.add(schema);
  const applied: unknown[] = [
    ...BRANCHING.flatMap((keyword) => listOf(schema[keyword])),
    ...CONDITIONAL.map((keyword) => schema[keyword]),
    ...Object.values(schemaOf(schema['dependentSchemas'])),
  ];
  if (typeof schema['$ref'] === 'string') applied.push(referredTo(schema['$ref'], root));
  return [schema, ...applied.flatMap((one) => branchesOf(one, root, seen))];
}

/** RFC 6901 pointers within the schema only: a schema is complete in itself. */
function referredTo(reference: string, root: Schema): unknown {
  if (!/^#(\/|$)/.test(reference)) throw new Error('a $ref must point into the schema itself (#/$defs/...)');
  let target: unknown = root;
  for (const step of decodeURIComponent(reference).split('/').slice(1)) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    target =
      typeof target === 'object' && target !== null && Object.hasOwn(target, name)
        ? Reflect.get(target, name)
        : undefined;
  }
  if (target === undefined) throw new Error('a $ref leads nowhere');
  return target;
}

/**
 * Places (JSON Pointers) at which a schema says `object` and no more, so that nobody could say which members an agreement
 * lets through. `additionalProperties: true` says it on purpose.
 */
export function openObjects(schema: unknown, at = '#'): string[] {
  if (Array.isArray(schema)) return schema.flatMap((one, index) => openObjects(one, `${at}/${index}`));
  if (!isSchema(schema)) return [];
  const mayBeObject = listOf(schema['type']).includes('object') || schema['type'] === 'object';
  const open = mayBeObject && !SAYS_MEMBERS.some((keyword) => keyword in schema);
  return [...(open ? [at] : []), ...Object.entries(schema).flatMap(([keyword, value]) => within(keyword, value, at))];
}

const SAYS_MEMBERS = ['properties', 'patternProperties', 'additionalProperties', '$ref', 'enum', 'const', ...BRANCHING];
const OF_SCHEMAS = new Set<string>(['items', 'additionalProperties', 'prefixItems', ...BRANCHING, ...CONDITIONAL]);
const OF_NAMED_SCHEMAS = new Set(['properties', 'patternProperties', '$defs', 'dependentSchemas']);

function within(keyword: string, value: unknown, at: string): string[] {
  if (OF_SCHEMAS.has(keyword)) return openObjects(value, `${at}/${keyword}`);
  if (!OF_NAMED_SCHEMAS.has(keyword)) return [];
  return Object.entries(schemaOf(value)).flatMap(([name, one]) => openObjects(one, `${at}/${keyword}/${name}`));
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function schemaOf(value: unknown): Schema {
  return isSchema(value) ? value : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
