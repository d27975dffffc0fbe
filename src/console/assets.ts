import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { projectFolder } from '../config/index.js';

/** A file that pages refer to. */
export interface Asset {
  readonly type: string;
  readonly bytes: Buffer;
}

const FAMILY = 'Atkinson Hyperlegible';
const FONT_FILES = ['400', '700'].flatMap((weight) =>
  ['latin', 'latin-ext'].map((subset) => ({
    weight,
    subset,
    file: `atkinson-hyperlegible-${subset}-${weight}-normal.woff2`,
  })),
);
/** What `latin` of the package reaches; `latin-ext` is for everything else that it has. */
const RANGES: Readonly<Record<string, string>> = {
  latin:
    'U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212',
  'latin-ext': 'U+0100-0130,U+0132-0151,U+0154-02BA,U+1E00-1E9F,U+1EF2-1EFF,U+20A0-20AB,U+20AD-20C0',
};

/** The style sheet and the fonts, by the last part of their path. All come from packages and from beside this file. */
export function readAssets(): { readonly files: ReadonlyMap<string, Asset>; readonly styleSheet: string } {
  const fonts = FONT_FILES.map(
    ({ file }) =>
      [file, { type: 'font/woff2', bytes: fileOf('@fontsource/atkinson-hyperlegible', 'files', file) }] as const,
  );
  const css = Buffer.from(styleSheet());
  const name = `console-${createHash('sha256').update(css).digest('hex').slice(0, 12)}.css`;
  return {
    files: new Map<string, Asset>([...fonts, [name, { type: 'text/css; charset=utf-8', bytes: css }]]),
    styleSheet: name,
  };
}

/**
 * The components' own compiled style sheet with this console's typeface in place of GDS Transport, which only GOV.UK may
 * use, and without the crest; then the console's own.
 */
function styleSheet(): string {
  const components = fileOf('govuk-frontend', 'dist', 'govuk', 'govuk-frontend.min.css').toString('utf8');
  const faces = FONT_FILES.map(
    ({ weight, subset, file }) =>
      `@font-face{font-family:"${FAMILY}";font-style:normal;font-weight:${weight};font-display:swap;src:url(${file}) format("woff2");unicode-range:${RANGES[subset]}}`,
  );
  return [
    ...faces,
    components
      .replaceAll(/@font-face\{[^}]*\}/g, '')
      .replaceAll('GDS Transport', `"${FAMILY}"`)
      .replaceAll(/url\(\/assets\/[^)]*\)/g, 'none'),
    readFileSync(path.join(projectFolder(), 'src', 'console', 'console.css'), 'utf8'),
  ].join('\n');
}

function fileOf(packageName: string, ...parts: string[]): Buffer {
  const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
  return readFileSync(path.join(path.dirname(manifest), ...parts));
}
