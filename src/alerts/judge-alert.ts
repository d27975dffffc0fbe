import type { ExchangeClaims, ExchangeDetail } from '../disclosure-log/index.js';
import type { Alert, Query } from './alert.js';
import { USUAL_DAYS } from './far-above-usual.js';

/** Most exchanges that are shown with an alert. */
const MOST_EXCHANGES = 20;
/** Most exchanges of a history. */
const MOST_RECENT = 10;

/** An exchange as the officers of one of its agencies may see it. INVARIANT: 1. Holds no handle. */
export interface ExchangeToJudge {
  readonly exchangeId: string;
  readonly at: string;
  readonly requester: string;
  readonly system: string;
  readonly supplier: string | null;
  readonly dataService: string | null;
  readonly role: string | null;
  /** `null` for the other agency. */
  readonly staffId: string | null;
  readonly purpose: string | null;
  readonly justification: string | null;
  readonly overrideReason: string | null;
  readonly agreement: { readonly id: string; readonly version: number } | null;
  readonly decision: string;
  readonly reasonCodes: readonly string[];
  /** What became of a permit; `null` for a refusal, and while nothing is known. */
  readonly result: string | null;
  readonly items: readonly {
    readonly dataItem: string;
    readonly outcome: string;
    readonly legalBasis: readonly string[];
  }[];
}

/** What was done in the last {@link USUAL_DAYS} days, the day of asking included. */
export interface RecentHistory {
  readonly days: number;
  readonly lookups: number;
  readonly refusals: number;
  /** Days (UTC, `YYYY-MM-DD`) with any, the newest first. */
  readonly byDay: readonly { readonly day: string; readonly lookups: number; readonly refusals: number }[];
  /** The first and the last exchange of each such day but those that the alert is about; the newest first, at most 10. */
  readonly exchanges: readonly RecentExchange[];
}

/** As much of an exchange as tells whether another fits in with it. */
export type RecentExchange = Pick<
  ExchangeToJudge,
  'exchangeId' | 'at' | 'requester' | 'supplier' | 'role' | 'staffId' | 'purpose' | 'decision' | 'result'
>;

/** An alert with what is needed to judge it. */
export interface AlertToJudge {
  readonly alert: Alert;
  /** The newest first, at most 20; empty where it is about none, and where their bodies were erased. */
  readonly exchanges: readonly ExchangeToJudge[];
  /** What the agency's log says of the person whom the exchange is about, by handle; `null` where there is no one exchange. */
  readonly person: RecentHistory | null;
  /** What it says of the member of the agency's staff; `null` where it is about none. */
  readonly staff: RecentHistory | null;
}

/** Gathers what an officer of the alert's agency needs to judge it. */
export async function judgeAlert(query: Query, alert: Alert, agency: string, now: Date): Promise<AlertToJudge> {
  const { exchangeId, staffId } = alert.detail;
  const ids = exchangeId === undefined ? await exchangesCounted(query, alert, agency) : [exchangeId];
  const logged = await readExchanges(query, ids, agency);
  const exchanges = logged.map((one) => exchangeFor(agency, one));
  const single = exchangeId === undefined ? undefined : logged[0];
  const history = async (scope: 'staff' | 'handle', about: readonly string[]): Promise<RecentHistory | null> =>
    about.length === 0 ? null : await readHistory(query, { agency, scope, about, now, butFor: ids });
  return {
    alert,
    exchanges,
    person: await history('handle', single ? handlesFor(agency, single) : []),
    staff: await history('staff', [staffId ?? (single && exchanges[0]?.staffId)].filter(isText)),
  };
}

interface LoggedExchange {
  readonly claims: ExchangeClaims;
  readonly detail: ExchangeDetail;
  readonly result: string | null;
}

function exchangeFor(agency: string, { claims, result }: LoggedExchange): ExchangeToJudge {
  const { exchangeId, at, requester, supplier, dataService, purpose, justification, override, agreement } = claims;
  return {
    exchangeId,
    at,
    requester: requester.agency,
    system: requester.system,
    supplier,
    dataService,
    role: requester.role,
    // INVARIANT: 8. A member of staff is their own agency's matter.
    staffId: requester.agency === agency ? requester.staffId : null,
    purpose,
    justification,
    overrideReason: override?.reason ?? null,
    agreement: agreement && { id: agreement.id, version: agreement.version },
    decision: claims.decision.outcome,
    reasonCodes: claims.decision.reasonCodes,
    result,
    items: claims.items.map(({ dataItem, outcome, legalBasis }) => ({ dataItem, outcome, legalBasis })),
  };
}

/** The person's handles in the view of the agency. */
const handlesFor = (agency: string, { claims, detail }: LoggedExchange): readonly string[] =>
  detail.subjectHandles?.[claims.requester.agency === agency ? 'requester' : 'supplier'] ?? [];

const isText = (value: string | null | undefined): value is string => typeof value === 'string';

