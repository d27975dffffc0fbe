import * as cedar from '@cedar-policy/cedar-wasm/nodejs';
import canonicalize from 'canonicalize';
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { StartUpError } from '../config/index.js';
import { REASON_CODES, type ReasonCode } from './reason-codes.js';

/** Everything that decides, as files: name to content. */
export type PolicyFiles = Readonly<Record<string, string>>;

/** A refusal's place in the order of the policies, and its reason. */
interface RefusalPolicy {
  readonly reason: ReasonCode;
  readonly rank: number;
}

/** Policies that parsed and validated against their schema, ready to decide. */
export interface PolicySet {
  /** SHA-256 over every file that decides (policies, schema, legal bases, purposes), lower-case hexadecimal. */
  readonly version: string;
  readonly files: PolicyFiles;
  /** Name under which the prepared policies are held. */
  readonly prepared: string;
  readonly refusals: ReadonlyMap<string, RefusalPolicy>;
  /** Policies that permit what no other does, and the reason that the decision then carries. */
  readonly overrides: ReadonlyMap<string, ReasonCode>;
}

/** By version. Cedar, too, holds what it prepared for as long as the process runs, under that name. */
const PREPARED = new Map<string, PolicySet>();

/** Reads the files that decide from `consent-policies/`. */
export function readPolicyFiles(folder: string): PolicyFiles {
  const names = readdirSync(folder).filter((name) => /\.(cedar|cedarschema|json)$/.test(name));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]));
}

/**
 * Prepares policies for deciding.
 * @throws StartUpError with Cedar's own words and hints: a policy that does not parse, names an attribute that the schema
 *   does not have, has no `@id`, or refuses without a `@reason` of the catalogue
 */
export function preparePolicies(files: PolicyFiles): PolicySet {
  const version = createHash('sha256')
    .update(canonicalize(files) ?? '')
    .digest('hex');
  const before = PREPARED.get(version);
  if (before) return before;
  const schema = Object.entries(files).find(([name]) => name.endsWith('.cedarschema'))?.[1];
  if (schema === undefined) throw new StartUpError('The policies have no schema (a .cedarschema file).');
  const texts: Record<string, string> = {};
  const refusals = new Map<string, RefusalPolicy>();
  const overrides = new Map<string, ReasonCode>();
  for (const [name, text] of Object.entries(files).filter(([file]) => file.endsWith('.cedar'))) {
    for (const policy of inOrder(text, name)) {
      const { id, effect, reason } = describePolicy(policy, name);
      if (texts[id] !== undefined) throw new StartUpError(`${name}: there are two policies with the id "${id}".`);
      texts[id] = policy;
      if (effect === 'forbid') refusals.set(id, { reason: knownReason(reason, id, name), rank: refusals.size });
      else if (reason !== undefined) overrides.set(id, knownReason(reason, id, name));
    }
  }
  const validation = cedar.validate({ schema, policies: { staticPolicies: texts } });
  if (validation.type === 'failure') throw unusable(validation.errors);
  const [complaint] = [...validation.validationErrors, ...validation.validationWarnings];
  if (complaint) throw unusable([complaint.error], complaint.policyId);

  const answer = cedar.preparsePolicySet(version, { staticPolicies: texts });
  const schemaAnswer = cedar.preparseSchema(version, schema);
  for (const one of [answer, schemaAnswer]) if (one.type === 'failure') throw unusable(one.errors);
  const policies = { version, files, prepared: version, refusals, overrides };
  PREPARED.set(version, policies);
  return policies;
}

/** The policies of a file, in its order: Cedar itself lists them sorted by number as text. */
function inOrder(text: string, file: string): string[] {
  const parts = cedar.policySetTextToParts(text);
  if (parts.type === 'failure') throw unusable(parts.errors, file);
  if (parts.policy_templates.length > 0) throw new StartUpError(`${file}: templates are not used here.`);
  return parts.policies.toSorted((a, b) => text.indexOf(idLine(a)) - text.indexOf(idLine(b)));
}

const idLine = (policy: string): string => /@id\("[^"]*"\)/.exec(policy)?.[0] ?? policy;

function describePolicy(policy: string, file: string): { id: string; effect: string; reason: string | undefined } {
  const answer = cedar.policyToJson(policy);
  if (answer.type === 'failure') throw unusable(answer.errors, file);
  const { annotations = {}, effect } = answer.json;
  const id = annotations['id'];
  if (!id) throw new StartUpError(`${file}: a policy has no @id annotation.`);
  return { id, effect, reason: annotations['reason'] ?? undefined };
}

function knownReason(reason: string | undefined, id: string, file: string): ReasonCode {
  if (reason === undefined || !Object.hasOwn(REASON_CODES, reason)) {
    throw new StartUpError(`${file}: the policy "${id}" has no @reason of the catalogue of reason codes.`);
  }
  return reason as ReasonCode;
}

function unusable(errors: readonly cedar.DetailedError[], where?: string): StartUpError {
  const words = errors.map(({ message, help }) => (help ? `${message} (${help})` : message)).join('; ');
  return new StartUpError(`The policies cannot be used${where ? `: ${where}` : ''}: ${words}.`);
}
