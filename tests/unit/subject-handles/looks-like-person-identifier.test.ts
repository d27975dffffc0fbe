import { looksLikePersonIdentifier } from '../../../src/subject-handles/parse-identifier.js';

describe('where no identifier of a person belongs', () => {
  it.each([
    '9434765919',
    '943 476 5919',
    '943-476-5919',
    ' 9990000018 ',
    'NN123456C',
    'nn 12 34 56 c',
    '3112990013',
    'B801200005001',
    '1979/0123456T',
    '79/123456T',
    '123456/12U',
    'A1234AA',
    'MORGA657054SM9IJ',
    'CHB00000000AA',
    'SMITH|1948-02-29|SW1A 2AA',
  ])('refuses %j', (text) => {
    expect(looksLikePersonIdentifier(text)).toBe(true);
  });

  it.each([
    '',
    'ASC-2026-00142',
    'INC-20261122-0007',
    '2026-001234',
    '9434-765919',
    'S1042',
    'jsmith01',
    '9434765918',
    'QQ123456A',
    '199356',
    'SW1A 2AA',
    '123456789',
    '9'.repeat(300),
  ])('lets %j pass', (text) => {
    expect(looksLikePersonIdentifier(text)).toBe(false);
  });
});