/** The exchanges of a day that was far above the usual. */
async function exchangesCounted(query: Query, { kind, detail }: Alert, agency: string): Promise<string[]> {
  if (detail.day === undefined) return [];
  const { day, staffId = null } = detail;
  const rows = await query<{ id: string }>(EXCHANGES_OF_DAY, [
    agency,
    staffId === null ? 'agency' : 'staff',
    staffId ?? '',
    day,
    kind === 'refusals-above-usual',
    MOST_EXCHANGES,
  ]);
  return rows.map(({ id }) => id);
}

async function readExchanges(query: Query, ids: readonly string[], agency: string): Promise<LoggedExchange[]> {
  if (ids.length === 0) return [];
  const rows = await query<{ claims: string; detail: string; result: string | null }>(EXCHANGES, [ids, agency]);
  return rows.map(({ claims, detail, result }) => ({
    claims: JSON.parse(claims) as ExchangeClaims,
    detail: JSON.parse(detail) as ExchangeDetail,
    result,
  }));
}

interface HistoryOf {
  readonly agency: string;
  readonly scope: 'staff' | 'handle';
  readonly about: readonly string[];
  readonly now: Date;
  /** Ids of exchanges that are told of already. */
  readonly butFor: readonly string[];
}

/** Of several handles of one person, what the one with the most has on a day: each identifier counts the same request. */
async function readHistory(query: Query, { agency, scope, about, now, butFor }: HistoryOf): Promise<RecentHistory> {
  const counted = await query<{ day: string; lookups: number; refusals: number; indexes: number[] }>(HISTORY, [
    agency,
    scope,
    about,
    now,
    USUAL_DAYS,
  ]);
  const byDay = counted.map(({ day, lookups, refusals }) => ({ day, lookups, refusals }));
  const indexes = counted.flatMap((one) => one.indexes);
  const recent = await query<{ id: string }>(RECENT, [indexes, agency, butFor, MOST_RECENT]);
  const logged = await readExchanges(
    query,
    recent.map(({ id }) => id),
    agency,
  );
  const sumOf = (what: 'lookups' | 'refusals'): number => byDay.reduce((sum, one) => sum + one[what], 0);
  return {
    days: USUAL_DAYS,
    lookups: sumOf('lookups'),
    refusals: sumOf('refusals'),
    byDay,
    exchanges: logged.map((one) => recentOf(exchangeFor(agency, one))),
  };
}

const recentOf = ({
  exchangeId,
  at,
  requester,
  supplier,
  role,
  staffId,
  purpose,
  decision,
  result,
}: ExchangeToJudge): RecentExchange => ({
  exchangeId,
  at,
  requester,
  supplier,
  role,
  staffId,
  purpose,
  decision,
  result,
});

/** From the last entry that was counted back to the first, until there are enough. */
const EXCHANGES_OF_DAY = `
  SELECT exchange_id AS id
  FROM alert_counts counted JOIN log_entries ON log_index BETWEEN first_index AND last_index JOIN log_bodies USING (log_index)
  WHERE counted.agency = $1 AND scope = $2 AND about = $3 AND day = $4::date
    AND kind = 'decision' AND requester_agency = $1 AND ($3 = '' OR claims::jsonb #>> '{requester,staffId}' = $3)
    AND (NOT $5 OR claims::jsonb #>> '{decision,outcome}' = 'deny')
  ORDER BY log_index DESC LIMIT $6`;

/** INVARIANT: 8. Only exchanges in which the agency was requester or supplier. */
const EXCHANGES = `
  SELECT claims, detail, (
    SELECT body.claims::jsonb #>> '{outcome,result}' FROM log_entries later JOIN log_bodies body USING (log_index)
    WHERE later.exchange_id = decision.exchange_id AND later.kind = 'outcome' LIMIT 1) AS result
  FROM log_entries decision JOIN log_bodies USING (log_index)
  WHERE exchange_id = ANY ($1::uuid[]) AND kind = 'decision' AND (requester_agency = $2 OR supplier_agency = $2)
  ORDER BY log_index DESC`;

const HISTORY = `
  SELECT day::text, max(lookups) AS lookups, max(refusals) AS refusals,
    (array_agg(first_index) || array_agg(last_index))::float8[] AS indexes
  FROM alert_counts
  WHERE agency = $1 AND scope = $2 AND about = ANY ($3) AND day > ($4::timestamptz AT TIME ZONE 'UTC')::date - $5::int
  GROUP BY alert_counts.day ORDER BY alert_counts.day DESC`;

/** By their places alone, so that a day of a large log is not read through. */
const RECENT = `
  SELECT exchange_id AS id FROM log_entries
  WHERE log_index = ANY ($1::bigint[]) AND kind = 'decision' AND (requester_agency = $2 OR supplier_agency = $2)
    AND exchange_id <> ALL ($3::uuid[])
  GROUP BY exchange_id ORDER BY max(log_index) DESC LIMIT $4`;
