import type { Flow, LegalBasis, StackGap } from './legal-basis.js';
import type { LegalBasesCatalogue } from './legal-bases-catalogue.js';

/** What becomes of each basis that a stack names, for one flow. */
export interface ExaminedStack {
  /** In force, reaching this flow, and with every companion that it needs. */
  readonly standing: ReadonlyMap<string, LegalBasis>;
  /** In force, but of no help for this flow, with the reasons. Harmless while other bases do. */
  readonly fallen: ReadonlyMap<string, { readonly basis: LegalBasis; readonly reasons: readonly StackGap[] }>;
  /** What no stack may name: unknown, not in force on that day, or a restriction. */
  readonly refused: readonly StackGap[];
}

/**
 * Sorts the bases of a stack into those that stand for a flow and those that do not.
 *
 * Companions may lean on each other (Art. 9(2)(g) and a paragraph of DPA 2018 Sch. 1 Part 2), so the answer is the largest
 * set in which every need is met: bases with an unmet need are taken out until none is left.
 */
export function examineStack(catalogue: LegalBasesCatalogue, stackIds: readonly string[], flow: Flow): ExaminedStack {
  const standing = new Map<string, LegalBasis>();
  const fallen = new Map<string, { basis: LegalBasis; reasons: StackGap[] }>();
  const refused: StackGap[] = [];
  for (const id of new Set(stackIds)) {
    const basis = catalogue.get(id);
    const refusal = basis ? refusalOf(basis, flow) : unknown(id);
    if (refusal) refused.push(refusal);
    if (!basis || refusal) continue;
    const reasons = reasonsNotToReach(catalogue, basis, flow);
    if (reasons.length > 0) fallen.set(id, { basis, reasons });
    else standing.set(id, basis);
  }
  for (let again = true; again;) {
    again = false;
    for (const [id, basis] of standing) {
      const unmet = basis.needs.filter((anyOf) => !anyOf.some((companion) => standing.has(companion)));
      if (unmet.length === 0) continue;
      standing.delete(id);
      fallen.set(id, { basis, reasons: unmet.map((anyOf) => needsCompanion(id, anyOf)) });
      again = true;
    }
  }
  return { standing, fallen, refused };
}

/**
 * INVARIANT: 4. Each part of a stack is in force on the day: a basis that is not is refused by name, also when the rest of
 * the stack would do without it, so that no record ever names it.
 */
function refusalOf(basis: LegalBasis, flow: Flow): StackGap | undefined {
  if (basis.effect === 'restriction') {
    return {
      code: 'bars-disclosure',
      basis: basis.id,
      message: `${basis.id} restricts disclosure; it is never a reason to disclose.`,
    };
  }
  if (isInForce(basis, flow.on)) return undefined;
  const state = basis.inForce === 'in-force' ? 'is not in force on' : `is ${basis.inForce}, so not relied on, on`;
  return { code: 'not-in-force', basis: basis.id, message: `${basis.id} ${state} ${flow.on}.` };
}

function isInForce(basis: LegalBasis, on: string): boolean {
  return (
    basis.inForce === 'in-force' &&
    /^\d{4}-\d{2}-\d{2}$/.test(on) &&
    (basis.inForceFrom === undefined || basis.inForceFrom <= on) &&
    (basis.inForceUntil === undefined || on <= basis.inForceUntil)
  );
}

function unknown(id: string): StackGap {
  return { code: 'unknown-basis', basis: id, message: `${id} is not in the catalogue of legal bases.` };
}

function reasonsNotToReach(catalogue: LegalBasesCatalogue, basis: LegalBasis, flow: Flow): StackGap[] {
  const reasons: StackGap[] = [];
  const add = (code: StackGap['code'], message: string): void => void reasons.push({ code, basis: basis.id, message });
  const { fromAgencyTypes, toAgencyTypes } = basis.permits;
  const reaches = (types: readonly string[], type: string): boolean => types.includes('*') || types.includes(type);
  if (!reaches(fromAgencyTypes, flow.from)) {
    add('agency-type-not-covered', `${basis.id} does not reach a disclosure from ${flow.from}.`);
  }
  if (!reaches(toAgencyTypes, flow.to)) {
    add('agency-type-not-covered', `${basis.id} does not reach a disclosure to ${flow.to}.`);
  }
  if (!coversPurpose(catalogue, basis, flow.purpose)) {
    add('purpose-not-covered', `${basis.id} does not cover the purpose ${flow.purpose}.`);
  }
  if (basis.policyDocument && !flow.policyDocument && !basis.policyDocument.unlessTo.includes(flow.to)) {
    add('no-policy-document', `${basis.id} needs an appropriate policy document, and the agreement has none.`);
  }
  if (basis.caseByCase && !flow.authorised) {
    add('case-by-case', `${basis.id} is decided case by case by a named person, never by an agreement.`);
  }
  return reasons;
}

/** The purposes of a power or duty are a closed list; everything else also covers what is narrower than a listed purpose. */
function coversPurpose(catalogue: LegalBasesCatalogue, basis: LegalBasis, purpose: string): boolean {
  const listed = basis.permits.purposes;
  return basis.supplies.includes('power-or-duty') ? listed.includes(purpose) : catalogue.covers(purpose, listed);
}

function needsCompanion(id: string, anyOf: readonly string[]): StackGap {
  const companions = anyOf.length === 1 ? `${anyOf[0]}` : `one of ${anyOf.join(', ')}`;
  return {
    code: 'needs-companion',
    basis: id,
    message: `${id} stands only beside ${companions}, covering the same disclosure.`,
  };
}
