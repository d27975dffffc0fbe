import { inflateSync } from 'node:zlib';

/** What a test reads back from a PDF file as `pdfkit` writes it: objects by number, each as its text. */
export interface ReadPdf {
  readonly objects: ReadonlyMap<number, string>;
  readonly pages: number;
  /** The document catalogue, and the XMP metadata. */
  readonly catalogue: string;
  readonly metadata: string;
  /** Types of the structure elements, in the order of the story. */
  readonly story: readonly string[];
  /** Attributes of the header cells. */
  readonly headerCells: readonly string[];
  readonly title: string;
  /** Of each font, whether its letters are in the file. */
  readonly fontsEmbedded: readonly boolean[];
  /** Every text that is shown, page after page, without line breaks. */
  readonly text: string;
}

export function readPdf(bytes: Buffer): ReadPdf {
  const file = bytes.toString('latin1');
  const objects = new Map(
    [...file.matchAll(/(?<=^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g)].map(([, number, text = '']) => [
      Number(number),
      text,
    ]),
  );
  const [, root = ''] = /\/Root (\d+) 0 R/.exec(file) ?? [];
  const [, info = ''] = /\/Info (\d+) 0 R/.exec(file) ?? [];
  const follow = (reference: string | undefined): string => objects.get(Number(reference)) ?? '';
  const referred = (text: string, name: string): string => follow(new RegExp(`/${name} (\\d+) 0 R`).exec(text)?.[1]);
  const catalogue = follow(root);
  const pageObjects = [...objects.values()].filter((text) => /\/Type \/Page\n/.test(text));
  const headerCells: string[] = [];
  const story: string[] = [];
  const visit = (element: string): void => {
    const [, type] = /\/S \/(\w+)/.exec(element) ?? [];
    if (type !== undefined) story.push(type);
    if (type === 'TH') headerCells.push(referred(element, 'A'));
    for (const child of childrenOf(element)) visit(follow(child));
  };
  const tree = referred(catalogue, 'StructTreeRoot');
  for (const child of childrenOf(tree)) visit(follow(child));
  return {
    objects,
    pages: pageObjects.length,
    catalogue,
    metadata: streamOf(referred(catalogue, 'Metadata')),
    story,
    headerCells,
    title: decodeText(referred(follow(info), 'Title')),
    fontsEmbedded: [...objects.values()]
      .filter((text) => text.includes('/Type /FontDescriptor'))
      .map((text) => /\/FontFile[23]? \d+ 0 R/.test(text)),
    text: pageObjects.map((page) => shownOn(page, { referred, follow })).join('\n'),
  };
}

/** Elements below one; content of pages is no element. */
const childrenOf = (element: string): string[] =>
  [...(/\/K \[([^\]]*)\]/.exec(element)?.[1] ?? /\/K (\d+ 0 R)/.exec(element)?.[1] ?? '').matchAll(/(\d+) 0 R/g)].map(
    ([, number]) => number!,
  );

function streamOf(object: string): string {
  const [, head = '', data = ''] = /^([\s\S]*?)stream\n([\s\S]*?)\nendstream/.exec(object) ?? [];
  if (!head.includes('FlateDecode')) return Buffer.from(data, 'latin1').toString('utf8');
  return inflateSync(Buffer.from(data, 'latin1')).toString('latin1');
}

interface Following {
  referred(text: string, name: string): string;
  follow(reference: string | undefined): string;
}

/** Glyphs are read as letters by each font's own `ToUnicode` map. */
function shownOn(page: string, { referred, follow }: Following): string {
  const content = streamOf(referred(page, 'Contents'));
  const resources = referred(page, 'Resources') || page;
  const fonts = new Map(
    [...resources.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name, number]) => [
      name,
      lettersOf(streamOf(referred(follow(number), 'ToUnicode'))),
    ]),
  );
  let font: readonly string[] = [];
  const shown: string[] = [];
  for (const [, name, array] of content.matchAll(/\/(F\d+) [\d.]+ Tf|\[((?:<[^>]*>|[^\]<])*)\] TJ/g)) {
    if (name !== undefined) font = fonts.get(name) ?? [];
    for (const [, glyphs = ''] of (array ?? '').matchAll(/<([0-9a-f]*)>/g)) {
      shown.push(...(glyphs.match(/.{4}/g) ?? []).map((glyph) => font[parseInt(glyph, 16)] ?? '\ufffd'));
    }
    if (array !== undefined) shown.push(' ');
  }
  return shown.join('').replaceAll(/\s+/g, ' ');
}

function lettersOf(map: string): string[] {
  const letters: string[] = [];
  for (const [, from = '', , list = ''] of map.matchAll(/<([0-9a-f]+)> <([0-9a-f]+)> \[([^\]]*)\]/g)) {
    const first = parseInt(from, 16);
    [...list.matchAll(/<([0-9a-f ]+)>/g)].forEach(([, units = ''], place) => {
      const hex = units.replaceAll(' ', '');
      letters[first + place] = Buffer.from(hex, 'hex').swap16().toString('utf16le');
    });
  }
  return letters;
}

function decodeText(literal: string): string {
  const bytes = Buffer.from(
    literal.slice(1, -1).replaceAll(/\\([nrtbf()\\])/g, (_, letter: string) => ESCAPES[letter] ?? letter),
    'latin1',
  );
  return bytes[0] === 0xfe && bytes[1] === 0xff
    ? Buffer.from(bytes.subarray(2)).swap16().toString('utf16le')
    : bytes.toString('latin1');
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };
