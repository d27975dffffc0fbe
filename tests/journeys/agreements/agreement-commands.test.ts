import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describeApplied } from '../../../src/cli/apply.js';
import { lintFiles } from '../../../src/cli/lint-agreement-files.js';
import { signFile } from '../../../src/cli/sign-agreement-file.js';
import { verifyFile } from '../../../src/cli/verify-agreement-file.js';
import {
  ADULT_CARE,
  CLOCK_ON,
  makeDefinitionsFolder,
  RULES,
  type DefinitionsFolder,
} from '../../support/definitions.js';

describe('the commands for agreements', () => {
  let files: DefinitionsFolder;
  let file: string;
  beforeEach(async () => {
    files = await makeDefinitionsFolder();
    file = path.join(files.folder, ADULT_CARE);
    await files.delete(`${ADULT_CARE}.signatures.json`);
  });
  afterEach(async () => files.remove());
  const keyOf = (agency: string) => path.join(files.keys, 'agencies', `${agency}.jwk.json`);
  const lint = (target: string) => lintFiles(target, undefined, RULES, CLOCK_ON.now());

  it('sign for one party after the other, without touching the agreement, until it verifies', async () => {
    const before = await readFile(file, 'utf8');
    expect((await verifyFile(file, undefined, CLOCK_ON.now())).ok).toBe(false);

    const first = await signFile(file, 'northmoor-council', keyOf('northmoor-council'));
    expect(first.lines).toEqual([
      expect.stringMatching(
        /^northmoor-council has signed adult-care-assessed-needs version 1, SHA-256 [0-9a-f]{64}\.$/,
      ),
      'Still to sign: northmoor-nhs-trust.',
    ]);
    expect((await verifyFile(file, undefined, CLOCK_ON.now())).lines).toContain('  northmoor-nhs-trust has not signed');

    const second = await signFile(file, 'northmoor-nhs-trust', keyOf('northmoor-nhs-trust'));
    expect(second.lines).toContain('Every party has signed.');
    expect(await verifyFile(file, undefined, CLOCK_ON.now())).toMatchObject({ ok: true });
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  it('drop signatures over an earlier text when somebody signs again, and say so', async () => {
    await signFile(file, 'northmoor-council', keyOf('northmoor-council'));
    await files.edit(ADULT_CARE, 'version: 1', 'version: 2');
    const { lines } = await signFile(file, 'northmoor-nhs-trust', keyOf('northmoor-nhs-trust'));
    expect(lines).toContain('The signature of northmoor-council was over another text and is dropped.');
    expect(lines).toContain('Still to sign: northmoor-council.');
  });

  it('do not sign for somebody who is not a party, or without a private key', async () => {
    await expect(signFile(file, 'northmoor-fire', keyOf('northmoor-fire'))).rejects.toThrow(/not a party/);
    const notAKey = path.join(files.keys, 'public.json');
    await writeFile(notAKey, '{"kty":"EC","kid":"SENSITIVE"}');
    await expect(signFile(file, 'northmoor-council', notAKey)).rejects.toThrow(/^((?!SENSITIVE).)*$/s);
    await expect(stat(`${file}.signatures.json`)).rejects.toThrow(/ENOENT/);
  });

  it('lint a sound folder without a word, and name file and line of what is not sound', async () => {
    expect(await lint(files.folder)).toEqual({ lines: ['2 agreements: nothing to say.'], ok: true });
    await files.edit(ADULT_CARE, '- care-2014-s6', '- frsa-2004-s7');
    await files.edit(ADULT_CARE, 'unmatched: uniform', 'unmatched: reveal');
    const { lines, ok } = await lint(file);
    expect(ok).toBe(false);
    const at = (await readFile(file, 'utf8')).split('\n').findIndex((line) => line.includes('frsa-2004-s7')) + 1;
    expect(lines).toContainEqual(expect.stringContaining(`${ADULT_CARE}:${at}: error: leg trust-to-council`));
    expect(lines).toContainEqual(expect.stringContaining('warning: leg trust-to-council: the requester learns'));
    expect(lines.at(-1)).toMatch(/^1 agreement: \d errors?, 1 warning\.$/);
  });

  it('do not call a folder without agreements sound', async () => {
    expect((await lint(path.join(files.folder, 'agencies.yaml'))).ok).toBe(false);
  });
});

describe('the words after applying', () => {
  it('say what was done, what was kept and what is worth a look', () => {
    expect(describeApplied({ revision: 4, changes: [], kept: [], warnings: [] })).toBe(
      'Nothing to change. The register is at revision 4.',
    );
    const text = describeApplied({
      revision: 5,
      changes: ['agency a: added'],
      kept: ['system s'],
      warnings: ['f:1: w'],
    });
    expect(text.split('\n')).toEqual([
      'The register is now at revision 5:',
      '  agency a: added',
      'Not in the folder, and kept (--prune removes what can be removed):',
      '  system s',
      'Worth a look:',
      '  f:1: w',
    ]);
  });
});
