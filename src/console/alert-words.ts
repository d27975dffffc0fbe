import type { Alert, AlertKind, AlertOutcome, AlertStatus, NO_LONGER_SO } from '../alerts/index.js';
import type { Register } from '../definitions/index.js';
import { counted, dayInWords, ukTime } from './in-words.js';

/** What a kind of alert is called, and what it means. */
export const ALERT_KIND_WORDS: Readonly<Record<AlertKind, { readonly text: string; readonly meaning: string }>> = {
  'decision-without-outcome': {
    text: 'Permit without an outcome',
    meaning: 'Something was permitted, and the gateway stopped before anything came of it. Nothing was released.',
  },
  'override-awaiting-review': {
    text: 'Override awaits a review',
    meaning: 'A disclosure was made against what the person said. Your agency is to review it.',
  },
  'override-review-overdue': {
    text: 'Review of an override is overdue',
    meaning: 'Your agency should have reviewed a disclosure that was made against what the person said.',
  },
  'budget-reached': {
    text: 'Budget is used up',
    meaning: 'A request was refused because the agreement’s budget for the hour or day is used up.',
  },
  'refusals-above-usual': {
    text: 'Refusals far above the usual',
    meaning: 'Far more was refused on a day than is usual. It may be a new caseload, or a wrong setting, or curiosity.',
  },
  'lookups-above-usual': {
    text: 'Look-ups far above the usual',
    meaning: 'Far more was looked up on a day than is usual. It may be a new caseload, or curiosity.',
  },
  'agreement-about-to-expire': {
    text: 'Agreement is about to end',
    meaning: 'Nothing is disclosed under an agreement after its last day.',
  },
  sampled: {
    text: 'Sampled disclosure',
    meaning: 'Nothing is wrong: your agency’s sampling plan drew this exchange for you to look at.',
  },
  'witness-missing': {
    text: 'Witness is missing',
    meaning: 'A witness has not confirmed the newest checkpoints of the log.',
  },
  'time-stamp-missing': {
    text: 'Time-stamp is missing',
    meaning: 'A time-stamping authority has not stamped the newest checkpoints of the log.',
  },
  'verification-failed': {
    text: 'Verification of the log failed',
    meaning: 'The log does not verify. Keep everything as it is, and tell the agencies.',
  },
  'verification-overdue': {
    text: 'Verification of the log is overdue',
    meaning: 'The whole log should have been verified since. Until it is, nobody knows that it still holds together.',
  },
  'webhook-not-delivered': {
    text: 'Alerts could not be delivered',
    meaning:
      'The receiver of an agency’s alerts has not taken them for more than a day. It has to look them up meanwhile.',
  },
};

export const ALERT_STATUS_WORDS: Readonly<Record<AlertStatus, { readonly text: string; readonly colour: string }>> = {
  new: { text: 'New', colour: 'blue' },
  'under-investigation': { text: 'Under investigation', colour: 'yellow' },
  closed: { text: 'Closed', colour: 'grey' },
};

export const ALERT_OUTCOME_WORDS: Readonly<
  Record<AlertOutcome | typeof NO_LONGER_SO, { readonly text: string; readonly hint: string }>
> = {
  'in-order': { text: 'In order', hint: 'Everything was as it should be.' },
  mistake: { text: 'A mistake', hint: 'An honest one, and it is put right.' },
  misuse: { text: 'Misuse', hint: 'Somebody looked who had no reason to.' },
  fault: { text: 'A technical fault', hint: 'It is put right.' },
  'agreement-to-be-changed': { text: 'The agreement is to be changed', hint: 'It does not fit the work.' },
  'no-longer-so': { text: 'No longer so', hint: 'The gateway closed the alert itself.' },
};

const DRAWN_BY = {
  percentage: 'by chance, out of all exchanges',
  'out-of-hours': 'because it was out of hours',
  staff: 'because the member of staff was drawn for that day',
} as const;

/** What an alert is about, in a sentence. */
export function alertInWords({ kind, detail }: Alert, register: Register): string {
  const { agreement, version, endsOn, withinDays, day, count = 0, usual = 0, limit = 0, staffId } = detail;
  const agency = (id = ''): string => register.agency(id)?.name ?? id;
  switch (kind) {
    case 'decision-without-outcome':
      return 'One exchange.';
    case 'override-awaiting-review':
    case 'override-review-overdue':
      return detail.dueAt === undefined ? 'One review.' : `The review is to be answered by ${ukTime(detail.dueAt)}.`;
    case 'budget-reached':
      return `${detail.system ?? 'A system'} had all that ${titleOf(agreement, register)} lets it have in one ${detail.period ?? 'period'}: ${counted(detail.most ?? 0, 'request')}.`;
    case 'refusals-above-usual':
    case 'lookups-above-usual': {
      const what = kind === 'lookups-above-usual' ? 'look-up' : 'refusal';
      const who = staffId === undefined ? 'Your agency' : `Member of staff ${staffId}`;
      return `${who} had ${counted(count, what)} on ${day === undefined ? 'a day' : dayInWords(day)}; usually ${usual}, and up to ${limit} is not unusual.`;
    }
    case 'agreement-about-to-expire':
      return `${titleOf(agreement, register)}, version ${version ?? ''}, ends on ${endsOn === undefined ? 'a day that is near' : dayInWords(endsOn)}, within ${withinDays ?? ''} days.`;
    case 'sampled':
      return `${staffId === undefined ? 'Asked by a system' : `Asked by member of staff ${staffId}`}; drawn ${(detail.drawnBy ?? []).map((rule) => DRAWN_BY[rule]).join(', and ')}.`;
    case 'witness-missing':
      return `${detail.witness ?? 'A witness'}.`;
    case 'time-stamp-missing':
      return `${detail.authority ?? 'An authority'}.`;
    case 'verification-failed':
      return `${counted(detail.findings ?? 0, 'finding')} in a log of ${counted(detail.treeSize ?? 0, 'entry', 'entries')}.`;
    case 'verification-overdue':
      return detail.since === undefined ? 'The whole log.' : `The whole log, last begun on ${ukTime(detail.since)}.`;
    case 'webhook-not-delivered':
      return `${agency(detail.recipient)}.`;
  }
}

const titleOf = (agreement: string | undefined, register: Register): string =>
  agreement === undefined ? 'the agreement' : `“${register.agreement(agreement)?.title ?? agreement}”`;
