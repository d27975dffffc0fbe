/** Where the demo is played: lines of text for a person to read, at most 80 columns wide. */
export interface StageOptions {
  /** Takes one line, without its end. */
  readonly write: (line: string) => void;
  /** Whether what is written may be coloured. Nothing is said by colour alone. */
  readonly colour: boolean;
}

/** How an outcome is shown: it came out as a good reader hopes, or something was held back. */
export type Tone = 'good' | 'bad' | 'neutral';

const WIDTH = 80;
const MARGIN = 3;
/** Column at which the text beside a label begins. */
const LABELS = 17;

const SGR = { good: '32;1', bad: '31;1', neutral: '1', faint: '2', title: '36;1' } as const;

/** Writes titles, paragraphs, labelled facts and tables. Knows nothing of what they are about. */
export class Stage {
  private afterBlank = false;

  constructor(private readonly options: StageOptions) {}

  /** The title of the whole. */
  opening(title: string, paragraph: string): void {
    this.line();
    this.line(this.paint(title, 'title'));
    for (const line of wrap(paragraph, WIDTH)) this.line(line);
  }

  /** The title of a step. */
  step(number: number, of: number, title: string): void {
    this.line();
    this.line(this.paint(`${number}/${of}  ${title}`, 'title'));
    this.line();
  }

  paragraph(text: string): void {
    for (const line of wrap(text, WIDTH - MARGIN)) this.line(' '.repeat(MARGIN) + line);
  }

  /** A label and what it stands for. */
  fact(label: string, text: string): void {
    const [first = '', ...rest] = wrap(text, WIDTH - LABELS);
    this.line(' '.repeat(MARGIN) + this.paint(label.padEnd(LABELS - MARGIN), 'faint') + first);
    for (const line of rest) this.line(' '.repeat(LABELS) + line);
  }

  /** A label and several things that it stands for, each on a line of its own. */
  facts(label: string, texts: readonly string[]): void {
    texts.forEach((text, place) => this.fact(place === 0 ? label : '', text));
  }

  outcome(words: string, tone: Tone): void {
    this.line();
    this.line(' '.repeat(MARGIN) + this.paint(words, tone));
  }

  /** Rows of a wide first column and narrow further ones; the first row is the head. */
  table(rows: readonly (readonly string[])[]): void {
    const narrow = Math.max(...rows.flatMap(([, ...cells]) => cells.map((cell) => cell.length))) + 2;
    rows.forEach(([name = '', ...cells], place) => {
      const room = WIDTH - MARGIN - narrow * cells.length;
      const text = name.slice(0, room).padEnd(room) + cells.map((cell) => cell.padStart(narrow)).join('');
      this.line(' '.repeat(MARGIN) + (place === 0 ? this.paint(text, 'faint') : text));
    });
  }

  /** One line as it is; of several blank ones in a row, the first. */
  line(text = ''): void {
    const blank = text.trim() === '';
    if (!blank || !this.afterBlank) this.options.write(text.trimEnd());
    this.afterBlank = blank;
  }

  private paint(text: string, tone: keyof typeof SGR): string {
    return this.options.colour && text.trim() !== '' ? `\u001b[${SGR[tone]}m${text}\u001b[0m` : text;
  }
}

/** Breaks a text at spaces into lines of at most `width` characters; a longer word stands alone. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
