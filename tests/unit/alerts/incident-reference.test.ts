import { isIncidentReference } from '../../../src/alerts/incident-reference.js';
import { IDENTIFIER_TYPES } from '../../../src/subject-handles/index.js';

describe('the reference of an incident', () => {
  it.each(['IG-2026-0042', 'INC0012345', 'IG/2026/7', 'DPO-1', 'IR-999999'])('may be %s', (text) => {
    expect(isIncidentReference(text)).toBe(true);
  });

  it.each([
    ['no text at all', ''],
    ['a sentence', 'Mrs Example was told'],
    ['a name', 'SMITH'],
    ['a name and a number', 'SMITH-1'],
    ['a name in small letters', 'smi-1'],
    ['letters alone', 'IG'],
    ['letters at the end', 'IG-1A'],
    ['a National Insurance number', 'NN123456C'],
    ['one without its last letter', 'NN123456'],
    ['one written in groups', 'NN-12-34-56'],
    ['a health number behind letters', 'IG-9990000018'],
    ['a health number in groups', 'IG-999-000-0018'],
    ['a day of birth', 'DOB-1950-03-12'],
    ['a day of birth, written the other way', 'DB-12/03/1950'],
    ['a day of birth without strokes', 'DB19500312'],
    ['a day of birth behind its year', 'DB-1850-0312'],
    ['a day of birth, day first, without strokes', 'DB-12031950'],
    ['a day of birth with a short year', 'DB-120350'],
    ['more than a year and a number', 'IG-2026-1-2'],
    ['a line of its own', 'IG-1\nIG-2'],
    ['more than 20 characters', 'IG-2026-0000000000-00'],
  ])('is not %s', (_what, text) => expect(isIncidentReference(text)).toBe(false));

  it('is no example of an identifier of a person, bare or behind a prefix', () => {
    const taken = Object.values(IDENTIFIER_TYPES)
      .filter(({ names, distinctive }) => names === 'person' && distinctive)
      .flatMap(({ example }) => [example, `IG-${example}`, `IG${example}`, `IG/${example}`])
      .filter(isIncidentReference);
    expect(taken).toEqual([]);
  });
});
