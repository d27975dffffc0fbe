import { GatehouseProblem, type GatehouseClient, type Query, type QueryAnswer } from '../../sdk/index.js';

/** How a question ended, permitted or refused, in one shape. */
export interface Ending {
  readonly outcome: 'permit' | 'permit-partial' | 'deny';
  readonly reasonCodes: readonly string[];
  /** Items that came back, with their values. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly withheld: readonly { readonly dataItem: string; readonly reason: string }[];
  /** Why it was refused, in a sentence. */
  readonly detail?: string;
  readonly receipt: string;
}

/** Asks, and takes a refusal for an ending like any other. @throws whatever is neither an answer nor a refusal */
export async function ask(client: GatehouseClient, query: Query): Promise<Ending> {
  try {
    const { decision, data, withheld, receipt }: QueryAnswer = await client.query(query);
    return { outcome: decision.outcome, reasonCodes: decision.reasonCodes, data, withheld, receipt };
  } catch (error) {
    if (!(error instanceof GatehouseProblem) || error.receipt === undefined) throw error;
    const { reasonCodes, withheld, receipt, detail = error.title } = error;
    return { outcome: 'deny', reasonCodes, data: {}, withheld, detail, receipt };
  }
}

/** Whether a question ended with this outcome, for this reason. */
export const endedWith = (ending: Ending, outcome: Ending['outcome'], reasonCode: string): boolean =>
  ending.outcome === outcome && ending.reasonCodes.length === 1 && ending.reasonCodes[0] === reasonCode;
