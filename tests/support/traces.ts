import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';

/** Texts to search, by where they were found. */
export type Sources = Readonly<Record<string, string>>;

/**
 * The ways in which a value might stand somewhere: as it is, in upper and lower case, without its separators, grouped as a
 * health number, escaped for a URL or for JSON, in hexadecimal, and in base64 wherever in a longer text it begins.
 */
export function formsOf(value: string): ReadonlyMap<string, string> {
  const bare = value.replaceAll(/[\s-]/g, '');
  const written = [
    value,
    bare,
    bare.replace(/^(\d{3})(\d{3})(\d{4})$/, '$1 $2 $3'),
    bare.replace(/^(\d{3})(\d{3})(\d{4})$/, '$1-$2-$3'),
  ];
  const plain = new Set(written.flatMap((text) => [text, text.toUpperCase(), text.toLowerCase()]));
  const forms = new Map<string, string>();
  for (const text of plain) {
    const bytes = Buffer.from(text);
    forms.set(text, 'plain');
    forms.set(encodeURIComponent(text), 'plain');
    forms.set(JSON.stringify(text).slice(1, -1), 'plain');
    forms.set(bytes.toString('hex'), 'hexadecimal');
    forms.set(bytes.toString('hex').toUpperCase(), 'hexadecimal');
    for (const before of [0, 1, 2]) forms.set(base64Within(bytes, before), 'base64');
  }
  return forms;
}

/** The characters that depend on these bytes alone when `before` others stand before them in their group of three. */
function base64Within(bytes: Buffer, before: number): string {
  const encoded = Buffer.concat([Buffer.alloc(before), bytes])
    .toString('base64')
    .replaceAll('=', '');
  const after = (before + bytes.length) % 3;
  return encoded.slice(before === 0 ? 0 : before + 1, after === 0 ? undefined : -1);
}

/** Length of the beginnings by which forms are found; every form is longer. */
const BEGINNING = 6;

/**
 * Every place where one of the values stands in any form, each once: `<label>, <kind of form>, in <source>`. Goes through
 * each text once, however many values there are.
 */
export function findTraces(values: ReadonlyMap<string, string>, sources: Sources): string[] {
  const sought: Sought = { plain: new Map(), base64: new Map() };
  for (const [value, label] of values) {
    for (const [form, kind] of formsOf(value)) {
      if (form.length < BEGINNING) throw new Error('a value is too short to be told from chance');
      const byBeginning = kind === 'base64' ? sought.base64 : sought.plain;
      const beginning = form.slice(0, BEGINNING);
      byBeginning.set(beginning, [...(byBeginning.get(beginning) ?? []), { form, trace: `${label}, ${kind}` }]);
    }
  }
  return Object.entries(sources).flatMap(([source, text]) =>
    [...new Set([...search(text, sought.plain), ...search(toStandardBase64(text), sought.base64)])].map(
      (trace) => `${trace}, in ${source}`,
    ),
  );
}

type ByBeginning = Map<string, { readonly form: string; readonly trace: string }[]>;
type Sought = Readonly<Record<'plain' | 'base64', ByBeginning>>;

function search(text: string, sought: ByBeginning): string[] {
  const found: string[] = [];
  for (let at = 0; at + BEGINNING <= text.length; at++) {
    for (const { form, trace } of sought.get(text.slice(at, at + BEGINNING)) ?? []) {
      if (text.startsWith(form, at)) found.push(trace);
    }
  }
  return found;
}

const toStandardBase64 = (text: string): string => text.replaceAll('-', '+').replaceAll('_', '/');

/** Where PostgreSQL itself keeps texts of statements, samples of values and large objects. */
const OF_POSTGRES = ['pg_stat_activity', 'pg_stat_statements', 'pg_prepared_statements', 'pg_stats', 'pg_largeobject'];

/** Every row of every table of a database as JSON, and what PostgreSQL itself tells of statements and values. */
export async function dumpDatabase(ownerUrl: string): Promise<Record<string, string>> {
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
       WHERE table_schema NOT IN ('pg_catalog', 'information_schema')
       UNION ALL SELECT name FROM unnest($1::text[]) AS name WHERE to_regclass(name) IS NOT NULL`,
      [OF_POSTGRES],
    );
    const dump: Record<string, string> = {};
    for (const { name } of tables.rows) {
      const { rows } = await client.query<{ row: string }>(`SELECT row_to_json(one)::text AS row FROM ${name} AS one`);
      dump[`table ${name}`] = rows.map(({ row }) => row).join('\n');
    }
    return dump;
  } finally {
    await client.end();
  }
}

/** Every file in a folder, with its name. */
export async function readFolder(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  const read = async (file: string) => [`file ${file}`, `${file}\n${await readFile(file, 'utf8')}`] as const;
  return Object.fromEntries(await Promise.all(files.map(read)));
}
