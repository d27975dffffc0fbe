import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { canonicalAgreement, type AgreementChange } from '../../../src/agreements/index.js';
import { diffFiles } from '../../../src/cli/diff-agreement-files.js';
import { readAgreementFile } from '../../../src/cli/read-agreement-file.js';
import { projectFolder } from '../../../src/config/index.js';
import { startCommand, type Ended } from '../../support/command.js';
import { ADULT_CARE, FIRE } from '../../support/definitions.js';
import { asCommand } from '../../support/in-process.js';

const SANDBOX = path.join(projectFolder(), 'sandbox', 'definitions');

describe('gatehouse agreement diff', () => {
  const older = path.join(SANDBOX, ADULT_CARE);
  let folder: string;
  let newer: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-diff-'));
    newer = path.join(folder, ADULT_CARE);
    await writeFile(newer, await readFile(older));
    await edit(newer, ['version: 1', 'version: 2']);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const run = (...args: string[]): Promise<Ended> => startCommand(['agreement', 'diff', ...args]).ended;
  const diff = (one: string, other: string) => asCommand(() => diffFiles(one, other));

  it('says what widens first, then what has to be read, then what narrows', async () => {
    await edit(
      newer,
      ['patterns: [query]', 'patterns: [bulk-match, query]'],
      ['- care-2014-s6', '- care-2014-s45'],
      ['risk-summary, care-coordinator, address,', 'care-coordinator, address,'],
      ['endsOn: 2046-12-31', 'endsOn: 2047-12-31'],
    );
    const { code, stdout, stderr } = await run(older, newer);
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const asks = 'ask northmoor-nhs-trust (northmoor-nhs-trust/assessed-needs)';
    const leg = '(leg trust-to-council)';
    expect(stdout.split('\n')).toEqual([
      'adult-care-assessed-needs, version 1 to version 2: 5 changes, of which 2 widen what may be shared.',
      'Widens what may be shared:',
      `  adds: northmoor-council may now ${asks} in the pattern bulk-match ${leg}`,
      '  changes: its last day is now 2047-12-31; before: 2046-12-31',
      'To be read, because it may do either or neither:',
      `  adds: what northmoor-council may ${asks} for now rests on care-2014-s45 ${leg}`,
      `  removes: what northmoor-council may ${asks} for no longer rests on care-2014-s6 ${leg}`,
      'Narrows what may be shared:',
      `  removes: northmoor-council may no longer ${asks} for risk-summary; for: adult-social-care ${leg}`,
      '',
    ]);
  });

  it('prints the same for a machine, with the hashes that the parties sign', async () => {
    await edit(newer, ['unmatched: uniform', 'unmatched: reveal']);
    const { code, stdout } = await run(older, newer, '--json');
    expect(code).toBe(0);
    const hashOf = async (file: string) => canonicalAgreement((await readAgreementFile(file)).value).hash;
    expect(JSON.parse(stdout)).toEqual({
      agreement: 'adult-care-assessed-needs',
      older: { version: 1, sha256: await hashOf(older) },
      newer: { version: 2, sha256: await hashOf(newer) },
      changes: [
        {
          kind: 'unmatched-changed',
          effect: 'widens',
          leg: 'trust-to-council',
          from: 'northmoor-nhs-trust',
          to: 'northmoor-council',
          dataService: 'northmoor-nhs-trust/assessed-needs',
          before: 'uniform',
          after: 'reveal',
          sentence:
            'adds: northmoor-council now learns from northmoor-nhs-trust (northmoor-nhs-trust/assessed-needs) whether a person is known there',
        },
        {
          kind: 'version-changed',
          effect: 'changes',
          what: 'version',
          before: 1,
          after: 2,
          sentence: 'changes: its version is now 2; before: 1',
        },
      ] satisfies AgreementChange[],
    });
  });

  it('finds nothing in another order of items, and says so', async () => {
    await edit(newer, ['[assessed-needs, risk-summary,', '[risk-summary, assessed-needs,']);
    expect((await diff(older, newer)).stdout).toBe(
      'adult-care-assessed-needs, version 1 to version 2: nothing else differs.\n',
    );
  });

  it('says that a changed agreement needs a version of its own', async () => {
    await edit(newer, ['version: 2', 'version: 1'], ['logBodyYears: 8', 'logBodyYears: 7']);
    const { code, stdout } = await diff(older, newer);
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      'adult-care-assessed-needs, version 1 to version 1: 1 change, of which none widens what may be shared.',
      'Both say version 1: a change needs a new version, which every party signs anew.',
      'Narrows what may be shared:',
    ]);
  });

  it.each([
    ['two different agreements', () => [older, path.join(SANDBOX, FIRE)], /only versions of one agreement/],
    ['the newer version first', () => [newer, older], /name the older version first/],
    ['a file without an agreement', () => [older, path.join(SANDBOX, 'agencies.yaml')], /not hold an agreement/],
    ['a file that is not there', () => [older, path.join(SANDBOX, 'none.yaml')], /no such folder or file/],
  ])('refuses %s, in one sentence', async (_, named, reason) => {
    const [one = '', other = ''] = named();
    const { code, stdout, stderr } = await diff(one, other);
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(reason);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

/** Replaces texts that occur in a file; throws when one does not. */
async function edit(file: string, ...changes: [string, string][]): Promise<void> {
  let text = await readFile(file, 'utf8');
  for (const [from, to] of changes) {
    if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
    text = text.replace(from, to);
  }
  await writeFile(file, text);
}
