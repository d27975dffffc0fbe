/** Width of the bar, characters. */
const WIDTH = 30;
/** Between two pictures of the bar, and between two lines where a line cannot be written over. Milliseconds. */
const PICTURE_MS = 100;
const LINE_MS = 5_000;
const CLEAR = '\r\u001B[2K';

/** Shows how far a long command has come. */
export interface ProgressBar {
  readonly show: (done: number, of: number) => void;
  /** Clears the bar, so that what is said next stands by itself. */
  readonly end: () => void;
}

/** Where it is shown, e.g. `process.stderr`. */
export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * A bar that is drawn over itself while a person watches; plain lines on a terminal that cannot do that; nothing where there
 * is no terminal.
 *
 * @param what e.g. `entries`
 * @param options.kind of terminal, as `TERM` says
 * @param options.elapsed milliseconds since some instant
 */
export function progressBar(
  what: string,
  terminal: Terminal = process.stderr,
  { kind = process.env['TERM'], elapsed = () => performance.now() } = {},
): ProgressBar {
  if (!terminal.isTTY) return { show: () => undefined, end: () => undefined };
  const drawsOver = kind !== 'dumb';
  const began = elapsed();
  let shown: number | undefined;
  return {
    show(done, of) {
      const at = elapsed();
      if (shown !== undefined && at - shown < (drawsOver ? PICTURE_MS : LINE_MS)) return;
      shown = at;
      const line = describe(done, of, (at - began) / 1000, what);
      terminal.write(drawsOver ? `${CLEAR}${line}` : `${line}\n`);
    },
    end() {
      if (drawsOver && shown !== undefined) terminal.write(CLEAR);
    },
  };
}

function describe(done: number, of: number, seconds: number, what: string): string {
  const share = of > 0 ? Math.min(1, done / of) : 0;
  const bar = '#'.repeat(Math.round(share * WIDTH)).padEnd(WIDTH, '.');
  const rate = seconds > 0 ? `, ${Math.round(done / seconds)} a second` : '';
  return `[${bar}] ${Math.floor(share * 100)}%  ${done} of ${Math.max(of, done)} ${what}${rate}`;
}
