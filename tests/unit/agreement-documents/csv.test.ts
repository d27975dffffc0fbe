import fc from 'fast-check';
import { writeCsv } from '../../../src/agreement-documents/index.js';
import { parseCsv } from '../../support/csv.js';

/** A cell as a program reads it: without the apostrophe that keeps a spreadsheet from calculating. */
const withoutApostrophe = (cell: string): string => cell.replace(/^'/, '');

describe('comma-separated values', () => {
  it('parse back to the same cells, whatever the cells hold', () => {
    const cell = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }), fc.stringMatching(/^[=+@'",\r\n;\t -]{0,6}$/));
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 3, maxLength: 3 })), (rows) => {
        const read = parseCsv(writeCsv(['a', 'b', 'c'], rows));
        expect(read.map((cells) => cells.map(withoutApostrophe))).toEqual([['a', 'b', 'c'], ...rows]);
      }),
    );
  });

  it('never have a cell that a spreadsheet would calculate', () => {
    const formula = fc
      .tuple(fc.constantFrom('', ' ', '\t', '\r', '\n'), fc.constantFrom(...'=+-@＝＋－＠'.split('')), fc.string())
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(formula, (cell) => {
        expect(parseCsv(writeCsv(['a'], [[cell]]))[1]).toEqual([`'${cell}`]);
      }),
    );
  });

  it('quote every cell and end every line with CRLF (RFC 4180)', () => {
    expect(writeCsv(['a', 'b'], [['1,2', 'say "x"']])).toBe('"a","b"\r\n"1,2","say ""x"""\r\n');
  });
});
