import { createHash } from 'node:crypto';
import { decideDisclosure, type Decision } from './decide-disclosure.js';
import type { DisclosureFacts } from './facts.js';
import { preparePolicies, type PolicyFiles, type PolicySet } from './policy-set.js';

/** Runs one statement on the gateway's database. */
export type Query = <Row>(sql: string, values?: readonly unknown[]) => Promise<Row[]>;

/** A decision as the log words it. */
export interface WordedDecision {
  readonly outcome: string;
  readonly reasonCodes: readonly string[];
  readonly items: readonly {
    readonly dataItem: string;
    readonly outcome: string;
    readonly reasonCodes: readonly string[];
    readonly legalBasis: readonly string[];
  }[];
}

/** A past decision that was made again, with what it was made on. */
export interface DecidedAgain {
  readonly facts: DisclosureFacts;
  readonly policies: PolicySet;
  readonly decision: Decision;
}

/** What decided in the past: facts and policies, each held against the hash that it is archived by. */
export class DecisionArchive {
  private readonly prepared = new Map<string, Promise<PolicySet | string>>();

  /** @param candidate Decides under these instead of the policies of the time */
  constructor(
    private readonly query: Query,
    private readonly candidate?: PolicySet,
  ) {}

  /** Makes a decision again. @returns in words why it cannot be, where facts or policies are gone or were changed */
  async decide(factsHash: string, policyVersion: string): Promise<DecidedAgain | string> {
    const facts = await this.factsOf(factsHash);
    return typeof facts === 'string' ? facts : await this.decideOn(facts, policyVersion);
  }

  /** @returns in words why there are none, where they are gone or were changed */
  async factsOf(hash: string): Promise<DisclosureFacts | string> {
    const [row] = await this.query<{ content: string }>('SELECT content FROM decision_facts WHERE hash = $1', [hash]);
    if (!row) return 'the facts are not archived';
    if (createHash('sha256').update(row.content).digest('hex') !== hash) return 'the archived facts were changed';
    return JSON.parse(row.content) as DisclosureFacts;
  }

  async decideOn(facts: DisclosureFacts, policyVersion: string): Promise<DecidedAgain | string> {
    const policies = this.candidate ?? (await this.policiesOf(policyVersion));
    return typeof policies === 'string' ? policies : { facts, policies, decision: decideDisclosure(facts, policies) };
  }

  private async policiesOf(version: string): Promise<PolicySet | string> {
    let policies = this.prepared.get(version);
    if (!policies) {
      policies = this.readPolicies(version);
      this.prepared.set(version, policies);
      // What could not be read, or was not there, is looked for again.
      policies.then(
        (read) => typeof read === 'string' && this.prepared.delete(version),
        () => this.prepared.delete(version),
      );
    }
    return await policies;
  }

  private async readPolicies(version: string): Promise<PolicySet | string> {
    const [row] = await this.query<{ content: PolicyFiles }>('SELECT content FROM policy_versions WHERE hash = $1', [
      version,
    ]);
    if (!row) return 'the policies are not archived';
    const policies = preparePolicies(row.content);
    return policies.version === version ? policies : 'the archived policies were changed';
  }
}

/** A decision in the log's words, with the members in one order, and no others. */
export function wordDecision({ outcome, reasonCodes, items }: Decision | WordedDecision): WordedDecision {
  return {
    outcome,
    reasonCodes,
    items: items.map((item) => ({
      dataItem: 'dataItem' in item ? item.dataItem : item.item,
      outcome: item.outcome,
      reasonCodes: item.reasonCodes,
      legalBasis: item.legalBasis,
    })),
  };
}
