import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { testPolicies } from '../../../src/cli/test-policies.js';
import { projectFolder } from '../../../src/config/index.js';
import { preparePolicies, readPolicyFiles } from '../../../src/policy/index.js';
import { startCommand } from '../../support/command.js';
import { listPolicyTests } from '../../../src/exchange/policy-test.js';
import { asCommand } from '../../support/in-process.js';
import { makePoliciesFolder, POLICY_TEST, type PoliciesFolder } from '../../support/policy-tests.js';

const POLICIES = path.join(projectFolder(), 'consent-policies');

describe('gatehouse policy test', () => {
  let policies: PoliciesFolder;
  let version: string;
  beforeEach(async () => {
    policies = await makePoliciesFolder();
    ({ version } = preparePolicies(readPolicyFiles(policies.folder)));
  });
  afterEach(async () => policies.remove());
  const test = (...args: string[]) => startCommand(['policy', 'test', ...args]).ended;

  it('runs the project’s own tests, each on a line, under the policy version that the gateway decides under', async () => {
    const { code, stdout, stderr } = await test();
    expect(stderr).toBe('');
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toContain('adult-care-assessed-needs.yaml: Assessed needs of adults for social care');
    expect(lines).toContain('  passed  the person took the permission back');
    const passed = lines.filter((line) => line.startsWith('  passed  ')).length;
    const files = await listPolicyTests(path.join(POLICIES, 'tests'));
    expect(lines.slice(-3)).toEqual([
      expect.stringMatching(/^Taken as signed, though not every party has signed: (.+, )?adult-care-assessed-needs, /),
      `${passed} cases of ${files.length} files: ${passed} passed, 0 failed, 0 errors.`,
      `Policy version ${version}.`,
    ]);
  });

  it('is what the project’s check runs', async () => {
    const { scripts } = JSON.parse(await readFile(path.join(projectFolder(), 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    expect(scripts['check:policies']).toContain('gatehouse.mjs policy test');
    expect(scripts['check']).toContain('check:policies');
  });

  it('says of each case what came out otherwise, and what could not be run, and fails', async () => {
    await policies.write('tests/a.yaml', POLICY_TEST.replace('outcome: permit', 'outcome: deny'));
    await policies.write('tests/more/b.yaml', POLICY_TEST.replace('role: social-worker', 'role: nobody'));
    await policies.write('tests/c.yaml', 'title: [');
    const { code, stdout } = await asCommand(() => testPolicies(policies.folder));
    expect(code).toBe(1);
    expect(stdout.trimEnd().split('\n')).toEqual([
      'a.yaml: A test',
      '  FAILED  a case',
      '            outcome: expected deny, got permit',
      '',
      'c.yaml',
      expect.stringMatching(/^ {2}ERROR {3}c\.yaml:1: the file cannot be read: /),
      '',
      'more/b.yaml: A test',
      '  ERROR   more/b.yaml:14: case "a case": no agreement of the definitions names the role nobody',
      '',
      'Taken as signed, though not every party has signed: adult-care-assessed-needs, fire-premises-risk.',
      '1 case of 3 files: 0 passed, 1 failed, 2 errors.',
      `Policy version ${version}.`,
    ]);
  });

  it('fails in one sentence where there is nothing to test, or no policy to test with', async () => {
    const none = await test(policies.folder);
    expect(none).toMatchObject({ code: 1, stdout: '' });
    expect(none.stderr).toMatch(/^There are no policy tests in [^\n]+\.\n$/);
    const nowhere = await test(path.join(policies.folder, 'nowhere'));
    expect(nowhere).toMatchObject({ code: 1, stdout: '' });
    expect(nowhere.stderr).toMatch(/^[^\n]+nowhere[^\n]*\n$/);
  });

  it('finds what a changed policy lets through', async () => {
    const text = await readFile(path.join(POLICIES, 'refusals.cedar'), 'utf8');
    const disclose = await readFile(path.join(POLICIES, 'disclose.cedar'), 'utf8');
    const source = path.join(projectFolder(), 'sandbox');
    const tests = await readFile(path.join(POLICIES, 'tests', 'fire-premises-risk.yaml'), 'utf8');
    await policies.write('tests/fire.yaml', tests.replaceAll('../../sandbox', source));
    // A role is asked for no longer, neither to permit nor to refuse.
    await policies.write('refusals.cedar', text.replace('context.leg.coversRole && ', ''));
    await policies.write('disclose.cedar', disclose.replace('context.leg.coversRole &&', ''));
    const { code, stdout } = await asCommand(() => testPolicies(policies.folder));
    expect(code).toBe(1);
    expect(stdout).toContain('  FAILED  a role that the agreement does not name for this\n');
    expect(stdout).toContain('            item hazards: expected DENY_RECIPIENT_CONDITION, got permit\n');
    expect(stdout).toMatch(/^25 cases of 1 file: 24 passed, 1 failed, 0 errors\.$/m);
  });
});
