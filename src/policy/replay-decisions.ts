import { DecisionArchive, wordDecision, type Query, type WordedDecision } from './decision-archive.js';
import type { DisclosureFacts } from './facts.js';
import type { PolicySet } from './policy-set.js';

/** An entry of the log whose decision comes out otherwise, or cannot be made again. */
export interface Difference {
  readonly logIndex: number;
  readonly exchangeId: string;
  readonly recordedAt: Date;
  readonly recorded: WordedDecision;
  /** What comes out now; or, in words, why nothing does. */
  readonly replayed: WordedDecision | string;
  /** What was not known of the facts it was made on, and is assumed, in sentences without a full stop. */
  readonly assumptions: readonly string[];
}

/** Facts as they would have been. */
export interface RestatedFacts {
  readonly facts: DisclosureFacts;
  readonly assumptions: readonly string[];
}

/** What a replay found. */
export interface Replay {
  /** Entries whose decision was made again. */
  readonly replayed: number;
  /** Entries whose body was erased: what was decided is no longer known. */
  readonly erased: number;
  /** Entries whose facts were restated, of those whose decision was made again. */
  readonly restated: number;
  readonly differences: readonly Difference[];
}

export interface ReplayOptions {
  /** Only what was recorded at this instant or later. */
  readonly since?: Date;
  /** Only the last so many exchanges. */
  readonly last?: number;
  /** Decides under these instead of the policies of the time. Then one entry of each exchange counts, its decision. */
  readonly candidate?: PolicySet;
  /** Gives the facts to decide on in the place of the archived ones, where there are others. Again one entry of each exchange counts. */
  readonly restate?: (facts: DisclosureFacts, recordedAt: Date) => Promise<RestatedFacts | undefined>;
}

/** Entries read at a time. */
const PAGE = 1_000;

interface Row {
  readonly log_index: number;
  readonly exchange_id: string;
  readonly recorded_at: Date;
  readonly claims: string | null;
  readonly facts_hash: string | null;
}

/**
 * Makes recorded decisions again, each on its archived facts and under its archived policies, and compares. Decisions are
 * pure, so that any difference means that an archive or the log was changed, or that the program decides otherwise now.
 *
 * Passes over refusals of requests that were not understood: nothing was decided in them. Does NOT verify the log (see
 * `verifyLog`), or that the facts were true.
 */
export async function replayDecisions(query: Query, options: ReplayOptions = {}): Promise<Replay> {
  const replays = new Replays(new DecisionArchive(query, options.candidate), options);
  const kinds = options.candidate || options.restate ? ['decision'] : ['decision', 'outcome'];
  const differences: Difference[] = [];
  let [replayed, erased, restated] = [0, 0, 0];
  let after = await indexBefore(query, options.last);
  for (;;) {
    const rows = await query<Row>(ENTRIES, [after, kinds, options.since ?? null, PAGE]);
    for (const row of rows) {
      after = row.log_index;
      if (row.claims === null) erased++;
      else if (row.facts_hash !== null) {
        replayed++;
        const compared = await compare(row, row.claims, row.facts_hash, replays);
        if (compared.restated) restated++;
        if (compared.difference) differences.push(compared.difference);
      }
    }
    if (rows.length < PAGE) return { replayed, erased, restated, differences };
  }
}

const ENTRIES = `
  SELECT log_index::float8, exchange_id, recorded_at, claims, detail::jsonb ->> 'factsHash' AS facts_hash
  FROM log_entries LEFT JOIN log_bodies USING (log_index)
  WHERE log_index > $1 AND kind = ANY($2) AND ($3::timestamptz IS NULL OR recorded_at >= $3)
  ORDER BY log_index LIMIT $4`;

/** The index before the last so many decisions; -1 is before all. */
async function indexBefore(query: Query, last: number | undefined): Promise<number> {
  if (last === undefined) return -1;
  const [row] = await query<{ first: number | null }>(
    `SELECT min(log_index)::float8 AS first
     FROM (SELECT log_index FROM log_entries WHERE kind = 'decision' ORDER BY log_index DESC LIMIT $1) AS newest`,
    [last],
  );
  return (row?.first ?? 0) - 1;
}

async function compare(
  row: Row,
  claims: string,
  factsHash: string,
  replays: Replays,
): Promise<{ readonly restated: boolean; readonly difference?: Difference }> {
  const { decision, items } = JSON.parse(claims) as {
    decision: { outcome: string; reasonCodes: string[]; policyVersion: string };
    items: WordedDecision['items'];
  };
  const { outcome, reasonCodes, policyVersion } = decision;
  const { log_index: logIndex, exchange_id: exchangeId, recorded_at: recordedAt } = row;
  const recorded = wordDecision({ outcome, reasonCodes, items });
  const { decided: replayed, assumptions } = await replays.decide(factsHash, policyVersion, recordedAt);
  const restated = assumptions !== undefined;
  if (JSON.stringify(recorded) === JSON.stringify(replayed)) return { restated };
  return {
    restated,
    difference: { logIndex, exchangeId, recordedAt, recorded, replayed, assumptions: assumptions ?? [] },
  };
}

/** What is decided now; with the assumptions where the facts were restated. */
interface Replayed {
  readonly decided: WordedDecision | string;
  readonly assumptions?: readonly string[];
}

/** Few facts and fewer policies ever decided, so each pair decides once. */
class Replays {
  private readonly facts = new Map<string, Promise<DisclosureFacts | string>>();
  private readonly decided = new Map<string, Promise<WordedDecision | string>>();

  constructor(
    private readonly archive: DecisionArchive,
    private readonly options: ReplayOptions,
  ) {}

  async decide(factsHash: string, policyVersion: string, recordedAt: Date): Promise<Replayed> {
    const facts = await once(this.facts, factsHash, () => this.archive.factsOf(factsHash));
    if (typeof facts === 'string') return { decided: facts };
    const restated = await this.options.restate?.(facts, recordedAt);
    if (!restated) return { decided: await this.decideOnce(factsHash, facts, policyVersion) };
    const decided = await this.decideOnce(JSON.stringify(restated.facts), restated.facts, policyVersion);
    return { decided, assumptions: restated.assumptions };
  }

  private async decideOnce(name: string, facts: DisclosureFacts, version: string): Promise<WordedDecision | string> {
    return once(this.decided, `${version} ${name}`, async () => {
      const again = await this.archive.decideOn(facts, version);
      return typeof again === 'string' ? again : wordDecision(again.decision);
    });
  }
}

async function once<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  let made = known.get(key);
  if (!made) known.set(key, (made = make()));
  return await made;
}
