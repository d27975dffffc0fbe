import {
  isStructural,
  lintAgreement,
  verifySignatures,
  type Agreement,
  type AgreementDraft,
  type StoredAt,
} from '../agreements/index.js';
import { buildRegister } from './build-register.js';
import { DefinitionsRefused, sortDefinitionErrors } from './definition-error.js';
import type { DefinitionRules } from './definition-rules.js';
import { lintContextOf } from './find-agreement-errors.js';
import { findDefinitionErrors } from './find-definition-errors.js';
import { planChanges } from './plan-changes.js';
import { readDefinitions, type Definitions } from './read-definitions.js';
import type { Register } from './register.js';
import type { StoredDefinitions } from './stored-definitions.js';

/** A folder of definitions as a register, though nobody applied it. */
export interface DefinedRegister {
  readonly register: Register;
  /** The newest version of each agreement, by id. */
  readonly agreements: readonly Agreement[];
  /** Ids of agreements that not every party has signed, and that the register holds all the same. */
  readonly unsigned: readonly string[];
}

const NOTHING_APPLIED: StoredDefinitions = {
  revision: 0,
  agencies: new Map(),
  systems: new Map(),
  officers: new Map(),
  dataServices: new Map(),
  agreements: new Map(),
  halted: new Map(),
};

/**
 * The register that a folder gives once it is signed and applied. For asking what would be decided; MUST NOT be disclosed
 * under: an agreement counts as signed.
 *
 * Refuses what `applyDefinitions` refuses of an agreement whatever the day is and whatever the law says; what time and law
 * bring about is for the decision to say. Does NOT check connectors: nobody is asked for data.
 *
 * @throws DefinitionsRefused with every error, its file and its line
 */
export async function readDefinedRegister(folder: string, rules: DefinitionRules): Promise<DefinedRegister> {
  const { definitions, errors } = await readDefinitions(folder);
  const { write } = planChanges(definitions, NOTHING_APPLIED, new Map(), false);
  // In the order of their versions, so that the newest stays.
  const newest = [...byId(write.agreements).values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const withoutConnectors: DefinitionRules = { ...rules, validateConnector: () => [] };
  const all = [
    ...errors,
    ...findDefinitionErrors(definitions, NOTHING_APPLIED, withoutConnectors),
    ...newest.flatMap(({ document }) => findLastingErrors(document, definitions, rules)),
  ];
  if (all.length > 0) throw new DefinitionsRefused(sortDefinitionErrors(all));

  const agencies = byId(write.agencies);
  const signed = newest.map(({ document, hash, signatures }) => ({
    agreement: document as Agreement,
    hash,
    signatures,
  }));
  const unsigned: string[] = [];
  for (const { agreement, signatures } of signed) {
    const keysOf = (agency: string) => agencies.get(agency)?.keys ?? [];
    const faults = await verifySignatures(agreement, signatures, keysOf, NEVER_REVOKED);
    if (faults.length > 0) unsigned.push(agreement.id);
  }
  const register = buildRegister({
    revision: 0,
    agencies,
    systems: byId(write.systems),
    officers: byId(write.officers),
    dataServices: byId(write.dataServices),
    agreements: signed,
  });
  return { register, agreements: signed.map(({ agreement }) => agreement), unsigned };
}

/** When the gateway stored a signature is not known here, and what is asked may be of a day long ago: no key counts as revoked. */
const NEVER_REVOKED: StoredAt = () => new Date(0);

const byId = <T extends { readonly id: string }>(list: readonly T[]): Map<string, T> =>
  new Map(list.map((one) => [one.id, one]));

function findLastingErrors(agreement: AgreementDraft, definitions: Definitions, rules: DefinitionRules) {
  const context = lintContextOf(definitions, NOTHING_APPLIED, rules, agreement.startsOn);
  const lasting = lintAgreement(agreement, context).filter(
    (finding) => isStructural(finding) || finding.code === 'no-review-date',
  );
  return definitions.agreements
    .filter(({ value }) => value === agreement)
    .flatMap(({ file, lineOf }) => lasting.map(({ path, message }) => ({ file, line: lineOf(path), reason: message })));
}
