import type { AgreementDraft } from './agreement.js';
import type { Finding, FindingCode } from './lint-finding.js';

/**
 * What is wrong with an agreement's dates on a day.
 *
 * @param on Today in UTC, `YYYY-MM-DD`
 */
export function findDateFindings(agreement: AgreementDraft, on: string): Finding[] {
  const findings: Finding[] = [];
  const wrong = (code: FindingCode, path: string[], message: string): void => {
    findings.push({ severity: 'error', code, path, message });
  };
  const { startsOn, endsOn, reviewOn, policyDocument } = agreement;

  if (endsOn < startsOn)
    wrong('ends-before-start', ['endsOn'], `it ends on ${endsOn}, before it starts on ${startsOn}`);
  else if (endsOn < on) wrong('ended', ['endsOn'], `it ended on ${endsOn}`);

  if (reviewOn === undefined) wrong('no-review-date', [], 'it has no review date');
  else if (reviewOn < on) wrong('review-passed', ['reviewOn'], `its review was due on ${reviewOn}`);
  else if (reviewOn > endsOn) {
    wrong('review-after-end', ['reviewOn'], `its review on ${reviewOn} would come after it ends on ${endsOn}`);
  }

  if (policyDocument && policyDocument.reviewOn < on) {
    findings.push({
      severity: 'warning',
      code: 'policy-document-review-passed',
      path: ['policyDocument', 'reviewOn'],
      message: `the review of its policy document was due on ${policyDocument.reviewOn}`,
    });
  }
  return findings;
}
