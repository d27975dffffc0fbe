import fc from 'fast-check';
import { parsers } from 'prettier/plugins/markdown';
import {
  describeAgreement,
  renderHtml,
  renderMarkdown,
  type StructuredDocument,
} from '../../../src/agreement-documents/index.js';
import { onOneLine, sandboxSource, textsOf } from './sandbox-source.js';

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '&lt;b&gt; &amp; &#60;',
  '</title></main><h1>Other</h1>',
  '| a | b |\n| --- | --- |',
  '# heading #',
  '- entry\n+ entry\n* entry\n1. entry\n2) entry',
  '---\n===\n***',
  '[link](javascript:alert(1)) ![image](x) [ref]: http://evil.example',
  '**bold** _italic_ ~~struck~~ `code` <br> $x$',
  'https://evil.example www.evil.example someone@evil.example',
  '\\ ends with a backslash \\',
  '```\nfence\n```',
  '    indented\ttext',
];

/** A document with a text in every place that a text can have. */
const everywhere = (text: string): StructuredDocument => ({
  title: text,
  blocks: [
    { kind: 'paragraph', text },
    { kind: 'list', entries: [text, text] },
    { kind: 'table', caption: text, columns: [text, text], rows: [[text, [text, text]]] },
  ],
  sections: [{ heading: text, blocks: [{ kind: 'paragraph', text }], sections: [{ heading: text, blocks: [] }] }],
});

const hostileText = fc
  .oneof(
    fc.constantFrom(...HOSTILE),
    fc.string({ unit: 'grapheme-ascii' }),
    fc
      .array(fc.constantFrom(...'<>&"\'|\\`*_[]()#+-=.!~:/@$ \n1ax'.split('')), { minLength: 1 })
      .map((characters) => characters.join('')),
  )
  // An empty text has no place of its own in Markdown, and runs of white space are one space to a reader of either form.
  .filter((text) => onOneLine(text) !== '' && !/[^\S\n]{2}|\t/.test(text));

describe('an agreement as HTML', () => {
  it('has nothing in it but the elements of a document and character references, whatever a text holds', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const content = everywhere(text);
        expect(readHtml(renderHtml(content))).toEqual(textsOf(content));
      }),
    );
  });

  it('shows a hostile title of an agreement as text', async () => {
    const source = await sandboxSource('fire-premises-risk');
    for (const title of HOSTILE) {
      const content = describeAgreement({ ...source, agreement: { ...source.agreement, title } });
      const html = renderHtml(content);
      expect(readHtml(html)).toEqual(textsOf(content));
      expect(html).not.toMatch(/<script|<img|onerror=["']|<h1>Other/);
    }
  });

  it('is one self-contained page in British English: no script, nothing fetched, one first heading, no level left out', async () => {
    const html = renderHtml(describeAgreement(await sandboxSource('fire-premises-risk')));
    expect(html).toMatch(/^<!doctype html>\n<html lang="en-GB">/);
    expect(html).not.toMatch(/<script|<link|<img|<iframe|url\(|@import|\ssrc=|\shref=/);
    expect(html).toContain('@media print');
    const levels = [...html.matchAll(/<h([1-6])>/g)].map(([, level]) => Number(level));
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [index, level] of levels.entries()) expect(level).toBeLessThanOrEqual((levels[index - 1] ?? 0) + 1);
  });

  it('gives every table a caption, and every header cell a scope', async () => {
    const html = renderHtml(describeAgreement(await sandboxSource('adult-care-assessed-needs')));
    const tables = html.split('<table>').slice(1);
    expect(tables.length).toBeGreaterThan(10);
    for (const found of tables) {
      expect(found).toMatch(/^\n<caption>[^<]+<\/caption>\n<thead><tr>(<th scope="col">[^<]*<\/th>)+<\/tr><\/thead>/);
      expect(found).not.toMatch(/<th>/);
    }
  });
});

