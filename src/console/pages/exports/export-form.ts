import type { ExportSearch } from '../../../exports/index.js';
import type { ExportForm } from '../../../exports/exports.module.js';
import type { Fault } from '../../page.js';
import { readUkDays } from '../../uk-days.js';

/** A form of the service, or the page that one of them can be too. */
export type OfferedForm = ExportForm | 'routine-sharing-page';

/** What can be taken out, in the order in which it is offered. */
export const EXPORT_FORMS: Readonly<Record<OfferedForm, ExportWords>> = {
  evidence: {
    text: 'Evidence (JSON Lines)',
    hint: 'Every entry of the log, each with its proof. For a court, a regulator, or a quarrel with another agency.',
    lines: 'entry',
    goesOn: true,
  },
  exchanges: {
    text: 'Table of exchanges (CSV)',
    hint: 'One row for each exchange, with what became of it. Safe to open in a spreadsheet.',
    lines: 'exchange',
    goesOn: true,
  },
  'audit-events': {
    text: 'FHIR AuditEvents, one to a line',
    hint: 'For the audit repository of a record system.',
    lines: 'exchange',
    goesOn: true,
  },
  'audit-event-bundle': {
    text: 'FHIR AuditEvents as a Bundle',
    hint: 'The same, at most 250 at a time.',
    lines: 'exchange',
    goesOn: true,
  },
  statistics: {
    text: 'Statistics of a month (CSV)',
    hint: 'How many, by other agency, purpose, legal basis, decision, outcome, reason and override. Exact numbers.',
    lines: 'exchange',
    goesOn: false,
  },
  'published-statistics': {
    text: 'Statistics of a month to be published (CSV)',
    hint: 'Numbers below 5 are not told, and others are rounded down.',
    lines: 'exchange',
    goesOn: false,
  },
  'routine-sharing': {
    text: 'Register of routine sharing (CSV)',
    hint: 'What you routinely disclose, by category of recipient, and how often. For the Data Security and Protection Toolkit.',
    lines: 'exchange',
    goesOn: false,
  },
  'routine-sharing-page': {
    text: 'Register of routine sharing (a page to print)',
    hint: 'The same, for people to read.',
    lines: 'exchange',
    goesOn: false,
  },
};

export interface ExportWords {
  readonly text: string;
  readonly hint: string;
  /** What a line of it is. */
  readonly lines: 'entry' | 'exchange';
  readonly goesOn: boolean;
}

/** What was filled in, where it can be accepted. */
export interface FilledExport {
  readonly form: OfferedForm;
  /** Days in the United Kingdom, `YYYY-MM-DD`, both included; empty for a month. */
  readonly from: string;
  readonly to: string;
  /** `YYYY-MM`, UTC; empty for a period. */
  readonly month: string;
  /** What it is tied to; empty for the newest. */
  readonly treeSize: string;
  /** Where it goes on after; empty where it begins. */
  readonly after: string;
}

type Fields = Readonly<Record<string, string>>;

/**
 * Reads what is to be taken out.
 * @returns what the service is asked for, or what is wrong with it
 */
export function readExportForm(
  fields: Fields,
): { readonly filled: FilledExport; readonly search: ExportSearch } | { readonly faults: readonly Fault[] } {
  const { form = '', from = '', to = '', month = '', treeSize = '', after = '' } = fields;
  if (!isExportForm(form)) return { faults: [{ field: 'form', text: 'Choose what you want to take out' }] };
  if (isOfMonth(form)) {
    const period = monthOf(month);
    if (!period) return { faults: [{ field: 'month', text: 'Choose the month' }] };
    return { filled: { form, from: '', to: '', month, treeSize: '', after: '' }, search: period };
  }
  const days = readUkDays({ from, to });
  const missing = [
    ...(from === '' ? [{ field: 'from', text: 'Enter the first day of the period' }] : []),
    ...(to === '' ? [{ field: 'to', text: 'Enter the last day of the period' }] : []),
  ];
  const places = { treeSize: placeOf(treeSize), after: placeOf(after) };
  const wrong = [
    ...(treeSize !== '' && places.treeSize === undefined
      ? [{ field: 'treeSize', text: 'Enter the size of the log as a number' }]
      : []),
    ...(after !== '' && places.after === undefined
      ? [{ field: 'after', text: 'Enter the log index of the last whole line as a number' }]
      : []),
    ...(after !== '' && treeSize === ''
      ? [{ field: 'treeSize', text: 'Enter the size of the log that the download was tied to' }]
      : []),
  ];
  const faults = [...days.faults, ...missing, ...wrong];
  if (faults.length > 0 || !days.from || !days.to) return { faults };
  if (!EXPORT_FORMS[form].goesOn || places.treeSize === undefined) {
    return { filled: { form, from, to, month: '', treeSize: '', after: '' }, search: { from: days.from, to: days.to } };
  }
  return {
    filled: { form, from, to, month: '', treeSize, after },
    search: { from: days.from, to: days.to, pin: { treeSize: places.treeSize, after: places.after ?? null } },
  };
}

/** Months that can be chosen, the one of an instant first, `YYYY-MM`. */
export function monthsUpTo(now: Date): string[] {
  return Array.from({ length: 24 }, (_, back) =>
    new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back)).toISOString().slice(0, 7),
  );
}

export const isOfMonth = (form: OfferedForm): form is 'statistics' | 'published-statistics' =>
  form === 'statistics' || form === 'published-statistics';

const isExportForm = (form: string): form is OfferedForm => Object.hasOwn(EXPORT_FORMS, form);

function monthOf(month: string): { readonly from: Date; readonly to: Date } | undefined {
  if (!/^[1-9]\d{3}-(0[1-9]|1[0-2])$/.test(month)) return undefined;
  const from = new Date(`${month}-01T00:00:00Z`);
  return { from, to: new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1)) };
}

const placeOf = (text: string): number | undefined => (/^(0|[1-9]\d{0,14})$/.test(text) ? Number(text) : undefined);
