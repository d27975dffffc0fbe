import { PROBLEMS } from '../api-contract/index.js';
import { REASON_CODES } from '../policy/index.js';

/** One entry of `docs/errors.md`. */
export interface ErrorEntry {
  readonly code: string;
  readonly cause: string;
  readonly fix: string;
  /** What to say to the person whose request it was about. */
  readonly person: string;
}

/** The parts of an entry, as the file labels them. */
const LABELS = { cause: 'Cause.', fix: 'What to do.', person: 'To the person.' } as const;

/**
 * Reads the entries of `docs/errors.md`: a third-level heading that is a code, then a paragraph for each label. A part
 * that is missing is an empty string.
 */
export function readErrorEntries(markdown: string): ErrorEntry[] {
  return markdown
    .split(/^### /m)
    .slice(1)
    .map((section) => {
      const code = /^`?([A-Z][A-Z_]+)`?$/m.exec(section.split('\n', 1)[0] ?? '')?.[1] ?? '';
      const part = (label: string): string => {
        const start = section.indexOf(`**${label}**`);
        const text = start < 0 ? '' : section.slice(start + label.length + 4).split(/\n\s*\n|\n#/, 1)[0];
        return (text ?? '').replaceAll(/\s+/g, ' ').trim();
      };
      return { code, cause: part(LABELS.cause), fix: part(LABELS.fix), person: part(LABELS.person) };
    })
    .filter(({ code }) => code !== '');
}

/**
 * The codes, of problems and of reasons, for which `docs/errors.md` has no complete entry. The check fails on any.
 * @param markdown The file's text.
 */
export function undocumentedCodes(markdown: string): string[] {
  const complete = new Set(
    readErrorEntries(markdown)
      .filter(({ cause, fix, person }) => cause && fix && person)
      .map(({ code }) => code),
  );
  return [...new Set([...Object.keys(PROBLEMS), ...Object.keys(REASON_CODES)])].filter((code) => !complete.has(code));
}