describe('an agreement as Markdown', () => {
  it('says the same as the HTML, whatever a text holds', async () => {
    await fc.assert(
      fc.asyncProperty(hostileText, async (text) => {
        const content = everywhere(text);
        expect(await readMarkdown(renderMarkdown(content))).toEqual(textsOf(content));
      }),
    );
  });

  it.each(['adult-care-assessed-needs', 'fire-premises-risk'])('of %s says the same as the HTML', async (id) => {
    const content = describeAgreement(await sandboxSource(id));
    expect(await readMarkdown(renderMarkdown(content))).toEqual(readHtml(renderHtml(content)));
  });
});

const ELEMENT =
  /<(html lang="en-GB"|meta [a-z0-9 ="'\-,;:/]+|div class="table" role="region" aria-label="[^"<>]*" tabindex="0"|th scope="(?:col|row)"|[a-z0-9]+)>|<\/([a-z0-9]+)>/giy;
const TEXT = /(?:[^<>&"']|&(?:amp|lt|gt|quot|#39);)+/y;
const WITH_TEXT = new Set(['h1', 'h2', 'h3', 'p', 'li', 'th', 'td', 'caption']);

/** Reads a page strictly: only the elements that a document is made of, each closed, and text without a bare `<`, `>`, `&` or quote. */
function readHtml(html: string): string[] {
  const style = /<style>[^<]*<\/style>/;
  const source = html.replace('<!doctype html>\n', '').replace(style, '');
  const texts: string[] = [];
  const open: string[] = [];
  for (let at = 0; at < source.length;) {
    ELEMENT.lastIndex = TEXT.lastIndex = at;
    const element = ELEMENT.exec(source);
    const text = element ? null : TEXT.exec(source);
    const found = element ?? text;
    if (!found) throw new Error(`this is not HTML of ours: ${source.slice(at, at + 40)}`);
    at += found[0].length;
    if (text) {
      if (WITH_TEXT.has(open.at(-1) ?? '')) texts.push((texts.pop() ?? '') + decode(text[0]));
      else if (open.at(-1) !== 'title') expect(text[0].trim()).toBe('');
      continue;
    }
    const name = element?.[1]?.split(' ')[0];
    const inCell = open.includes('td') || open.includes('th');
    if (name === 'br') texts.push(`${texts.pop() ?? ''} `);
    else if (name === 'meta') continue;
    else if (name) {
      open.push(name);
      if (name === 'li' && inCell) texts.push(`${texts.pop() ?? ''} `.replace(/^ $/, ''));
      else if (WITH_TEXT.has(name)) texts.push('');
    } else expect(open.pop()).toBe(element?.[2]);
  }
  expect(open).toEqual([]);
  return texts;
}

const CHARACTERS: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" };
const decode = (text: string): string => text.replaceAll(/&[a-z0-9#]+;/g, (reference) => CHARACTERS[reference] ?? '?');

interface MarkdownNode {
  readonly type: string;
  readonly value?: string;
  readonly children?: readonly MarkdownNode[];
}

const HOLDS_TEXT = new Set(['heading', 'paragraph', 'tableCell']);
const MAY_STAND = new Set(['root', 'list', 'listItem', 'table', 'tableRow', 'heading', 'paragraph', 'tableCell']);

/** Reads Markdown with a parser of CommonMark and GFM; refuses every node that a document does not use. */
async function readMarkdown(text: string): Promise<string[]> {
  const root = (await parsers.markdown.parse(text, {} as never)) as MarkdownNode;
  const texts: string[] = [];
  const visit = (node: MarkdownNode): void => {
    if (!MAY_STAND.has(node.type)) throw new Error(`a text became ${node.type}`);
    if (HOLDS_TEXT.has(node.type)) texts.push((node.children ?? []).map(inlineText).join(''));
    else node.children?.forEach(visit);
  };
  visit(root);
  return texts;
}

function inlineText(node: MarkdownNode): string {
  if (node.type === 'break' || (node.type === 'html' && node.value === '<br>')) return ' ';
  if (node.type === 'strong' || node.type === 'sentence') return (node.children ?? []).map(inlineText).join('');
  if (node.type === 'text' || node.type === 'word' || node.type === 'whitespace') return node.value ?? '';
  throw new Error(`a text became ${node.type}`);
}
