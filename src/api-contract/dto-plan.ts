import 'reflect-metadata';
import { defaultMetadataStorage } from 'class-transformer/cjs/storage.js';
import { getMetadataStorage, ValidationTypes, type MetadataStorage, type ValidationArguments } from 'class-validator';

type ValidationMetadata = ReturnType<MetadataStorage['getTargetValidationMetadatas']>[number];

/** A class whose members carry class-validator's decorators: the shape of a request body. Constructed without arguments. */
export type Dto<T extends object = object> = new () => T;

/** One rule of a member, as its decorator declared it. */
export interface Rule {
  /** What a value must be, e.g. `text`, `one of query, notify`. Fixed in code, so it may be told to a caller. */
  readonly wants: string;
  /** Applies to each element of an array. */
  readonly each: boolean;
  accepts(value: unknown, within: object): boolean;
}

/** What is known of one member of a {@link Dto}. */
export interface MemberPlan {
  readonly name: string;
  readonly rules: readonly Rule[];
  /** Whether the member is called for, given the others. False: it may be absent. Absent itself: it must be there. */
  readonly calledFor?: (within: object) => boolean;
  /** True for `@IsOptional`: when it is there all the same, its rules apply. */
  readonly optional: boolean;
  readonly nested?: { readonly dto: Dto; readonly list: boolean };
}

/** How to read a {@link Dto}: worked out once per class from its decorators. */
export interface DtoPlan {
  readonly prototype: object;
  /** Members that the class itself gives a value. */
  readonly defaults: Readonly<Record<string, unknown>>;
  readonly members: readonly MemberPlan[];
  readonly names: ReadonlySet<string>;
}

const plans = new Map<Dto, DtoPlan>();

/**
 * The plan of a class.
 * @throws Error naming the member whose decorators ask for what this reader does not do: groups, asynchronous rules,
 * promises, `@Transform`, discriminated types. It is a defect of the class, so it is not a Problem.
 */
export function planOf(dto: Dto): DtoPlan {
  const known = plans.get(dto);
  if (known) return known;
  const byName = Map.groupBy(
    getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false),
    (metadata) => metadata.propertyName,
  );
  if (byName.size === 0) throw new Error(`${dto.name} declares no members`);
  const plan: DtoPlan = {
    prototype: dto.prototype as object,
    defaults: Object.fromEntries(Object.entries(new dto()).filter(([, value]) => value !== undefined)),
    members: [...byName].map(([name, metadatas]) => planMember(dto, name, metadatas)),
    names: new Set(byName.keys()),
  };
  plans.set(dto, plan);
  return plan;
}

function planMember(dto: Dto, name: string, metadatas: readonly ValidationMetadata[]): MemberPlan {
  const defect = (what: string): Error => new Error(`${dto.name}.${name} uses ${what}, which a request body cannot`);
  if (metadatas.some(({ groups }) => groups?.length > 0)) throw defect('validation groups');
  if (metadatas.some(({ type }) => type === ValidationTypes.PROMISE_VALIDATION)) throw defect('a promise');
  if (defaultMetadataStorage.findTransformMetadatas(dto, name, 0).length > 0) throw defect('@Transform');
  const conditions = metadatas
    .filter(({ type }) => type === ValidationTypes.CONDITIONAL_VALIDATION)
    .map(({ constraints }) => constraints[0] as (within: object, value: unknown) => boolean);
  const nested = metadatas.find(({ type }) => type === ValidationTypes.NESTED_VALIDATION);
  return {
    name,
    rules: metadatas
      .filter(({ type }) => type === ValidationTypes.CUSTOM_VALIDATION || type === ValidationTypes.IS_DEFINED)
      .flatMap((metadata) => planRules(metadata, defect)),
    optional: metadatas.some((metadata) => metadata.name === 'isOptional'),
    ...(conditions.length > 0 && {
      calledFor: (within: object) =>
        conditions.every((holds) => holds(within, (within as Record<string, unknown>)[name])),
    }),
    ...(nested && { nested: { dto: nestedDto(dto, name, defect), list: isList(dto, name, nested) } }),
  };
}

function planRules(metadata: ValidationMetadata, defect: (what: string) => Error): Rule[] {
  return getMetadataStorage()
    .getTargetValidatorConstraints(metadata.constraintCls)
    .map((constraint) => {
      if (constraint.async) throw defect('an asynchronous rule');
      const validator = constraint.instance;
      const { propertyName: property, constraints, validateIf } = metadata;
      return {
        wants: wantedBy(metadata, constraint.name),
        each: metadata.each,
        accepts(value: unknown, within: object): boolean {
          if (validateIf && !validateIf(within, value)) return true;
          const given: ValidationArguments = { value, constraints, targetName: '', object: within, property };
          return validator.validate(value, given) === true;
        },
      };
    });
}

/** In words; by the decorator's own name where there are none for it. */
function wantedBy({ name, constraints }: ValidationMetadata, decorator: string): string {
  const [bound] = (constraints as readonly unknown[] | undefined) ?? [];
  const words: Readonly<Record<string, string>> = {
    arrayMaxSize: `at most ${String(bound)}`,
    arrayMinSize: `at least ${String(bound)}`,
    arrayUnique: 'none of them twice',
    isArray: 'a list',
    isIn: `one of ${String(bound).replaceAll(',', ', ')}`,
    isIso8601: 'a date or a time as ISO 8601 has it',
    isString: 'text',
    isUuid: 'a UUID',
    matches: 'of the form that the API reference gives',
    maxLength: `at most ${String(bound)} characters`,
  };
  const rule = name ?? decorator;
  return words[rule] ?? rule;
}

function nestedDto(dto: Dto, name: string, defect: (what: string) => Error): Dto {
  const declared = defaultMetadataStorage.findTypeMetadata(dto, name);
  if (declared?.options?.discriminator) throw defect('a discriminated type');
  const type: unknown = declared?.typeFunction() ?? Reflect.getMetadata('design:type', dto.prototype as object, name);
  if (typeof type !== 'function' || type === Object || type === Array) throw defect('@ValidateNested without @Type');
  return type as Dto;
}

function isList(dto: Dto, name: string, nested: ValidationMetadata): boolean {
  return nested.each || Reflect.getMetadata('design:type', dto.prototype as object, name) === Array;
}
