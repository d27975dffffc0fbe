import fc from 'fast-check';
import { Stage } from '../../../sandbox/demo/index.js';
import { wrap } from '../../../sandbox/demo/stage.js';

const ESCAPE = '\u001b';

function onStage(colour: boolean, play: (stage: Stage) => void): string[] {
  const lines: string[] = [];
  play(new Stage({ write: (line) => lines.push(line), colour }));
  return lines;
}

const everything = (stage: Stage): void => {
  stage.opening('Title', 'paragraph '.repeat(30).trim());
  stage.step(1, 2, 'A step');
  stage.facts('Label', ['text '.repeat(40).trim(), 'more']);
  stage.table([
    ['Name', 'asked for', 'went'],
    ['n'.repeat(100), 'yes', 'no'],
  ]);
  stage.outcome('REFUSED', 'bad');
  stage.paragraph('text '.repeat(40).trim());
};

describe('the stage of the demo', () => {
  it('stays within 80 columns', () => {
    const lines = onStage(false, everything);
    expect(lines.filter((line) => line.length > 80)).toEqual([]);
    expect(lines.length).toBeGreaterThan(10);
  });

  it('says the same with colour and without, and without it has no escape codes', () => {
    const plain = onStage(false, everything).join('\n');
    const coloured = onStage(true, everything).join('\n');
    const uncoloured = coloured
      .split(ESCAPE)
      .map((part, place) => (place === 0 ? part : part.replace(/^\[[0-9;]*m/, '')));
    expect(plain).not.toContain(ESCAPE);
    expect(coloured).toContain(ESCAPE);
    expect(uncoloured.join('').replaceAll(/ +$/gm, '')).toBe(plain);
  });

  it('writes no two blank lines in a row', () => {
    const lines = onStage(false, (stage) => {
      stage.line();
      stage.line();
      stage.outcome('PERMITTED', 'good');
    });
    expect(lines).toEqual(['', '   PERMITTED']);
  });

  it('loses no word when it breaks a text into lines', () => {
    fc.assert(
      fc.property(
        fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }),
        fc.integer({ min: 12, max: 80 }),
        (words, width) => {
          const lines = wrap(words.join(' '), width);
          expect(lines.join(' ')).toBe(words.join(' '));
          expect(lines.every((line) => line.length <= width)).toBe(true);
        },
      ),
    );
  });
});
