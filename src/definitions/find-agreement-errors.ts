import type { Agency } from '../agencies/index.js';
import { canonicalAgreement, isStructural, lintAgreement, verifySignatures } from '../agreements/index.js';
import type { AgreementDraft, AgreementSignature, LintContext } from '../agreements/index.js';
import type { DataService } from '../catalogue/index.js';
import type { DocumentPath } from './definition-document.js';
import type { DefinitionError } from './definition-error.js';
import type { DefinitionRules } from './definition-rules.js';
import type { Definitions } from './read-definitions.js';
import { haltKey, type StoredDefinitions } from './stored-definitions.js';

type DefinedAgreement = Definitions['agreements'][number];

/** What is wrong with the agreements of a folder, and what is only worth a remark. */
export interface AgreementFindings {
  readonly errors: readonly DefinitionError[];
  readonly warnings: readonly DefinitionError[];
}

/**
 * Holds each agreement of a folder against everything else that will be in the register with it: lint, signatures, and
 * that a version, once applied, never changes.
 *
 * Of a version that was applied before, only what contradicts the other definitions is an error. What time or law brought
 * about (an end date that passed, a basis no longer in force) is a warning: nothing is disclosed under it any more, and it
 * must not keep other definitions from being applied.
 *
 * @param hashes Hash of each version that was ever applied, by `<id> <version>`
 * @param on Today in UTC, `YYYY-MM-DD`
 */
export async function findAgreementErrors(
  definitions: Definitions,
  stored: StoredDefinitions,
  hashes: ReadonlyMap<string, string>,
  rules: DefinitionRules,
  on: string,
): Promise<AgreementFindings> {
  const errors: DefinitionError[] = [];
  const warnings: DefinitionError[] = [];
  const context = lintContextOf(definitions, stored, rules, on);
  const keysOf = (agency: string) => context.agency(agency)?.keys ?? [];
  const newest = newestOfEach(definitions.agreements, stored);
  for (const agreement of definitions.agreements) {
    const { value, file, lineOf, signatures } = agreement;
    const refuse = (path: DocumentPath, reason: string): void => void errors.push({ file, line: lineOf(path), reason });
    const version = versionFault(agreement, stored, hashes);
    if (version) refuse(['version'], version);
    const halt = stored.halted.get(haltKey({ ...value, hash: canonicalAgreement(value).hash }));
    if (halt) warnings.push({ file, line: lineOf([]), reason: HALTED_REMARKS[halt] });
    const applied = hashes.has(`${value.id} ${value.version}`);
    const counts = newest.has(agreement);
    if (!applied || counts) {
      for (const reason of await verifySignatures(value, signatures, keysOf)) refuse([], reason);
    }
    if (!counts) continue;
    for (const finding of lintAgreement(value, context)) {
      if (finding.severity === 'error' && (!applied || isStructural(finding))) refuse(finding.path, finding.message);
      else warnings.push({ file, line: lineOf(finding.path), reason: finding.message });
    }
    const row = stored.agreements.get(value.id);
    if (row?.version === value.version && !version) {
      for (const reason of await verifySignatures(value, row.signatures, keysOf)) {
        refuse([], `as it was applied, ${reason}: an applied version never changes, so sign a new version`);
      }
    } else if (row && !applied && value.startsOn > on) {
      const reason = `version ${value.version} takes the place of version ${row.version} at once, and nothing is disclosed under it before ${value.startsOn}`;
      warnings.push({ file, line: lineOf(['startsOn']), reason });
    }
  }
  return { errors, warnings };
}

/** INVARIANT: 6. A party's word stands until the parties take it back together; whoever applies files has no say in it. */
const HALTED_REMARKS = {
  suspended: 'a party has suspended this version, and applying it does not resume it: all parties do, together',
  revoked: 'a party has revoked this version, and it stays revoked: agree on a new version',
} as const;

/**
 * What stands against bringing one agreement into force that was signed elsewhere than beside a file: everything that
 * `applyDefinitions` refuses of it, in sentences. Empty when nothing does.
 */
export async function findFaultsInForce(
  agreement: AgreementDraft,
  signatures: readonly AgreementSignature[],
  stored: StoredDefinitions,
  hashes: ReadonlyMap<string, string>,
  rules: DefinitionRules,
  on: string,
): Promise<string[]> {
  const defined = { value: agreement, file: '', lineOf: () => 1, signatures };
  const definitions = { agencies: [], systems: [], officers: [], dataServices: [], agreements: [defined] };
  const { errors } = await findAgreementErrors(definitions, stored, hashes, rules, on);
  return errors.map(({ reason }) => reason);
}

/** Looks things up in the folder first and in the register then. */
export function lintContextOf(
  definitions: Definitions,
  stored: Pick<StoredDefinitions, 'agencies' | 'dataServices'>,
  rules: DefinitionRules,
  on: string,
): LintContext {
  const agencies = new Map<string, Agency>(stored.agencies);
  const dataServices = new Map<string, DataService>(stored.dataServices);
  for (const { value } of definitions.agencies) agencies.set(value.id, value);
  for (const { value } of definitions.dataServices) dataServices.set(value.id, value);
  return {
    on,
    purposes: rules.purposes,
    stackGaps: (stack, flow) => rules.stackGaps(stack, flow),
    basesReliedOn: (stack, flow) => rules.basesReliedOn(stack, flow),
    agency: (id) => agencies.get(id),
    dataService: (id) => dataServices.get(id),
  };
}

/** INVARIANT: 4. What was signed and applied cannot be exchanged for something else under the same name. */
function versionFault(
  { value }: DefinedAgreement,
  stored: StoredDefinitions,
  hashes: ReadonlyMap<string, string>,
): string | undefined {
  const name = `agreement ${value.id} version ${value.version}`;
  const applied = hashes.get(`${value.id} ${value.version}`);
  if (applied !== undefined) {
    return applied === canonicalAgreement(value).hash
      ? undefined
      : `${name} was applied with another text: a version never changes, so make it a new version`;
  }
  const newest = stored.agreements.get(value.id)?.version ?? 0;
  return value.version > newest ? undefined : `${name} is older than version ${newest}, which was applied`;
}

/** The newest version of each agreement in the folder, unless the register has a newer one. */
function newestOfEach(agreements: readonly DefinedAgreement[], stored: StoredDefinitions): Set<DefinedAgreement> {
  const newest = new Map<string, DefinedAgreement>();
  for (const agreement of agreements) {
    const { id, version } = agreement.value;
    const known = newest.get(id)?.value.version ?? stored.agreements.get(id)?.version ?? 0;
    if (version > known || (version === known && !newest.has(id))) newest.set(id, agreement);
  }
  return new Set(newest.values());
}
