import type { DecisionNotToShareClaims, ExchangeClaims, ExchangeDetail } from '../disclosure-log/index.js';
import type { Query } from '../policy/index.js';
import { readOwnEntries, type Kinds, type OwnEntry } from './own-entries.js';
import type { PinnedExport } from './pinned-export.js';

/** An exchange stands where it was decided; what became of it is looked up from there. */
export const EXCHANGE_KINDS: Kinds = { naming: ['decision', 'decision-not-to-share'], following: [] };

/** What became of an exchange, as far as the log says by the checkpoint. */
export type Fate =
  | NonNullable<ExchangeClaims['outcome']>['result']
  /** Decided against, by the rules. */
  | 'refused'
  /** Permitted, and nothing is on record of what became of it. Nothing was released. */
  | 'unresolved'
  /** Decided against, by a person, outside the gateway. */
  | 'not-shared'
  /** The body was erased under a retention rule. */
  | 'erased';

/** An exchange of the agency, in one of three shapes by what is known of it. */
export type OwnExchange = Place & (Brokered | NotShared | Erased);

interface Place {
  readonly index: number;
  readonly exchangeId: string;
  readonly recordedAt: Date;
  readonly leafHash: Buffer;
  readonly direction: Direction;
}

/** Whether the agency asked, was asked through the gateway, or was asked outside it. */
export type Direction = 'asked' | 'was-asked' | 'was-asked-outside';

interface Brokered {
  readonly shape: 'brokered';
  /** Those of the outcome where there is one: a permit may be decided again before its release. */
  readonly claims: ExchangeClaims;
  readonly detail: ExchangeDetail;
  readonly decidedAt: string;
  readonly fate: Fate;
  /** When that was recorded, and where; null where nothing was. */
  readonly became: { readonly at: string | null; readonly index: number } | null;
}

interface NotShared {
  readonly shape: 'not-shared';
  readonly claims: DecisionNotToShareClaims;
  readonly detail: { readonly subjectHandles: readonly string[] };
  readonly fate: 'not-shared';
}

interface Erased {
  readonly shape: 'erased';
  readonly fate: 'erased';
}

/** The exchanges of a pinned export that are still to be read, page by page, in the order of their decisions. */
export async function* readOwnExchanges(
  query: Query,
  { agency, rest, treeSize }: PinnedExport,
): AsyncGenerator<OwnExchange[], void, undefined> {
  for await (const entries of readOwnEntries(query, agency, EXCHANGE_KINDS, rest)) {
    const later = await readLater(query, entries, treeSize);
    yield entries.map((entry) => exchangeOf(entry, agency, later.get(entry.exchangeId) ?? []));
  }
}

interface LaterEntry {
  readonly exchangeId: string;
  readonly index: number;
  readonly kind: 'outcome' | 'reconciliation';
  readonly claims: string | null;
  readonly detail: string | null;
}

/** What the log says of these exchanges afterwards, by exchange. */
async function readLater(
  query: Query,
  entries: readonly OwnEntry[],
  treeSize: number,
): Promise<ReadonlyMap<string, readonly LaterEntry[]>> {
  const rows = await query<LaterEntry>(
    `SELECT exchange_id AS "exchangeId", log_index::float8 AS index, kind, claims, detail
     FROM log_entries LEFT JOIN log_bodies USING (log_index)
     WHERE exchange_id = ANY ($1::uuid[]) AND kind IN ('outcome', 'reconciliation') AND log_index < $2
     ORDER BY log_index`,
    [entries.map(({ exchangeId }) => exchangeId), treeSize],
  );
  return Map.groupBy(rows, ({ exchangeId }) => exchangeId);
}

function exchangeOf(entry: OwnEntry, agency: string, later: readonly LaterEntry[]): OwnExchange {
  const { index, exchangeId, recordedAt, leafHash, body, kind } = entry;
  const outside = kind === 'decision-not-to-share';
  const asked = entry.requester === agency ? 'asked' : 'was-asked';
  const place = { index, exchangeId, recordedAt, leafHash, direction: outside ? 'was-asked-outside' : asked } as const;
  const outcome = later.find((one) => one.kind === 'outcome');
  const last = later.at(-1);
  if (!body || outcome?.claims === null) return { ...place, shape: 'erased', fate: 'erased' };
  if (outside) {
    return {
      ...place,
      shape: 'not-shared',
      claims: JSON.parse(body.claims),
      detail: JSON.parse(body.detail),
      fate: 'not-shared',
    };
  }
  const decision = JSON.parse(body.claims) as ExchangeClaims;
  const claims = outcome ? (JSON.parse(outcome.claims) as ExchangeClaims) : decision;
  const at = last?.claims ? (JSON.parse(last.claims) as { at: string }).at : null;
  return {
    ...place,
    shape: 'brokered',
    claims,
    detail: JSON.parse(outcome?.detail ?? body.detail),
    decidedAt: decision.at,
    fate: fateOf(claims, last),
    became: last ? { at, index: last.index } : null,
  };
}

function fateOf({ decision, outcome }: ExchangeClaims, last: LaterEntry | undefined): Fate {
  if (last?.kind === 'reconciliation') return 'not-released';
  if (outcome) return outcome.result;
  return decision.outcome === 'deny' ? 'refused' : 'unresolved';
}

/** The agency at the other end; null where the request did not say whom it was for, or the body is erased. */
export function otherAgency(exchange: OwnExchange): string | null {
  if (exchange.shape === 'erased') return null;
  if (exchange.shape === 'not-shared') return exchange.claims.askedBy;
  return exchange.direction === 'asked' ? exchange.claims.supplier : exchange.claims.requester.agency;
}

/** The legal bases that a permit rests on, or that a person considered; each once. A refusal rests on none. */
export function legalBasesOf(exchange: Exclude<OwnExchange, Erased>): string[] {
  if (exchange.shape === 'not-shared') return [...exchange.claims.legalBasis];
  const { decision, items } = exchange.claims;
  return decision.outcome === 'deny' ? [] : [...new Set(items.flatMap(({ legalBasis }) => legalBasis))];
}

/** Reason codes of the decision, or the reason that a person gave. */
export const reasonsOf = (exchange: Exclude<OwnExchange, Erased>): readonly string[] =>
  exchange.shape === 'not-shared' ? [exchange.claims.reason] : exchange.claims.decision.reasonCodes;
