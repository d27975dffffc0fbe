import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { linesOf } from './bundle-lines.js';
import type { Finding } from './finding.js';
import type { LogPage, LogSource, StoredEntry, StoredFacts, StoredNote } from './log-source.js';

/** Names of the files of a bundle. docs/log-bundle.md says what is in them. */
export const BUNDLE_FILES = {
  manifest: 'bundle.json',
  entries: 'entries.jsonl',
  checkpoints: 'checkpoints.jsonl',
  facts: 'facts.jsonl',
} as const;

export const BUNDLE_FORMAT = 'gatehouse-log-bundle/1';

/** What a bundle says of itself. Written last, so that an export that was broken off has none. */
export interface BundleManifest {
  readonly format: typeof BUNDLE_FORMAT;
  readonly entries: number;
  readonly checkpoints: number;
}

/** A log that was exported into a folder, read line by line. @throws Error of the file system where there is no such folder */
export function logInBundle(folder: string): LogSource {
  const manifest = readManifest(folder);
  manifest.catch(() => undefined);
  return {
    size: async () => (await manifest)?.entries ?? 0,
    async *facts() {
      await access(folder);
      for await (const { read } of readLines(folder, 'facts', factsOf)) yield read;
    },
    pages: () => pagesOf(folder, manifest),
  };
}

async function* pagesOf(folder: string, manifest: Promise<BundleManifest | undefined>): AsyncGenerator<LogPage> {
  const checkpoints = new Checkpoints(readLines(folder, 'checkpoints', noteOf));
  let [entries, damaged] = [0, false];
  for await (const { read, damage } of readLines(folder, 'entries', entryOf)) {
    entries += read.length;
    damaged ||= damage.length > 0;
    const last = read.reduce((most, { index }) => Math.max(most, index), -1);
    yield { entries: read, checkpoints: await checkpoints.upTo(last + 1), damage };
  }
  const left = await checkpoints.upTo(Infinity);
  const damage = [...checkpoints.damage];
  const said = await manifest;
  if (!said) damage.push(notReadable(`There is no ${BUNDLE_FILES.manifest} that can be read: the export did not end.`));
  else if (said.entries !== entries || said.checkpoints !== checkpoints.count) {
    damage.push(
      notReadable(
        `${BUNDLE_FILES.manifest} says ${said.entries} entries and ${said.checkpoints} checkpoints; ` +
          `${entries} and ${checkpoints.count} could be read.`,
      ),
    );
  }
  yield { entries: [], checkpoints: left, damage };
}

/** Checkpoints, read no further than they are asked for. */
class Checkpoints {
  count = 0;
  readonly damage: Finding[] = [];
  private ahead: StoredNote[] = [];

  constructor(private readonly lines: AsyncGenerator<Lines<StoredNote>>) {}

  async upTo(size: number): Promise<StoredNote[]> {
    while ((this.ahead.at(-1)?.size ?? -1) <= size) {
      const next = await this.lines.next();
      if (next.done) break;
      this.count += next.value.read.length;
      this.damage.push(...next.value.damage);
      this.ahead.push(...next.value.read);
    }
    const place = this.ahead.findIndex((checkpoint) => checkpoint.size > size);
    return this.ahead.splice(0, place < 0 ? this.ahead.length : place);
  }
}

interface Lines<Value> {
  readonly read: Value[];
  readonly damage: Finding[];
}

/** Reads a file of the bundle. A line that is not what it should be is named, and passed over. */
async function* readLines<Value>(
  folder: string,
  name: Exclude<keyof typeof BUNDLE_FILES, 'manifest'>,
  valueOf: (line: Record<string, unknown>) => Value,
): AsyncGenerator<Lines<Value>> {
  const file = path.join(folder, BUNDLE_FILES[name]);
  try {
    await access(file);
  } catch {
    yield { read: [], damage: [notReadable(`There is no ${BUNDLE_FILES[name]} in the bundle.`)] };
    return;
  }
  let number = 0;
  for await (const lines of linesOf(file)) {
    const read: Value[] = [];
    const damage: Finding[] = [];
    for (const line of lines) {
      number += 1;
      try {
        read.push(valueOf(JSON.parse(line) as Record<string, unknown>));
      } catch {
        damage.push(notReadable(`Line ${number} of ${BUNDLE_FILES[name]} cannot be read.`));
      }
    }
    yield { read, damage };
  }
}

const notReadable = (sentence: string): Finding => ({ kind: 'not-readable', sentence });

async function readManifest(folder: string): Promise<BundleManifest | undefined> {
  try {
    const manifest = JSON.parse(await readFile(path.join(folder, BUNDLE_FILES.manifest), 'utf8')) as BundleManifest;
    return manifest.format === BUNDLE_FORMAT ? manifest : undefined;
  } catch {
    return undefined;
  }
}

function entryOf({ index, leafHash, body, ...columns }: Record<string, unknown>): StoredEntry {
  const { claims, detail, salt } = (body ?? {}) as Record<string, unknown>;
  return {
    ...(columns as Pick<StoredEntry, 'kind' | 'exchangeId' | 'requester' | 'supplier' | 'recordedAt'>),
    index: number(index),
    leafHash: bytes(leafHash),
    claims: body === null ? null : text(claims),
    detail: body === null ? null : text(detail),
    salt: body === null ? null : bytes(salt),
  };
}

const noteOf = ({ size, root, note, signedAt }: Record<string, unknown>): StoredNote => ({
  size: number(size),
  root: bytes(root),
  note: text(note),
  signedAt: text(signedAt),
});

const factsOf = ({ hash, content }: Record<string, unknown>): StoredFacts => ({
  hash: text(hash),
  content: text(content),
});

function number(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw new TypeError('not a number');
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new TypeError('not a text');
  return value;
}

const bytes = (value: unknown): Buffer => Buffer.from(text(value), 'base64');
