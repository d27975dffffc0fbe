import { linesOf, type Block, type Cell, type Section, type StructuredDocument, type Table } from './document.js';

/**
 * Writes a document down as one self-contained page (HTML): no script, no request to anywhere, headings in order, tables with
 * captions and scoped headers, a style for print.
 *
 * Guarantee: no text of the document can become markup. `&`, `<`, `>`, `"` and `'` are written as character references.
 */
export function renderHtml(content: StructuredDocument): string {
  const title = oneLine(content.title);
  return `<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>
${STYLE}
</style>
</head>
<body>
<main>
<h1>${title}</h1>
${content.blocks.map(renderBlock).join('\n')}
${content.sections.map((section) => renderSection(section, 2)).join('\n')}
</main>
</body>
</html>
`;
}

function renderSection({ heading, blocks, sections = [] }: Section, level: number): string {
  return [
    '<section>',
    `<h${level}>${oneLine(heading)}</h${level}>`,
    ...blocks.map(renderBlock),
    ...sections.map((section) => renderSection(section, level + 1)),
    '</section>',
  ].join('\n');
}

function renderBlock(block: Block): string {
  if (block.kind === 'paragraph') return `<p>${inLines(block.text)}</p>`;
  if (block.kind === 'table') return renderTable(block);
  return `<ul>\n${block.entries.map((entry) => `<li>${inLines(entry)}</li>`).join('\n')}\n</ul>`;
}

/** A wide table scrolls by itself; it can be reached by keyboard, and is named by its caption. */
function renderTable({ caption, columns, rows }: Table): string {
  const name = oneLine(caption);
  const head = columns.map((column) => `<th scope="col">${inLines(column)}</th>`).join('');
  const body = rows.map(([first = '', ...rest]) => {
    const cells = rest.map((cell) => `<td>${inCell(cell)}</td>`).join('');
    return `<tr><th scope="row">${inCell(first)}</th>${cells}</tr>`;
  });
  return `<div class="table" role="region" aria-label="${name}" tabindex="0">
<table>
<caption>${name}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table>
</div>`;
}

/** A cell of several lines is a list, so that one is told from the next where they wrap. */
function inCell(cell: Cell): string {
  const lines = linesOf(cell).map(escapeHtml);
  return lines.length > 1 ? `<ul>${lines.map((line) => `<li>${line}</li>`).join('')}</ul>` : lines.join('');
}

const inLines = (text: string): string => linesOf(text).map(escapeHtml).join('<br>');
const oneLine = (text: string): string => escapeHtml(linesOf(text).join(' '));

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as HTML, safe in an element and in a quoted attribute. */
const escapeHtml = (text: string): string => text.replaceAll(/[&<>"']/g, (found) => REFERENCES[found] ?? '');

const STYLE = `:root { color-scheme: light; }
body { margin: 0; background: #fff; color: #0b0c0c; font: 1rem/1.5 Arial, Helvetica, sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 2rem; line-height: 1.2; }
h2 { font-size: 1.5rem; margin-top: 2.5rem; border-top: 2px solid #0b0c0c; padding-top: 0.75rem; }
h3 { font-size: 1.2rem; margin-top: 1.75rem; }
p, ul { max-width: 44rem; }
p, li, th, td, caption, h1, h2, h3 { overflow-wrap: anywhere; }
.table { overflow-x: auto; margin: 1rem 0 1.5rem; }
.table:focus-visible { outline: 3px solid #0b0c0c; outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; }
caption { text-align: left; font-weight: bold; padding-bottom: 0.5rem; }
th, td { text-align: left; vertical-align: top; padding: 0.5rem 0.75rem 0.5rem 0; border-bottom: 1px solid #767b80; min-width: 7rem; }
td ul, th ul { margin: 0; padding-left: 1.1rem; }
thead th { border-bottom: 2px solid #0b0c0c; }
tbody th { font-weight: normal; }
@media print {
  @page { margin: 15mm; }
  body { font-size: 9pt; }
  main { max-width: none; padding: 0; }
  h2, h3, caption { break-after: avoid; }
  tr { break-inside: avoid; }
  thead { display: table-header-group; }
  .table { overflow: visible; }
  th, td { min-width: 0; }
}`;
