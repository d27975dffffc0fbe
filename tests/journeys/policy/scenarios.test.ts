import { readdirSync } from 'node:fs';
import path from 'node:path';
import { lintFiles } from '../../../src/cli/lint-agreement-files.js';
import { projectFolder } from '../../../src/config/index.js';
import { readPolicyTest, type ExpectedDecision } from '../../../src/exchange/policy-test.js';
import { testDecisions, type PolicyTestResult } from '../../../src/exchange/index.js';
import { RULES } from '../../support/definitions.js';

const POLICIES = path.join(projectFolder(), 'consent-policies');
const FOLDERS = path.join(projectFolder(), 'sandbox', 'scenarios');
const TODAY = new Date('2026-11-22T09:30:00Z');

/** The worked cases of the published scenarios: what is decided, and the reason that says so. */
const WORKED_CASES: readonly [scenario: string, worked: string, outcome: string, reason: string][] = [
  ['s01-ecare-adult-support-composite', 'positive', 'permit', 'PERMIT'],
  ['s01-ecare-adult-support-composite', 'denied', 'deny', 'DENY_NO_RELATIONSHIP'],
  ['s01-ecare-adult-support-composite', 'edge', 'permit-partial', 'PERMIT_STATUTORY_OVERRIDE'],
  ['s02-tell-us-once-death', 'positive', 'permit', 'PERMIT'],
  ['s02-tell-us-once-death', 'denied', 'deny', 'DENY_RECIPIENT_NOT_PARTY'],
  // A provisional notice goes to bodies that accept one.
  ['s02-tell-us-once-death', 'edge', 'permit', 'REVIEW_HUMAN'],
  ['s03-tell-us-once-birth', 'positive', 'permit', 'PERMIT'],
  ['s03-tell-us-once-birth', 'denied', 'deny', 'DENY_STATUTORY_BAR'],
  ['s03-tell-us-once-birth', 'edge', 'permit-partial', 'PERMIT_PARTIAL_SUPPRESSED'],
  ['s04-online-free-school-meals', 'positive', 'permit', 'PERMIT'],
  ['s04-online-free-school-meals', 'denied', 'deny', 'DENY_PURPOSE_MISMATCH'],
  ['s04-online-free-school-meals', 'edge', 'permit', 'NO_TRACE'],
  ['s05-home-fire-safety-referral', 'positive', 'permit', 'PERMIT'],
  ['s05-home-fire-safety-referral', 'denied', 'deny', 'DENY_AGREEMENT_PATTERN_NOT_ALLOWED'],
  ['s05-home-fire-safety-referral', 'edge', 'permit-partial', 'PERMIT_PARTIAL_CONSENT_SCOPE'],
  ['s06-local-bereavement-hub', 'positive', 'permit', 'PERMIT'],
  ['s06-local-bereavement-hub', 'denied', 'deny', 'DENY_NOT_NECESSARY'],
  ['s06-local-bereavement-hub', 'edge', 'deny', 'REVIEW_HUMAN'],
  ['s07-asb-single-referral', 'positive', 'permit', 'PERMIT'],
  ['s07-asb-single-referral', 'denied', 'deny', 'DENY_RECIPIENT_NOT_PARTY'],
  ['s07-asb-single-referral', 'edge', 'deny', 'DENY_STATUTORY_BAR'],
  ['s08-identify-refer-track-child', 'positive', 'permit', 'PERMIT'],
  ['s08-identify-refer-track-child', 'denied', 'deny', 'DENY_PURPOSE_MISMATCH'],
  ['s08-identify-refer-track-child', 'edge', 'deny', 'REVIEW_HUMAN'],
  ['s11-change-of-address-cascade', 'positive', 'permit', 'PERMIT'],
  ['s11-change-of-address-cascade', 'denied', 'deny', 'DENY_PURPOSE_MISMATCH'],
  ['s11-change-of-address-cascade', 'edge', 'permit-partial', 'PERMIT_PARTIAL_SUPPRESSED'],
  ['s12-fire-premises-risk-resilient-control', 'positive', 'permit', 'PERMIT'],
  ['s12-fire-premises-risk-resilient-control', 'denied', 'deny', 'DENY_NOT_NECESSARY'],
  ['s12-fire-premises-risk-resilient-control', 'edge', 'permit', 'PERMIT_BREAK_GLASS'],
  ['s14-counter-fraud-bulk-match', 'positive', 'permit', 'PERMIT'],
  ['s14-counter-fraud-bulk-match', 'denied', 'deny', 'DENY_STATUTORY_BAR'],
  ['s14-counter-fraud-bulk-match', 'edge', 'permit', 'REVIEW_HUMAN'],
];

describe('the scenarios', () => {
  let result: PolicyTestResult;
  beforeAll(async () => {
    result = await testDecisions(POLICIES);
  });

  /** What the cases of this name expect, each of which came out as expected. Throws where one did not, or was not run. */
  async function decided(scenario: string, worked: string): Promise<ExpectedDecision[]> {
    const file = `scenarios/${scenario}.yaml`;
    const ran = result.files.find((one) => one.file === file);
    const read = await readPolicyTest(path.join(POLICIES, 'tests'), file);
    if (!ran || 'errors' in read) throw new Error(`${file} was not run`);
    const asExpected = new Set(ran.cases.flatMap(({ name, differences }) => (differences.length > 0 ? [] : [name])));
    const cases = read.test.cases.filter(({ name }) => name.startsWith(`${worked}: `));
    const other = cases.find(({ name }) => !asExpected.has(name));
    if (other) throw new Error(`${file}: "${other.name}" did not come out as expected`);
    return cases.map(({ expect: expected }) => expected);
  }

  it.each(WORKED_CASES)('%s, %s: %s, %s', async (scenario, worked, outcome, reason) => {
    const decisions = await decided(scenario, worked);
    expect(decisions.length).toBeGreaterThan(0);
    for (const decision of decisions) {
      expect(decision.outcome).toBe(outcome);
      expect(decision.reasonCodes).toContain(reason);
    }
  });

  it('have a folder of definitions and a test each, of one name', () => {
    const tests = result.files.flatMap(({ file }) => /^scenarios\/(.+)\.yaml$/.exec(file)?.[1] ?? []);
    expect(tests.toSorted()).toEqual(readdirSync(FOLDERS).toSorted());
    expect(tests).toEqual(expect.arrayContaining([...new Set(WORKED_CASES.map(([scenario]) => scenario))]));
  });

  it.each(readdirSync(FOLDERS))('%s: its agreements have no error', async (scenario) => {
    const { lines, ok } = await lintFiles(path.join(FOLDERS, scenario), undefined, RULES, TODAY);
    expect({ ok, errors: lines.filter((line) => line.includes(': error: ')) }).toEqual({ ok: true, errors: [] });
  });
});
