import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { DataItem } from '../catalogue/data-service.js';
import { buildUp, countLeaves, holdsNothing, ReleasedLeaves, type Step } from './build-up.js';
import type { Problems } from './configuration.js';
import { SupplierFault, type SupplierAnswer } from './connector.js';
import { openObjects, Shape } from './schema-shape.js';

/** One value that a path selected. */
export interface Found {
  readonly value: unknown;
  /** Where it stands in the document; undefined when it was computed. */
  readonly location: readonly Step[] | undefined;
}

export interface CompiledPath<Document> {
  /** The path can select one value at most. */
  readonly selectsOne: boolean;
  /** May throw when the document is not what the path expects. */
  select(document: Document): readonly Found[];
}

/** Compiles a path of one language. Throws an Error for the author when it cannot. */
export type CompilePath<Document> = (expression: string) => CompiledPath<Document>;

interface CompiledItem<Document> {
  readonly path: CompiledPath<Document>;
  readonly suppressedWhen: CompiledPath<Document> | undefined;
  readonly takesSeveral: boolean;
  readonly shape: Shape;
  readonly validate: ValidateFunction;
}

/** One validator for all: `compile` is costly, its results are kept with the items and nowhere else. */
const ajv = new Ajv2020({ strict: true, strictTypes: false, strictTuples: false, addUsedSchema: false });
formats.default(ajv);

/** Builds answers up from the items of one data service, everything compiled once. */
export class PermittedItems<Document> {
  private constructor(private readonly compiled: ReadonlyMap<string, CompiledItem<Document>>) {}

  static compile<Document>(items: readonly DataItem[], compilePath: CompilePath<Document>, problems: Problems) {
    const compiled = new Map<string, CompiledItem<Document>>();
    for (const item of items) {
      const one = compileItem(item, compilePath, problems);
      if (one !== undefined) compiled.set(item.id, one);
    }
    return new PermittedItems(compiled);
  }

  /**
   * The answer from a supplier's document: each permitted item's value by its path, checked against its schema. A value
   * that is missing, null or empty is `null`, as it is for a person whom the supplier does not know.
   *
   * INVARIANT: 5. Only values that a permitted item's path and schema name are copied; the rest is counted, not read.
   *
   * @throws SupplierFault `wrong-type` naming the item; `not-understood` when a path fails on the document
   */
  answer(document: Document, permitted: readonly DataItem[]): SupplierAnswer {
    const leaves = countLeaves(document);
    if (leaves === 0) return this.nothing(permitted);
    const released = new ReleasedLeaves();
    const data: Record<string, unknown> = {};
    const suppressed: string[] = [];
    for (const { id } of permitted) {
      const item = this.item(id);
      if (isSuppressed(id, item, document)) suppressed.push(id);
      else data[id] = readItem(id, item, document, released);
    }
    return { matched: true, data, suppressed, surplus: leaves - released.count };
  }

  /** INVARIANT: 9. An unknown person's answer has the members and values of a known person's of whom nothing is held. */
  nothing(permitted: readonly DataItem[]): SupplierAnswer {
    const data: Record<string, unknown> = {};
    for (const { id } of permitted) data[id] = null;
    return { matched: false, data, suppressed: [], surplus: 0 };
  }

  /** @throws SupplierFault `not-askable` unless there is at least one item and all are of this service */
  check(permitted: readonly DataItem[]): void {
    if (permitted.length === 0) throw new SupplierFault('not-askable', 'no item is permitted');
    for (const { id } of permitted) this.item(id);
  }

  private item(id: string): CompiledItem<Document> {
    const item = this.compiled.get(id);
    if (item === undefined) throw new SupplierFault('not-askable', 'a permitted item is not of this data service');
    return item;
  }
}

function compileItem<Document>(
  item: DataItem,
  compilePath: CompilePath<Document>,
  problems: Problems,
): CompiledItem<Document> | undefined {
  const path = problems.attempt(`item ${item.id}: select`, () => compilePath(item.select));
  const { suppressedWhen: condition } = item;
  const suppressedWhen =
    condition === undefined
      ? undefined
      : problems.attempt(`item ${item.id}: suppressedWhen`, () => compilePath(condition));
  const validate = problems.attempt(`item ${item.id}: schema`, () => compileSchema(item.schema));
  const shape = problems.attempt(`item ${item.id}: schema`, () => Shape.of(item.schema));
  for (const place of openObjects(item.schema)) {
    problems.add(
      `item ${item.id}: schema: the object at ${place} must list its properties (or say additionalProperties)`,
    );
  }
  if (path === undefined || validate === undefined || shape === undefined) return undefined;
  const type = item.schema['type'];
  return {
    path,
    suppressedWhen,
    validate,
    shape,
    takesSeveral: type === 'array' || (Array.isArray(type) && type.includes('array')),
  };
}

function compileSchema(schema: DataItem['schema']): ValidateFunction {
  const own = structuredClone(schema);
  try {
    return ajv.compile(own);
  } finally {
    ajv.removeSchema(own);
  }
}

/** Any doubt is a yes: a mark of whatever form withholds the value. */
function isSuppressed<Document>(id: string, item: CompiledItem<Document>, document: Document): boolean {
  if (item.suppressedWhen === undefined) return false;
  return select(id, item.suppressedWhen, document).some(({ value }) => value !== false && value !== null);
}

function readItem<Document>(
  id: string,
  item: CompiledItem<Document>,
  document: Document,
  released: ReleasedLeaves,
): unknown {
  const found = select(id, item.path, document);
  if (found.length === 0) return null;
  const value =
    item.takesSeveral && !item.path.selectsOne ? readAll(item, found, released) : readOne(id, item, found, released);
  if (holdsNothing(value)) return null;
  // INVARIANT: 1. The fault names the item; the validator's own message would quote the value.
  if (!item.validate(value)) throw new SupplierFault('wrong-type', `item ${id}`);
  return value;
}

function select<Document>(id: string, path: CompiledPath<Document>, document: Document): readonly Found[] {
  try {
    return path.select(document);
  } catch {
    throw new SupplierFault('wrong-type', `item ${id}: its path fails on the answer`);
  }
}

function readOne<Document>(
  id: string,
  item: CompiledItem<Document>,
  found: readonly Found[],
  released: ReleasedLeaves,
): unknown {
  const [first] = found;
  if (first === undefined || found.length > 1) throw new SupplierFault('wrong-type', `item ${id}: several values`);
  return buildUp(first.value, item.shape, released, first.location && released.at(first.location));
}

function readAll<Document>(item: CompiledItem<Document>, found: readonly Found[], released: ReleasedLeaves): unknown[] {
  return found.map(({ value, location }, index) =>
    buildUp(value, item.shape.element(index), released, location && released.at(location)),
  );
}
