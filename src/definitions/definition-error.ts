import { StartUpError } from '../config/index.js';

/** A place in a file of definitions. */
export interface Place {
  /** Path below the folder that was read, with `/`. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
}

/** Something that is wrong, or worth a remark, and where. */
export interface DefinitionError extends Place {
  /** A plain sentence without a full stop. */
  readonly reason: string;
}

/** `file:line: reason`, as editors and terminals understand it. */
export const formatDefinitionError = ({ file, line, reason }: DefinitionError): string => `${file}:${line}: ${reason}`;

/** A folder of definitions is refused as a whole, and nothing of it was applied. */
export class DefinitionsRefused extends StartUpError {
  constructor(
    /** Everything that is wrong, ordered by file and line. */
    readonly errors: readonly DefinitionError[],
  ) {
    const count = errors.length === 1 ? 'an error' : `${errors.length} errors`;
    super(
      [`Nothing was applied, because the definitions have ${count}:`, ...errors.map(formatDefinitionError)].join('\n'),
    );
  }
}

/** By file, then line. */
export function sortDefinitionErrors(errors: readonly DefinitionError[]): DefinitionError[] {
  return errors.toSorted((a, b) => (a.file === b.file ? a.line - b.line : a.file < b.file ? -1 : 1));
}
