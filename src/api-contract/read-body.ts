import { planOf, type Dto, type DtoPlan, type MemberPlan } from './dto-plan.js';
import { Problem } from './problem.js';
import { parseStrictJson } from './strict-json.js';

/** Most members at fault that one answer names. */
export const MAX_POINTERS = 20;
/** Longest JSON Pointer in an answer, characters. A longer one is cut to the nearest member above that fits. */
export const MAX_POINTER_LENGTH = 200;

/** A member at fault. */
interface Fault {
  readonly pointer: string;
  readonly kind: 'missing' | 'unknown' | 'unacceptable';
  /** What it must be instead, from the code. */
  readonly wants?: string;
}

/**
 * Reads a request body as an instance of `dto`, by the class-validator decorators of its members.
 *
 * Guarantees: the instance holds declared members only, at every depth; each satisfies every rule declared for it; a
 * member without `@IsOptional` was sent; one that was not sent is absent (or has the class's own default); none is `null`;
 * one that `@ValidateIf` does not call for is refused. Nested classes are built too (`@ValidateNested` with `@Type`).
 *
 * INVARIANT: 1. What is thrown names members and rules, never a value; a name that does not look like a member's is not
 * repeated either, and stands for its parent.
 *
 * Does NOT check who calls: authenticate first.
 *
 * @param bytes The body as it arrived; absent when there was none.
 * @throws Problem `REQUEST_MALFORMED`, `REQUEST_TOO_LARGE`, or `REQUEST_INVALID` with up to {@link MAX_POINTERS} pointers
 */
export function readBody<T extends object>(dto: Dto<T>, bytes: Uint8Array | undefined): T {
  if (bytes === undefined) throw new Problem('REQUEST_MALFORMED', { detail: 'Send one complete JSON value.' });
  return readObject(dto, parseStrictJson(bytes));
}

/**
 * Reads a value that is already parsed, e.g. query parameters, with the guarantees of {@link readBody}.
 * @throws Problem `REQUEST_INVALID`
 */
export function readObject<T extends object>(dto: Dto<T>, value: unknown): T {
  const faults: Fault[] = [];
  const instance = build(planOf(dto), value, '', faults);
  if (faults.length > 0) {
    const pointers = [...new Set(faults.map(({ pointer }) => pointer))];
    throw new Problem('REQUEST_INVALID', { pointers, detail: adviceOn(faults) });
  }
  return instance as T;
}

function build(plan: DtoPlan, value: unknown, pointer: string, faults: Fault[]): object {
  const instance = Object.create(plan.prototype) as Record<string, unknown>;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    report(faults, { pointer, kind: 'unacceptable', wants: 'an object' });
    return instance;
  }
  const sent = value as Readonly<Record<string, unknown>>;
  Object.assign(instance, plan.defaults);
  let known = 0;
  for (const { name } of plan.members) {
    if (!Object.hasOwn(sent, name)) continue;
    known++;
    instance[name] = sent[name];
  }
  const names = Object.keys(sent);
  if (known < names.length) {
    for (const name of names.filter((each) => !plan.names.has(each))) {
      report(faults, { pointer: LOOKS_LIKE_A_MEMBER.test(name) ? below(pointer, name) : pointer, kind: 'unknown' });
    }
  }
  for (const member of plan.members) readMember(member, instance, pointer, faults);
  return instance;
}

function readMember(member: MemberPlan, instance: Record<string, unknown>, pointer: string, faults: Fault[]): void {
  const at = below(pointer, member.name);
  const value = instance[member.name];
  const calledFor = member.calledFor?.(instance) ?? (member.rules.length > 0 || member.nested !== undefined);
  if (value === undefined) {
    if (calledFor) report(faults, { pointer: at, kind: 'missing' });
    return;
  }
  if (value === null) return report(faults, { pointer: at, kind: 'unacceptable', wants: 'not null' });
  if (!calledFor && member.calledFor && !member.optional) return report(faults, { pointer: at, kind: 'unknown' });
  const broken = firstBrokenRule(member, value, instance, at);
  if (broken) return report(faults, broken);
  if (member.nested) instance[member.name] = buildNested(member.nested, value, at, faults);
}

function firstBrokenRule(member: MemberPlan, value: unknown, within: object, at: string): Fault | undefined {
  for (const rule of member.rules) {
    if (rule.each && Array.isArray(value)) {
      const index = value.findIndex((element) => !rule.accepts(element, within));
      if (index >= 0) return { pointer: below(at, String(index)), kind: 'unacceptable', wants: rule.wants };
    } else if (!rule.accepts(value, within)) {
      return { pointer: at, kind: 'unacceptable', wants: rule.wants };
    }
  }
  return undefined;
}

function buildNested(
  { dto, list }: NonNullable<MemberPlan['nested']>,
  value: unknown,
  at: string,
  faults: Fault[],
): unknown {
  const plan = planOf(dto);
  if (!list) return build(plan, value, at, faults);
  if (Array.isArray(value))
    return value.map((element, index) => build(plan, element, below(at, String(index)), faults));
  report(faults, { pointer: at, kind: 'unacceptable', wants: 'a list' });
  return value;
}

const LOOKS_LIKE_A_MEMBER = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

function report(faults: Fault[], fault: Fault): void {
  if (faults.length >= MAX_POINTERS) return;
  let { pointer } = fault;
  while (pointer.length > MAX_POINTER_LENGTH) pointer = pointer.slice(0, pointer.lastIndexOf('/'));
  faults.push({ ...fault, pointer });
}

/** RFC 6901, section 3. */
function below(pointer: string, name: string): string {
  const isPlain = !name.includes('~') && !name.includes('/');
  return `${pointer}/${isPlain ? name : name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

function adviceOn(faults: readonly Fault[]): string {
  const of = (kind: Fault['kind'], verb: string): string[] => {
    const those = new Set(
      faults
        .filter((fault) => fault.kind === kind)
        .map(({ pointer, wants }) => (pointer || 'the body') + (wants ? ` (${wants})` : '')),
    );
    return those.size > 0 ? [`${verb} ${[...those].join(', ')}`] : [];
  };
  const parts = [
    ...of('missing', 'add'),
    ...of('unknown', 'remove what does not belong there:'),
    ...of('unacceptable', 'correct'),
  ];
  const sentence = parts.join('; ');
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}
