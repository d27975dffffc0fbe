/** A text. Line ends in it stand; other white space at the ends of a line does not. */
export interface Paragraph {
  readonly kind: 'paragraph';
  readonly text: string;
}

export interface List {
  readonly kind: 'list';
  readonly entries: readonly string[];
}

/** A table. The first cell of each row names the row. */
export interface Table {
  readonly kind: 'table';
  readonly caption: string;
  readonly columns: readonly string[];
  /** As many cells as columns. A cell of several texts shows each on a line of its own. */
  readonly rows: readonly (readonly Cell[])[];
}

export type Cell = string | readonly string[];
export type Block = Paragraph | List | Table;

export interface Section {
  readonly heading: string;
  readonly blocks: readonly Block[];
  readonly sections?: readonly Section[];
}

/** A document before it is written down. Every text in it is plain: whoever writes it down escapes it. */
export interface StructuredDocument {
  readonly title: string;
  readonly blocks: readonly Block[];
  readonly sections: readonly Section[];
}

export const paragraph = (text: string): Paragraph => ({ kind: 'paragraph', text });
export const list = (...entries: string[]): List => ({ kind: 'list', entries });
export const table = (caption: string, columns: readonly string[], rows: readonly (readonly Cell[])[]): Table => ({
  kind: 'table',
  caption,
  columns,
  rows,
});

/** The lines of a text or cell that have something on them, trimmed: both ways of writing a document down agree on them. */
export function linesOf(cell: Cell): string[] {
  const texts = typeof cell === 'string' ? [cell] : cell;
  return texts
    .flatMap((text) => text.split(/[\r\n\u2028\u2029]+/).map((line) => line.trim()))
    .filter((line) => line !== '');
}
