import type { SamplingRule } from './sampling-plan.js';

/** What officers of an agency are told of. */
export const AGENCY_ALERT_KINDS = [
  'decision-without-outcome',
  'override-awaiting-review',
  'override-review-overdue',
  'budget-reached',
  'refusals-above-usual',
  'lookups-above-usual',
  'agreement-about-to-expire',
  'sampled',
] as const;

/** What whoever runs the gateway is told of. */
export const OPERATOR_ALERT_KINDS = [
  'witness-missing',
  'time-stamp-missing',
  'verification-failed',
  'verification-overdue',
  'webhook-not-delivered',
] as const;

export const ALERT_KINDS = [...AGENCY_ALERT_KINDS, ...OPERATOR_ALERT_KINDS] as const;
export type AlertKind = (typeof ALERT_KINDS)[number];

export const ALERT_STATUSES = ['new', 'under-investigation', 'closed'] as const;
export type AlertStatus = (typeof ALERT_STATUSES)[number];

/**
 * What was found: a closed list, because a free text would carry what must not be kept.
 *
 * `in-order`: everything was as it should be. `mistake`: an honest one, put right. `misuse`: somebody looked who had no
 * reason to. `fault`: a technical one, put right. `agreement-to-be-changed`: the agreement does not fit the work.
 */
export const ALERT_OUTCOMES = ['in-order', 'mistake', 'misuse', 'fault', 'agreement-to-be-changed'] as const;
export type AlertOutcome = (typeof ALERT_OUTCOMES)[number];

/** The outcome of an alert that the gateway closed itself, because what it was about is no longer so. */
export const NO_LONGER_SO = 'no-longer-so';

/**
 * What an alert says beside its kind. INVARIANT: 1. Ids of exchanges, agreements, agencies and systems, dates and counts;
 * nothing of a person. INVARIANT: 8. A staff id is one of the alert's own agency.
 */
export interface AlertDetail {
  readonly exchangeId?: string;
  readonly review?: string;
  /** RFC 3339. */
  readonly dueAt?: string;
  readonly agreement?: string;
  readonly version?: number;
  /** `YYYY-MM-DD`. */
  readonly endsOn?: string;
  /** Within how many days it ends: 60, 30 or 7. */
  readonly withinDays?: number;
  readonly leg?: string;
  readonly system?: string;
  readonly period?: string;
  readonly most?: number;
  readonly staffId?: string;
  /** Day in UTC, `YYYY-MM-DD`. */
  readonly day?: string;
  /** When the alert was raised. */
  readonly count?: number;
  /** Median of the days before. */
  readonly usual?: number;
  readonly limit?: number;
  readonly drawnBy?: readonly SamplingRule[];
  readonly recipient?: string;
  readonly witness?: string;
  readonly authority?: string;
  /** Of the tree that was verified, or that a witness or authority confirmed last. */
  readonly treeSize?: number;
  /** How many there were. */
  readonly findings?: number;
  /** The first of them, by their kinds and by places in the log. */
  readonly found?: readonly {
    readonly kind: string;
    readonly entries?: readonly [first: number, last: number];
    readonly treeSize?: number;
  }[];
  /** RFC 3339. */
  readonly since?: string;
}

/** What is wrong, as whoever finds it says. */
export interface NewAlert {
  readonly kind: AlertKind;
  /** Whose officers see it; `null`: whoever runs the gateway. */
  readonly agency: string | null;
  /** Tells alerts of one kind and agency apart, e.g. an exchange's id. No identifier of a person; 1 to 400 characters. */
  readonly about: string;
  readonly detail: AlertDetail;
}

export interface Alert extends NewAlert {
  /** UUIDv7: in the order in which they were raised. */
  readonly id: string;
  readonly raisedAt: Date;
  readonly status: AlertStatus;
  readonly investigatedBy: string | null;
  readonly investigatedAt: Date | null;
  /** `null` with a `closedAt`: the gateway itself, or whoever runs it. */
  readonly closedBy: string | null;
  readonly closedAt: Date | null;
  readonly outcome: AlertOutcome | typeof NO_LONGER_SO | null;
  /** Under which the agency's own system keeps what was found. */
  readonly reference: string | null;
}

/** Runs SQL, in a transaction or by itself. */
export type Query = <Row>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;
