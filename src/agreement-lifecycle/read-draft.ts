import { Problem } from '../api-contract/index.js';
import type { AgreementDraft } from '../agreements/index.js';
import { makeSchemaCheck, type SchemaFault } from '../definitions/index.js';
import { looksLikePersonIdentifier } from '../subject-handles/index.js';

/** Most members at fault that one answer names. */
const MOST_POINTERS = 20;
const LOOKS_LIKE_A_MEMBER = /^([A-Za-z][A-Za-z0-9_-]{0,63}|\d{1,4})$/;

let check: ((document: unknown) => SchemaFault[]) | undefined;

/**
 * Reads an agreement that an officer drafts: by its schema, with or without `kind`.
 *
 * INVARIANT: 1. No text in it has the form of a person's identifier, and what is thrown names members, never a value.
 *
 * Does NOT check what it means (see `lintAgreement`) or who its parties are.
 *
 * @throws Problem REQUEST_INVALID
 */
export function readDraft(sent: unknown): AgreementDraft {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) throw new Problem('REQUEST_INVALID');
  check ??= makeSchemaCheck('agreement');
  const faults = check({ kind: 'Agreement', ...sent });
  if (faults.length > 0) {
    throw new Problem('REQUEST_INVALID', {
      pointers: [...new Set(faults.map(({ path }) => pointerTo(path)))].slice(0, MOST_POINTERS),
      detail: 'Correct, add or remove what the pointers name: schemas/agreement.schema.json says what is expected.',
    });
  }
  const { kind: _, ...draft } = sent as AgreementDraft & { kind?: string };
  const identifier = findText(draft, looksLikePersonIdentifier);
  if (identifier) {
    throw new Problem('REQUEST_INVALID', {
      pointers: [pointerTo(identifier)],
      detail: 'This is stored, so it must not have the form of a person’s identifier.',
    });
  }
  return draft;
}

/** RFC 6901, down to the first member whose name is not one that a schema would have. */
export function pointerTo(path: readonly (string | number)[]): string {
  const strange = path.findIndex((step) => !LOOKS_LIKE_A_MEMBER.test(String(step)));
  return (strange < 0 ? path : path.slice(0, strange)).map((step) => `/${step}`).join('');
}

function findText(
  value: unknown,
  wrong: (text: string) => boolean,
  path: readonly (string | number)[] = [],
): readonly (string | number)[] | undefined {
  if (typeof value === 'string') return wrong(value) ? path : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [name, member] of Object.entries(value)) {
    const found = findText(member, wrong, [...path, name]);
    if (found) return found;
  }
  return undefined;
}
