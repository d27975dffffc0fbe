import type { Agency, AgencyKey } from '../agencies/index.js';
import {
  canonicalAgreement,
  findRevokedKeys,
  isStructural,
  lintAgreement,
  verifySignatures,
  type AgreementDraft,
  type AgreementSignature,
  type LintContext,
} from '../agreements/index.js';
import type { DataService } from '../catalogue/index.js';
import { sameDocument } from './describe-changes.js';
import type { DocumentPath } from './definition-document.js';
import type { DefinitionError } from './definition-error.js';
import type { DefinitionRules } from './definition-rules.js';
import type { Definitions } from './read-definitions.js';
import { haltKey, storedAtOf, type StoredDefinitions } from './stored-definitions.js';

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
 * must not keep other definitions from being applied. Nor must anything keep an agency from revoking a key: an applied version
 * that it signed too late is a warning, and the register leaves it out.
 *
 * @param hashes Hash of each version that was ever applied, by `<id> <version>`
 */
export async function findAgreementErrors(
  definitions: Definitions,
  stored: StoredDefinitions,
  hashes: ReadonlyMap<string, string>,
  rules: DefinitionRules,
  now: Date,
): Promise<AgreementFindings> {
  const on = now.toISOString().slice(0, 10);
  const errors: DefinitionError[] = [];
  const warnings = findRevokedSignatures(definitions, stored, now);
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
    const keys = applied ? withoutRevocations(keysOf) : keysOf;
    const faults = !applied || counts ? await verifySignatures(value, signatures, keys, () => now) : [];
    for (const reason of faults) refuse([], reason);
    for (const { agency, kid, revokedAt, stands } of applied ? [] : findRevokedKeys(signatures, keysOf, () => now)) {
      const reason = `the signature of ${agency} is by the key ${kid}, which is to be revoked at ${revokedAt}`;
      if (stands) warnings.push({ file, line: lineOf([]), reason });
    }
    if (!counts) continue;
    for (const finding of lintAgreement(value, context)) {
      if (finding.severity === 'error' && (!applied || isStructural(finding))) refuse(finding.path, finding.message);
      else warnings.push({ file, line: lineOf(finding.path), reason: finding.message });
    }
    const row = stored.agreements.get(value.id);
    if (row?.version === value.version && !version) {
      // Nearly always the signatures beside the file are those that were applied, which were verified above.
      const same = sameDocument(row.signatures, signatures);
      for (const reason of same ? faults : await verifySignatures(value, row.signatures, keys, () => now)) {
        refuse([], `as it was applied, ${reason}: an applied version never changes, so sign a new version`);
      }
    } else if (row && !applied && value.startsOn > on) {
      const reason = `version ${value.version} takes the place of version ${row.version} at once, and nothing is disclosed under it before ${value.startsOn}`;
      warnings.push({ file, line: lineOf(['startsOn']), reason });
    }
  }
  return { errors, warnings };
}

/** A key that is not revoked stays the same object, which is read once for all its signatures. */
const withoutRevocations = (keysOf: (agency: string) => readonly AgencyKey[]) => (agency: string) =>
  keysOf(agency).map((key) => {
    const { revokedAt, ...unrevoked } = key;
    return revokedAt === undefined ? key : unrevoked;
  });

/** Agreements of the register that were signed with a key which the folder says is revoked, and whether they stand. */
function findRevokedSignatures({ agencies }: Definitions, stored: StoredDefinitions, now: Date): DefinitionError[] {
  return agencies.flatMap(({ value, file, lineOf }) => {
    if (!value.keys.some(({ revokedAt }) => revokedAt !== undefined)) return [];
    const keysOf = (agency: string) => (agency === value.id ? value.keys : []);
    return [...stored.agreements.values()].flatMap((row) =>
      findRevokedKeys(row.signatures, keysOf, storedAtOf(row, now)).map(({ kid, revokedAt, stands }) => {
        const position = value.keys.findIndex((key) => key.kid === kid);
        const reason = stands
          ? `${row.id} version ${row.version} was signed with the key ${kid} before it was revoked at ${revokedAt}, and stands`
          : `${row.id} version ${row.version} was stored only after its key ${kid} was revoked at ${revokedAt}: nothing is disclosed under it, so sign a new version`;
        return { file, line: lineOf(['keys', position, 'revokedAt']), reason };
      }),
    );
  });
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
  now: Date,
): Promise<string[]> {
  const defined = { value: agreement, file: '', lineOf: () => 1, signatures };
  const definitions = { agencies: [], systems: [], officers: [], dataServices: [], agreements: [defined] };
  const { errors } = await findAgreementErrors(definitions, stored, hashes, rules, now);
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
    requiredPermissions: (stack, flow) => rules.requiredPermissions(stack, flow),
    findBars: (flow) => rules.findBars(flow),
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
