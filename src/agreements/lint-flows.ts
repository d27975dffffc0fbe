import type { Agency } from '../agencies/index.js';
import type { DataItem } from '../catalogue/index.js';
import type { Flow, StackGap } from '../legal-bases/legal-basis.js';
import type { AgreementDraft, Leg } from './agreement.js';
import type { Finding, LintContext } from './lint-finding.js';

/**
 * What the legal basis stacks lack, for each item and purpose of each leg, on the first day on which it matters; and, as a
 * warning, what they will come to lack before the agreement ends.
 */
export function findFlowFindings(agreement: AgreementDraft, context: LintContext): Finding[] {
  const today = context.on > agreement.startsOn ? context.on : agreement.startsOn;
  return agreement.legs.flatMap((leg, index) => {
    // Nothing ever rests on the stack of a leg that is closed but for its override.
    const closed = leg.override?.only === true;
    const gaps = closed ? [] : gapsOf(agreement, leg, context, today);
    const later = !closed && agreement.endsOn > today ? gapsOf(agreement, leg, context, agreement.endsOn) : [];
    const ceasing = later.filter((gap) => !gaps.some((known) => known.key === gap.key));
    return [
      ...(gaps.length === 0 && !closed ? findIdleBases(agreement, leg, index, context, today) : []),
      ...gaps.map((gap): Finding => ({ severity: 'error', code: gap.code, ...describe(gap, leg, index) })),
      ...findBarred(agreement, leg, index, context, today),
      ...findOverrideFindings(agreement, leg, index, context, today),
      ...ceasing.map((gap): Finding => {
        const { path, message } = describe(gap, leg, index);
        const text = `${message}, on the agreement's last day`;
        return { severity: 'warning', code: 'ceases-during-agreement', path, message: text };
      }),
    ];
  });
}

/** What a provision forbids: no agreement lifts that. */
function findBarred(agreement: AgreementDraft, leg: Leg, index: number, context: LintContext, on: string): Finding[] {
  const stack = [...leg.legalBasis, ...(leg.override?.legalBasis ?? [])];
  const barred = new Map<string, Set<string>>();
  for (const { item, flow } of flowsOf(agreement, leg, context, on)) {
    for (const provision of context.findBars({ ...flow, stack, restrictedBy: item.restrictedBy ?? [] })) {
      const key = `${provision} forbids it for the purpose ${flow.purpose}`;
      barred.set(key, (barred.get(key) ?? new Set()).add(item.id));
    }
  }
  return [...barred].map(([says, items]) => ({
    severity: 'error',
    code: 'bars-disclosure',
    path: ['legs', index, 'items'],
    message: `leg ${leg.id}, ${items.size === 1 ? 'item' : 'items'} ${[...items].join(', ')}: ${says}`,
  }));
}

/** Whether an override rests on a stack of its own that is complete, and needs nobody's permission. */
function findOverrideFindings(
  agreement: AgreementDraft,
  leg: Leg,
  index: number,
  context: LintContext,
  on: string,
): Finding[] {
  const stack = leg.override?.legalBasis;
  if (!stack) return [];
  const path = ['legs', index, 'override', 'legalBasis'];
  const found = new Map<string, Finding>();
  for (const { item, flow } of flowsOf(agreement, leg, context, on)) {
    const authorised = { ...flow, authorised: true as const };
    const start = `leg ${leg.id}, override of ${item.id}:`;
    for (const { code, message } of context.stackGaps(stack, authorised)) {
      found.set(`${start} ${code} ${message}`, {
        severity: 'error',
        code,
        path,
        message: `${start} ${message.replace(/\.$/, '')}`,
      });
    }
    const [kind] = context.requiredPermissions(stack, authorised);
    if (kind === undefined) continue;
    const message = `${start} its stack itself rests on the person's permission (${kind})`;
    found.set(message, { severity: 'error', code: 'override-needs-permission', path, message });
  }
  return [...found.values()];
}

/** Bases that carry nothing: a power for other purposes or agencies, a condition that no item needs. */
function findIdleBases(
  agreement: AgreementDraft,
  leg: Leg,
  index: number,
  context: LintContext,
  on: string,
): Finding[] {
  const flows = flowsOf(agreement, leg, context, on);
  const carrying = new Set(flows.flatMap(({ flow }) => context.basesReliedOn(leg.legalBasis, flow)));
  return leg.legalBasis.flatMap((basis, position): Finding[] => {
    if (flows.length === 0 || carrying.has(basis)) return [];
    const message = `leg ${leg.id}: ${basis} carries nothing: its purposes or agency types do not match this leg, or no item needs it`;
    return [{ severity: 'warning', code: 'basis-idle', path: ['legs', index, 'legalBasis', position], message }];
  });
}

/** One gap, and every item that it concerns. */
interface LegGap extends StackGap {
  readonly key: string;
  readonly items: string[];
}

function gapsOf(agreement: AgreementDraft, leg: Leg, context: LintContext, on: string): LegGap[] {
  const found = new Map<string, LegGap>();
  for (const { item, flow } of flowsOf(agreement, leg, context, on)) {
    for (const gap of context.stackGaps(leg.legalBasis, flow)) {
      const key = `${gap.code} ${gap.basis ?? ''} ${gap.message}`;
      const known = found.get(key) ?? { ...gap, key, items: [] };
      if (!known.items.includes(item.id)) known.items.push(item.id);
      found.set(key, known);
    }
  }
  return [...found.values()];
}

/** Every flow that a leg allows: each of its items for each of its purposes. */
function flowsOf(
  agreement: AgreementDraft,
  leg: Leg,
  context: LintContext,
  on: string,
): { item: DataItem; flow: Flow }[] {
  const from = context.agency(leg.from);
  const to = context.agency(leg.to);
  if (!from || !to) return []; // Reported as an unknown agency.
  return itemsOf(leg, context).flatMap((item) =>
    leg.purposes.map((purpose) => ({ item, flow: flowOf(from, to, purpose, item, on, agreement) })),
  );
}

function itemsOf(leg: Leg, context: LintContext): DataItem[] {
  return (context.dataService(leg.dataService)?.items ?? []).filter((item) => leg.items.includes(item.id));
}

function flowOf(
  from: Agency,
  to: Agency,
  purpose: string,
  item: DataItem,
  on: string,
  agreement: AgreementDraft,
): Flow {
  return {
    from: from.type,
    to: to.type,
    purpose,
    sensitivity: item.sensitivity,
    confidential: item.confidential,
    on,
    policyDocument: agreement.policyDocument !== undefined,
  };
}

function describe(gap: LegGap, leg: Leg, index: number): Pick<Finding, 'path' | 'message'> {
  const position = gap.basis === undefined ? -1 : leg.legalBasis.indexOf(gap.basis);
  return {
    path: ['legs', index, 'legalBasis', ...(position < 0 ? [] : [position])],
    message: `leg ${leg.id}, ${gap.items.length === 1 ? 'item' : 'items'} ${gap.items.join(', ')}: ${gap.message.replace(/\.$/, '')}`,
  };
}
