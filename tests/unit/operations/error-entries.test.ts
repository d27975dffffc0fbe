import { readFileSync } from 'node:fs';
import path from 'node:path';
import { PROBLEMS } from '../../../src/api-contract/index.js';
import { projectFolder } from '../../../src/config/index.js';
import { readErrorEntries, undocumentedCodes } from '../../../src/operations/index.js';
import { REASON_CODES } from '../../../src/policy/index.js';

const markdown = readFileSync(path.join(projectFolder(), 'docs', 'errors.md'), 'utf8');

describe('docs/errors.md', () => {
  it('has a complete entry for every problem code and every reason code', () => {
    expect(undocumentedCodes(markdown)).toEqual([]);
  });

  it('has one entry per code, and none for a code that does not exist', () => {
    const codes = readErrorEntries(markdown).map(({ code }) => code);
    expect(new Set(codes).size).toBe(codes.length);
    expect(codes.filter((code) => !(code in PROBLEMS) && !(code in REASON_CODES))).toEqual([]);
  });
});

describe('undocumentedCodes', () => {
  it('names a code whose entry is missing', () => {
    expect(undocumentedCodes(markdown.replace('### TOKEN_INVALID', '### TOKEN_BAD'))).toEqual(['TOKEN_INVALID']);
    expect(undocumentedCodes('')).toHaveLength(new Set([...Object.keys(PROBLEMS), ...Object.keys(REASON_CODES)]).size);
  });

  it.each(['Cause.', 'What to do.', 'To the person.'])('names a code whose entry lacks "%s"', (label) => {
    const [before = '', entry = ''] = markdown.split('### INTERNAL');
    expect(undocumentedCodes(`${before}### INTERNAL${entry.replace(`**${label}**`, '')}`)).toEqual(['INTERNAL']);
  });
});
