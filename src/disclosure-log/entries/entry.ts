import canonicalize from 'canonicalize';
import type { EntryText } from '../tree/commitment.js';
import type { AgreementEntry, DefinitionsEntry } from './agreement-entries.js';
import type { ExchangeEntry, ReconciliationEntry } from './exchange-entries.js';
import type {
  DisclosuresSearchedEntry,
  ExplanationEntry,
  ExportEntry,
  PermissionReadEntry,
  PermissionsSearchedEntry,
  PersonSearchedEntry,
  SubjectAccessReportedEntry,
} from './look-up-entries.js';
import type {
  AcknowledgementEntry,
  DecisionNotToShareEntry,
  PermissionEntry,
  StatementEntry,
} from './person-entries.js';
import type { BodiesErasedEntry, ErasureOrderedEntry, LegalHoldEntry } from './retention-entries.js';
import type { AlertEntry, ReviewAnswerEntry } from './review-entries.js';

export type * from './agreement-entries.js';
export type * from './exchange-entries.js';
export type * from './look-up-entries.js';
export type * from './person-entries.js';
export type * from './retention-entries.js';
export type * from './review-entries.js';

/** What the log takes, a file for each family of kinds. */
export type LogEntry =
  | ExchangeEntry
  | PermissionEntry
  | StatementEntry
  | AcknowledgementEntry
  | DefinitionsEntry
  | AgreementEntry
  | ReconciliationEntry
  | ExplanationEntry
  | ExportEntry
  | DisclosuresSearchedEntry
  | PersonSearchedEntry
  | PermissionsSearchedEntry
  | PermissionReadEntry
  | SubjectAccessReportedEntry
  | ReviewAnswerEntry
  | AlertEntry
  | DecisionNotToShareEntry
  | BodiesErasedEntry
  | ErasureOrderedEntry
  | LegalHoldEntry;

/** The entry as committed to: RFC 8785 of both parts. @throws Error for a value that JSON has no form for */
export function textOf(entry: LogEntry): EntryText {
  return { claims: canonical(entry.claims), detail: canonical(entry.detail) };
}

function canonical(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new Error('a log entry has no canonical form');
  return text;
}
