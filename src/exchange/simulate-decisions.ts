import { existsSync, readdirSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import { canonicalAgreement, lintAgreement, type Agreement } from '../agreements/index.js';
import { StartUpError } from '../config/index.js';
import {
  candidateRegister,
  formatDefinitionError,
  lintContextOf,
  makeDefinitionRules,
  readDefinitions,
  readStoredDefinitions,
  SIGNATURES_SUFFIX,
  sortDefinitionErrors,
  type DefinitionError,
  type Defined,
  type Definitions,
  type StoredDefinitions,
} from '../definitions/index.js';
import { projectLegalBases, readLegalBases, type LegalBasesCatalogue } from '../legal-bases/index.js';
import {
  preparePolicies,
  readPolicyFiles,
  replayDecisions,
  type PolicyFiles,
  type PolicySet,
  type Query,
  type Replay,
  type ReplayOptions,
} from '../policy/index.js';
import { restateFacts, type CandidateParts } from './restate-facts.js';

/** What a folder would have decided with: policies, agreements, or both. */
export interface Candidates {
  /** Absent: each decision is made under the policies of its time. */
  readonly policies: PolicySet | undefined;
  /** Those of the folder where it holds policies, otherwise the gateway's. */
  readonly catalogue: LegalBasesCatalogue;
  readonly definitions: Definitions;
}

/** What came of a simulation. */
export interface Simulation extends Replay {
  /** What lint says of the candidate agreements, each as `error: ` or `warning: ` and a sentence. */
  readonly findings: readonly DefinitionError[];
}

/**
 * Reads candidates from a folder. What has no `kind` is no definition and is passed over, and so is the folder `tests` of
 * policies.
 * @throws StartUpError when the folder holds neither policies nor an agreement, or something of it cannot be read
 */
export async function readCandidates(folder: string): Promise<Candidates> {
  const holdsPolicies = existsSync(folder) && readdirSync(folder).some((name) => /\.(cedar|cedarschema)$/.test(name));
  const { definitions, errors } = await readDefinitions(folder, {
    passOverOthers: true,
    ...(holdsPolicies && { except: 'tests' }),
  });
  if (errors.length > 0) throw new StartUpError(errors.map(formatDefinitionError).join('\n'));
  if (!holdsPolicies && definitions.agreements.length === 0) {
    throw new StartUpError(`${folder} holds neither policies nor an agreement: there is nothing to simulate.`);
  }
  const files = holdsPolicies ? policyFilesOf(folder, definitions) : undefined;
  return {
    policies: files && preparePolicies(files),
    catalogue: files?.['legal-bases.json'] === undefined ? projectLegalBases() : readLegalBases(folder),
    definitions,
  };
}

/** A definition in JSON does not decide, so that it is not part of the policies' version. */
function policyFilesOf(folder: string, definitions: Definitions): PolicyFiles {
  const defining = Object.values(definitions).flatMap((list: readonly Defined<unknown>[]) =>
    list.flatMap(({ file }) => [file, file + SIGNATURES_SUFFIX]),
  );
  return Object.fromEntries(Object.entries(readPolicyFiles(folder)).filter(([name]) => !defining.includes(name)));
}

/**
 * Says what recorded decisions would have been with the candidates in place, and changes nothing. An agreement counts as signed
 * and as the one that is found (see `restateFacts`).
 *
 * Does NOT say what suppliers would have answered, or what people would have asked for.
 *
 * @param today Day that lint is asked about, UTC, `YYYY-MM-DD`
 */
export async function simulateDecisions(
  dataSource: DataSource,
  { policies, catalogue, definitions }: Candidates,
  options: Pick<ReplayOptions, 'since' | 'last'>,
  today: string,
): Promise<Simulation> {
  const stored = await readStoredDefinitions(dataSource);
  const candidates = candidateRegister(definitions, stored);
  const parts: CandidateParts = {
    candidates,
    catalogue,
    hasOthers: (dataService, to) =>
      stored.agreements
        .values()
        .some(
          ({ id, document }) =>
            !candidates.agreement(id) && document.legs.some((leg) => leg.dataService === dataService && leg.to === to),
        ),
  };
  const replay = await dataSource.transaction('REPEATABLE READ', async (manager) => {
    const query: Query = async <Row>(sql: string, values?: readonly unknown[]) =>
      (await manager.query(sql, values?.slice())) as Row[];
    const recorded = new RecordedAgreements(query);
    return replayDecisions(query, {
      ...options,
      ...(policies && { candidate: policies }),
      restate: async (facts, at) => restateFacts(facts, at, await recorded.get(facts.agreement?.hash), parts),
    });
  });
  return { ...replay, findings: lint(definitions, stored, catalogue, today) };
}

/** Agreements as they were when something was decided under them. A version never changes, and none is ever removed. */
class RecordedAgreements {
  private readonly read = new Map<string, Promise<Agreement | undefined>>();

  constructor(private readonly query: Query) {}

  async get(hash: string | undefined): Promise<Agreement | undefined> {
    if (hash === undefined) return undefined;
    let read = this.read.get(hash);
    if (!read) this.read.set(hash, (read = this.readNow(hash)));
    return await read;
  }

  private async readNow(hash: string): Promise<Agreement | undefined> {
    const [row] = await this.query<{ document: Agreement }>('SELECT document FROM agreements WHERE hash = $1 LIMIT 1', [
      hash,
    ]);
    return row && canonicalAgreement(row.document).hash === hash ? row.document : undefined;
  }
}

function lint(
  definitions: Definitions,
  stored: StoredDefinitions,
  catalogue: LegalBasesCatalogue,
  today: string,
): DefinitionError[] {
  const context = lintContextOf(definitions, stored, makeDefinitionRules(catalogue), today);
  const found = definitions.agreements.flatMap(({ value, file, lineOf }) =>
    lintAgreement(value, context).map(({ severity, path, message }) => ({
      file,
      line: lineOf(path),
      reason: `${severity}: ${message}`,
    })),
  );
  return sortDefinitionErrors(found);
}
