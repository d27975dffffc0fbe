import { progressBar } from '../../../src/cli/progress-bar.js';

/** What a terminal of a kind is sent while a command of four steps runs, 60 ms between them. */
function shownOn(isTTY: boolean, kind = 'xterm'): string[] {
  const written: string[] = [];
  let at = 0;
  const terminal = { isTTY, write: (text: string) => written.push(text) };
  const bar = progressBar('entries', terminal, { kind, elapsed: () => at });
  for (const done of [50, 100, 150, 200]) {
    at += 60;
    bar.show(done, 200);
  }
  bar.end();
  return written;
}

describe('the progress of a long command', () => {
  it('is a bar that is drawn over itself, ten times a second at most, and is gone at the end', () => {
    expect(shownOn(true)).toEqual([
      '\r\u001B[2K[########......................] 25%  50 of 200 entries, 833 a second',
      '\r\u001B[2K[#######################.......] 75%  150 of 200 entries, 833 a second',
      '\r\u001B[2K',
    ]);
  });

  it('is plain lines on a terminal that cannot draw over', () => {
    expect(shownOn(true, 'dumb')).toEqual(['[########......................] 25%  50 of 200 entries, 833 a second\n']);
  });

  it('is not shown where nobody watches', () => expect(shownOn(false)).toEqual([]));

  it('shows more than was to be expected as all of it', () => {
    const written: string[] = [];
    progressBar('entries', { isTTY: true, write: (text) => written.push(text) }, { elapsed: () => 0 }).show(7, 0);
    expect(written[0]).toContain('0%  7 of 7 entries');
  });
});
