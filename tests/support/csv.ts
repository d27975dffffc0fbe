/** Reads a file of comma-separated values (RFC 4180), strictly. */
export function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /"((?:[^"]|"")*)"(,|\r\n)/gy;
  for (let read = cell.exec(text); read; read = cell.exec(text)) {
    row.push((read[1] ?? '').replaceAll('""', '"'));
    if (read[2] === ',') continue;
    rows.push(row);
    row = [];
    if (cell.lastIndex === text.length) return rows;
  }
  throw new Error('this is not RFC 4180');
}

/** The rows of a CSV file as objects by the names of its columns. */
export function readCsv(text: string): Record<string, string>[] {
  const [columns = [], ...rows] = parseCsv(text);
  return rows.map((cells) => Object.fromEntries(columns.map((column, index) => [column, cells[index] ?? ''])));
}
