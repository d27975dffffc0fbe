import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { setImmediate } from 'node:timers/promises';
import { ukTime } from '../explanations/index.js';
import { openFont } from './open-font.js';
import { WITHOUT_PERMISSION } from './report-csv.js';
import type { SubjectAccessReport } from './subject-access-report.js';

/** Points: a size that people read without effort on paper. */
const TEXT_SIZE = 12;
const LABEL_WIDTH = 150;
const MARGIN = 56;
const GAP = 4;

/** Not one of the library's types yet. */
const PDF_UA = 'PDF/UA' as 'PDF/A-1';

/** A label and what it says; nothing where there is nothing to say. */
type Line = readonly [label: string, says: string | readonly string[] | null];

const readFont = (weight: 400 | 700): Buffer =>
  openFont(
    readFileSync(
      createRequire(import.meta.url).resolve(
        `@fontsource/atkinson-hyperlegible/files/atkinson-hyperlegible-latin-${weight}-normal.woff`,
      ),
    ),
  );

/**
 * The report as a PDF that a screen reader can read aloud (PDF/UA-1): tagged, with headings, tables whose header cells head
 * their rows, a title, the language and an embedded font. Lets other work go on between two records.
 *
 * What the font has no letter for is written without its mark, such as `w` for `ŵ`.
 */
export async function writeReportPdf(report: SubjectAccessReport): Promise<Buffer> {
  // Loaded with the first report: no start of the gateway waits for it.
  const { default: PDFDocument } = await import('pdfkit');
  const madeAt = new Date(report.madeAt);
  const document = new PDFDocument({
    size: 'A4',
    margin: MARGIN,
    pdfVersion: '1.7',
    subset: PDF_UA,
    tagged: true,
    lang: 'en-GB',
    displayTitle: true,
    info: {
      Title: `${report.title}: ${report.agency.name}`,
      Author: report.agency.name,
      CreationDate: madeAt,
      ModDate: madeAt,
    },
  });
  const bytes = buffer(document);
  document.registerFont('regular', readFont(400)).registerFont('bold', readFont(700));
  const writer = new ReportWriter(document);
  writer.heading('H1', report.title);
  writer.paragraph(`From ${report.agency.name}, made on ${ukTime(madeAt)}.`);
  for (const text of report.about) writer.paragraph(text);
  const contact = [report.agency.address, report.agency.email].filter((one) => one !== null);
  if (contact.length > 0) writer.paragraph(`To reach this organisation: ${contact.join('; ')}`);
  writer.heading('H2', `Information about you that was asked for (${report.disclosures.length})`);
  if (report.disclosures.length === 0) writer.paragraph('There is nothing to report here.');
  for (const one of report.disclosures) {
    writer.record(one.when, [
      ['Who asked', one.role === null ? one.askedBy : `${one.askedBy} (${one.role})`],
      ['Who was asked', one.askedOf],
      ['What it was for', one.purpose],
      ['What happened', one.withoutPermission ? `${one.whatHappened} ${WITHOUT_PERMISSION}` : one.whatHappened],
      ['What was given', one.given],
      ['What was not given', one.notGiven],
      ['The law behind it', one.law],
      ['Under the agreement', one.agreement],
      ['Reference', one.reference],
    ]);
    await setImmediate();
  }
  writer.heading('H2', `What was said about sharing (${report.permissions.length})`);
  if (report.permissions.length === 0) writer.paragraph('There is nothing to report here.');
  for (const one of report.permissions) {
    writer.record(one.when, [
      ['What was said', `${one.said} (${one.kind})`],
      ['Who said it', one.saidBy],
      ['To share what', one.items],
      ['With whom', one.recipients],
      ['What for', one.purpose],
      ['Does it stand', one.state],
    ]);
    await setImmediate();
  }
  writer.heading('H2', `Objections and decisions about sharing (${report.statements.length})`);
  if (report.statements.length === 0) writer.paragraph('There is nothing to report here.');
  for (const one of report.statements) {
    writer.record(one.when, [
      ['What it is', one.kind],
      ['What it says', one.says],
      ['About what', one.items],
      ['With whom', one.recipients],
      ['What for', one.purpose],
      ['Does it stand', one.state],
    ]);
    await setImmediate();
  }
  writer.end();
  return await bytes;
}

