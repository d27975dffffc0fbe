import path from 'node:path';
import { documentFile } from '../../../src/cli/document-agreement-file.js';
import { startCommand } from '../../support/command.js';
import { ADULT_CARE, makeDefinitionsFolder, type DefinitionsFolder } from '../../support/definitions.js';
import { asCommand } from '../../support/in-process.js';
import { FIXED_NOW } from '../../support/log.js';

describe('gatehouse agreement document', () => {
  let files: DefinitionsFolder;
  let file: string;
  beforeAll(async () => {
    files = await makeDefinitionsFolder();
    file = path.join(files.folder, ADULT_CARE);
  });
  afterAll(async () => files.remove());
  const run = (form: string) => startCommand(['agreement', 'document', file, '--as', form]).ended;
  const print = (form: string, folder?: string) =>
    asCommand(async () => {
      const { text, remarks } = await documentFile(file, form, folder, FIXED_NOW);
      return { lines: [text.replace(/\n$/, '')], remarks, ok: true };
    });

  it.each([
    ['html', /^<!doctype html>\n.*signed by every party.*<\/html>\n$/s],
    ['markdown', /^# Assessed needs of adults for social care in Northmoor\n\n.*signed by every party.*\n$/s],
    ['article-30', /^"Agreement",[^\r]*\r\n("adult-care-assessed-needs",[^\r]*\r\n){2}$/],
    [
      'public-register',
      /^"Information sharing agreement 0001",[^\r]*\r\n"","Assessed needs of adults for social care in Northmoor",[^\r]*\r\n$/,
    ],
    ['odrl', /^\{\n.*"gatehouse:signedByEveryParty": true.*\n\}\n$/s],
  ])('prints %s to standard output, and nothing else', async (form, expected) => {
    const { code, stdout, stderr } = await (form === 'article-30' ? run : print)(form);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(expected);
  });

  it('takes names from the folder that is given', async () => {
    const elsewhere = await print('markdown', path.join(files.folder, 'systems.yaml'));
    expect(elsewhere.stdout).toContain('northmoor-nhs-trust (not registered)');
    expect((await print('markdown')).stdout).not.toContain('not registered');
  });

  it('says in one sentence that there is no such form', async () => {
    const { code, stdout, stderr } = await run('pdf');
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toBe(
      'A document is one of html, markdown, article-30, public-register, odrl; pdf is none of them.\n',
    );
  });

  it('never shows a signature over another text: it makes a draft, and says what was left out', async () => {
    await files.edit(ADULT_CARE, 'version: 1', 'version: 2');
    const { code, stdout, stderr } = await print('markdown');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^A draft of an information sharing agreement\. Not every party has signed it/m);
    expect(stdout).not.toContain('the signature was verified');
    expect(stderr.split('\n').slice(0, -1)).toEqual([
      'Left out: the signature of northmoor-council is over another text.',
      'Left out: the signature of northmoor-nhs-trust is over another text.',
    ]);
  });
});
