import {
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseAllDocuments,
  visit,
  type Document,
} from 'yaml';
import type { DefinitionError } from './definition-error.js';

export type DocumentPath = readonly (string | number)[];

/** One document of a file, and where in the file each part of it stands. */
export interface DefinitionDocument {
  readonly file: string;
  readonly value: unknown;
  /** The line of a member (of its name) or of a list's entry; the nearest line above for what is not there. */
  readonly lineOf: (path: DocumentPath) => number;
}

export interface ParsedFile {
  readonly documents: readonly DefinitionDocument[];
  readonly errors: readonly DefinitionError[];
}

/**
 * Reads a YAML 1.2 or JSON file strictly. Refused, each with its line: what does not parse, a member that stands twice,
 * anchors, aliases and tags (a reader must see what is signed), `__proto__`, and control characters.
 */
export function parseDefinitionFile(file: string, text: string): ParsedFile {
  const lines = new LineCounter();
  const errors: DefinitionError[] = [];
  const lineAt = (offset: number): number => Math.max(1, lines.linePos(offset).line);
  const fault = (offset: number, reason: string): void => void errors.push({ file, line: lineAt(offset), reason });

  const documents = parseText(text, lines);
  for (const document of documents) {
    for (const problem of [...document.errors, ...document.warnings]) {
      fault(problem.pos[0], reasonOf(problem.code, problem.message));
    }
    findForbiddenNodes(document, fault);
  }
  if (errors.length === 0 && file.endsWith('.json') && !isJson(text)) {
    errors.push({ file, line: 1, reason: 'the file is not JSON, though YAML would read it: rename it to .yaml' });
  }
  if (errors.length === 0 && documents.length === 0) errors.push({ file, line: 1, reason: 'the file is empty' });
  if (errors.length > 0) return { documents: [], errors };
  return {
    errors,
    documents: documents.map((document, place) => ({
      file,
      value: document.toJS() as unknown,
      lineOf: lineFinder(text, place),
    })),
  };
}

function parseText(text: string, lineCounter: LineCounter): Document.Parsed[] {
  const parsed = parseAllDocuments(text, { version: '1.2', strict: true, lineCounter, prettyErrors: false });
  return [...(parsed as Document.Parsed[])].filter((document) => document.contents !== null);
}

/** Parses again when somebody asks for a line: of ten thousand files few are asked about, and what was parsed is large. */
function lineFinder(text: string, place: number): DefinitionDocument['lineOf'] {
  let again: { readonly document: Document.Parsed; readonly lines: LineCounter } | undefined;
  return (path) => {
    if (!again) {
      const lines = new LineCounter();
      again = { document: parseText(text, lines)[place]!, lines };
    }
    return Math.max(1, again.lines.linePos(offsetOf(again.document, path)).line);
  };
}

function findForbiddenNodes(document: Document.Parsed, fault: (offset: number, reason: string) => void): void {
  visit(document, (_key, node) => {
    if (!isNode(node)) {
      if (isPair(node) && isScalar(node.key) && node.key.value === '__proto__') {
        fault(node.key.range?.[0] ?? 0, 'a member cannot be named __proto__');
      }
      return;
    }
    const offset = node.range?.[0] ?? 0;
    if (isAlias(node)) fault(offset, 'aliases are not accepted: write it out');
    else if (node.anchor) fault(offset, 'anchors are not accepted: write it out');
    else if (node.tag) fault(offset, 'tags are not accepted');
    else if (isScalar(node) && typeof node.value === 'string' && hasControlCharacter(node.value)) {
      fault(offset, 'a text has a control character or half a character');
    }
  });
}

/** Any control character but tab and line ends, or a lone surrogate. PostgreSQL and RFC 8785 have no form for some of them. */
const hasControlCharacter = (text: string): boolean => /[^\P{Cc}\t\n\r]/u.test(text) || !text.isWellFormed();

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function reasonOf(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'a member stands twice';
  if (code === 'TAG_RESOLVE_FAILED') return 'tags are not accepted';
  return `the file cannot be read: ${message.split('\n')[0]?.replace(/[.:]$/, '') ?? code}`;
}

function offsetOf(document: Document.Parsed, path: DocumentPath): number {
  let node: unknown = document.contents;
  let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (!pair) break;
      offset = isNode(pair.key) ? (pair.key.range?.[0] ?? offset) : offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = isNode(node) ? (node.range?.[0] ?? offset) : offset;
    } else break;
  }
  return offset;
}