const HEADING_SIZES = { H1: 22, H2: 17, H3: 13 } as const;

/** Writes into the document's one tagged story. */
class ReportWriter {
  private readonly story: PDFKit.PDFStructureElement;

  constructor(private readonly document: PDFKit.PDFDocument) {
    this.story = document.struct('Document');
    document.addStructure(this.story);
  }

  heading(level: keyof typeof HEADING_SIZES, text: string): void {
    const size = HEADING_SIZES[level];
    // A heading does not stand alone at the foot of a page.
    if (this.document.y > this.document.page.height - MARGIN - 6 * size) this.document.addPage();
    this.text(level, text, 'bold', size);
  }

  paragraph(text: string): void {
    this.text('P', text, 'regular', TEXT_SIZE);
  }

  /** A heading, and a table whose first cell in each row heads it. */
  record(heading: string, lines: readonly Line[]): void {
    this.heading('H3', heading);
    const rows = lines.flatMap(([label, says]) => {
      const texts = typeof says === 'string' ? [says] : (says ?? []);
      return texts.length > 0 ? [[label, texts.join('\n')] as const] : [];
    });
    const table = this.document.struct('Table');
    this.story.add(table);
    for (const [label, says] of rows) this.row(table, label, inFont(says));
    table.end();
    this.document.x = MARGIN;
    this.document.moveDown(1);
  }

  /** By hand: the library's own tables measure each cell many times over, which takes a hundred times as long. */
  private row(table: PDFKit.PDFStructureElement, label: string, says: string): void {
    const { document } = this;
    const saysWidth = document.page.width - 2 * MARGIN - LABEL_WIDTH;
    const height = Math.max(
      document.font('bold', TEXT_SIZE).heightOfString(label, { width: LABEL_WIDTH - GAP }),
      document.font('regular', TEXT_SIZE).heightOfString(says, { width: saysWidth }),
    );
    if (document.y + height + 2 * GAP > document.page.height - MARGIN) document.addPage();
    const top = document.y + GAP;
    const row = document.struct('TR');
    table.add(row);
    const head = document.struct('TH', {}, () => {
      document.font('bold', TEXT_SIZE).text(label, MARGIN, top, { width: LABEL_WIDTH - GAP });
    });
    const scope: { end(data?: Buffer): void } = document.ref({ O: 'Table', Scope: 'Row' });
    (head as unknown as { dictionary: { data: Record<string, unknown> } }).dictionary.data['A'] = scope;
    scope.end();
    row.add(head);
    head.end();
    const cell = document.struct('TD', {}, () => {
      document.font('regular', TEXT_SIZE).text(says, MARGIN + LABEL_WIDTH, top, { width: saysWidth });
    });
    row.add(cell);
    cell.end();
    row.end();
    // What was longer than a page has gone on by itself.
    document.y = Math.max(document.y, top > document.y ? 0 : top + height) + GAP;
    document.markContent('Artifact', { type: 'Layout' });
    const line = document.y;
    document
      .moveTo(MARGIN, line)
      .lineTo(document.page.width - MARGIN, line)
      .lineWidth(0.5)
      .stroke('#505a5f');
    document.endMarkedContent();
  }

  end(): void {
    this.story.end();
    this.document.end();
  }

  private text(tag: string, text: string, font: string, size: number): void {
    const element = this.document.struct(tag, {}, () => {
      this.document.font(font, size).text(inFont(text), { lineGap: 2 });
    });
    this.story.add(element);
    element.end();
    this.document.moveDown(0.5);
  }
}

/** What the embedded letters cover: Latin-1 and the usual punctuation. */
const COVERED =
  /[\n\u0020-\u007e\u00a0-\u00ff\u0131\u0152\u0153\u2013\u2014\u2018-\u201a\u201c-\u201e\u2022\u2026\u20ac]/;

const inFont = (text: string): string =>
  Array.from(text.normalize('NFC'), (letter) => {
    if (COVERED.test(letter)) return letter;
    const [base = '?'] = letter.normalize('NFD');
    return COVERED.test(base) ? base : '?';
  }).join('');
