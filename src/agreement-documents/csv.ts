/**
 * Lines of comma-separated values (RFC 4180): every cell quoted, quotes doubled, CRLF after each line, the names of the
 * columns first. UTF-8 without a byte order mark.
 *
 * A cell that a spreadsheet would take for a formula gets an apostrophe in front, which a spreadsheet takes for "this is
 * text": one that begins, after any white space, with `=`, `+`, `-` or `@` (their full-width forms too). One that begins with
 * an apostrophe gets another, so that a program that reads the file can take off the first apostrophe of any cell.
 */
export function writeCsv(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  return writeCsvLines([columns, ...rows]);
}

/** The same for a table that is written in parts: lines without the names of the columns. */
export const writeCsvLines = (rows: readonly (readonly string[])[]): string =>
  rows.map((cells) => `${cells.map(writeCell).join(',')}\r\n`).join('');

function writeCell(cell: string): string {
  const harmless = /^\s*[=+\-@＝＋－＠']/u.test(cell) ? `'${cell}` : cell;
  return `"${harmless.replaceAll('"', '""')}"`;
}
