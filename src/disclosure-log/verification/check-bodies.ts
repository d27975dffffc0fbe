import { createHash } from 'node:crypto';
import { leafHashOf } from '../tree/commitment.js';
import type { Find } from './finding.js';
import { merged, named, without, type IndexRange } from './index-ranges.js';
import type { StoredEntry, StoredFacts } from './log-source.js';

/** What a body is looked at for. */
interface ReadBody {
  readonly kind: string;
  readonly exchangeId?: string;
  readonly requester?: { readonly agency: string };
  readonly supplier?: string | null;
  readonly erased?: unknown;
  readonly factsHash?: unknown;
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** `undefined` for what makes its leaf and is no body all the same: two JSON objects. */
function readBody(claims: string, detail: string): ReadBody | undefined {
  try {
    const [said, kept] = [JSON.parse(claims), JSON.parse(detail)] as unknown[];
    return isObject(said) && isObject(kept)
      ? { ...(said as ReadBody), factsHash: (kept as ReadBody).factsHash }
      : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Holds bodies against their leaves, their columns, the archived facts, and the entries that say which were erased.
 * Keeps ranges of indexes, and no entry.
 */
export class BodyChecks {
  private readonly archived = new Set<string>();
  /** Entries whose body is not there, ascending. */
  private readonly bodiless: [number, number][] = [];
  /** Entries that are not there at all, ascending. */
  private readonly missing: IndexRange[] = [];
  private readonly erasures: { readonly by: number; readonly ranges: readonly IndexRange[] }[] = [];

  constructor(private readonly find: Find) {}

  /** Archived facts, each by the hash that the entries which name it commit to. */
  addFacts(facts: readonly StoredFacts[]): void {
    for (const { hash, content } of facts) {
      if (createHash('sha256').update(content).digest('hex') === hash) this.archived.add(hash);
      else this.find('facts-changed', `The archived facts ${hash} were changed.`);
    }
  }

  /** Entries that are not there, so that nothing is asked of their bodies. */
  skip(first: number, last: number): void {
    this.missing.push([first, last]);
  }

  /** Entries MUST come in order. */
  check(entry: StoredEntry): void {
    const { index, claims, detail, salt, leafHash } = entry;
    const concerned = { entries: [index, index] } as const;
    if (claims === null || detail === null || salt === null) return this.noteMissingBody(index);
    if (!leafHashOf({ claims, detail }, salt).equals(leafHash)) {
      return this.find('body-changed', `The body of entry ${index} does not make its leaf.`, concerned);
    }
    const read = readBody(claims, detail);
    if (!read)
      return this.find('body-changed', `The body of entry ${index} is not one that a gateway writes.`, concerned);
    const same =
      read.kind === entry.kind &&
      (read.exchangeId ?? null) === entry.exchangeId &&
      (read.requester?.agency ?? null) === entry.requester &&
      (read.supplier ?? null) === entry.supplier;
    if (!same) {
      this.find('columns-changed', `The columns of entry ${index} do not say what its body says.`, concerned);
    }
    if (typeof read.factsHash === 'string' && !this.archived.has(read.factsHash)) {
      this.find('facts-changed', `The facts that entry ${index} was decided on are missing or changed.`, concerned);
    }
    if (read.kind === 'bodies-erased') this.noteErasure(index, read.erased);
  }

  /** After the last entry: bodies that are missing without a word, and bodies that are still there. */
  finish(): void {
    const erased = merged(this.erasures.flatMap(({ ranges }) => ranges));
    for (const range of without(this.bodiless, erased)) {
      const sentence = `The body of ${named(range)} is missing, and no entry says that it was erased.`;
      this.find('body-missing', sentence, { entries: range });
    }
    const gone = merged([...this.bodiless, ...this.missing]);
    for (const { by, ranges } of this.erasures) {
      for (const range of without(ranges, gone)) {
        const sentence = `The body of ${named(range)} is still there, and entry ${by} says that it was erased.`;
        this.find('body-not-erased', sentence, { entries: range });
      }
    }
  }

  private noteMissingBody(index: number): void {
    const newest = this.bodiless.at(-1);
    if (newest && newest[1] === index - 1) newest[1] = index;
    else this.bodiless.push([index, index]);
  }

  /** An entry can erase the bodies of earlier ones alone. */
  private noteErasure(by: number, erased: unknown): void {
    const isRange = (range: unknown): range is IndexRange =>
      Array.isArray(range) &&
      range.length === 2 &&
      range.every((bound) => Number.isSafeInteger(bound)) &&
      0 <= range[0] &&
      range[0] <= range[1] &&
      range[1] < by;
    if (Array.isArray(erased) && erased.every(isRange)) this.erasures.push({ by, ranges: merged(erased) });
    else {
      const sentence = `Entry ${by} does not say which earlier bodies were erased.`;
      this.find('erasure-not-understood', sentence, { entries: [by, by] });
    }
  }
}
