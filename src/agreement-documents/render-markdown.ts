import { linesOf, type Block, type Cell, type Section, type StructuredDocument, type Table } from './document.js';

/**
 * Writes a document down as Markdown (CommonMark, with the tables of GitHub Flavored Markdown).
 *
 * Guarantee: no text of the document can become markup, an HTML tag or a link of its own: whatever has a meaning in Markdown
 * is written behind a backslash (CommonMark 0.31 section 2.4).
 */
export function renderMarkdown(content: StructuredDocument): string {
  const parts = [`# ${oneLine(content.title)}`, ...content.blocks.map(renderBlock)];
  for (const section of content.sections) parts.push(...renderSection(section, 2));
  return `${parts.join('\n\n')}\n`;
}

function renderSection({ heading, blocks, sections = [] }: Section, level: number): string[] {
  return [
    `${'#'.repeat(level)} ${oneLine(heading)}`,
    ...blocks.map(renderBlock),
    ...sections.flatMap((section) => renderSection(section, level + 1)),
  ];
}

function renderBlock(block: Block): string {
  if (block.kind === 'paragraph') return linesOf(block.text).map(asLine).join('\\\n');
  if (block.kind === 'table') return renderTable(block);
  return block.entries.map((entry) => `- ${linesOf(entry).map(asLine).join('\\\n  ')}`).join('\n');
}

function renderTable({ caption, columns, rows }: Table): string {
  const row = (cells: readonly Cell[]): string => `| ${cells.map(inCell).join(' | ')} |`;
  const rule = `|${' --- |'.repeat(columns.length)}`;
  return [`**${oneLine(caption)}**`, '', row(columns), rule, ...rows.map(row)].join('\n');
}

const inCell = (cell: Cell): string => linesOf(cell).map(escapeMarkdown).join('<br>');

/** A heading, which would lose the number signs at its end. */
const oneLine = (text: string): string => escapeMarkdown(linesOf(text).join(' ')).replace(/#(?=#*$)/g, '\\#');

/** A line that stands by itself, where some characters at its beginning would make it a heading, a list or a rule. */
const asLine = (line: string): string =>
  escapeMarkdown(line)
    .replace(/^([#+=-])/, '\\$1')
    .replace(/^(\d+)([.)])/, '$1\\$2');

/** A text without line ends as Markdown, anywhere but at the beginning of a line. */
function escapeMarkdown(text: string): string {
  return text
    .replaceAll(/[\\`*_[\]<>|~&@$]/g, (found) => `\\${found}`)
    .replaceAll('://', '\\://')
    .replaceAll(/www\./gi, (found) => found.replace('.', '\\.'));
}
