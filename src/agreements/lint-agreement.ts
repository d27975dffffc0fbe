import type { AgreementDraft } from './agreement.js';
import { findDateFindings } from './lint-dates.js';
import type { Finding, FindingCode, LintContext } from './lint-finding.js';
import { findFlowFindings } from './lint-flows.js';
import { findLegFindings } from './lint-legs.js';

/** Findings that hold whatever the day is and whatever the law says: the agreement speaks of what is not there. */
const STRUCTURAL: ReadonlySet<FindingCode> = new Set<FindingCode>([
  'agency-unknown',
  'leg-repeated',
  'leg-to-itself',
  'not-a-party',
  'data-service-unknown',
  'not-the-holder',
  'item-unknown',
  'identifier-type-not-taken',
  'purpose-not-in-agreement',
  'purpose-without-roles',
  'roles-for-other-purpose',
  'hours-empty',
  'case-reference-unsafe',
  'ends-before-start',
]);

/** Whether a finding is one that time and law cannot bring about by themselves. */
export const isStructural = (finding: Finding): boolean => STRUCTURAL.has(finding.code);

/**
 * Reads an agreement as a good officer would, before anybody signs it. Pure: no I/O, no clock.
 *
 * Guarantee: an agreement without an error here has, on `context.on` (or on its first day, if that is later), a complete
 * legal basis stack for each item on each leg.
 *
 * Does NOT check signatures, or that the shape is right (see `schemas/agreement.schema.json`). It gives no permission to
 * disclose: `decideDisclosure` asks again for each disclosure.
 */
export function lintAgreement(agreement: AgreementDraft, context: LintContext): Finding[] {
  return [
    ...findPartyFindings(agreement, context),
    ...agreement.legs.flatMap((leg, index) => findLegFindings(agreement, leg, index, context)),
    ...findFlowFindings(agreement, context),
    ...findDateFindings(agreement, context.on),
  ];
}

function findPartyFindings(agreement: AgreementDraft, context: LintContext): Finding[] {
  const findings: Finding[] = [];
  for (const [index, party] of agreement.parties.entries()) {
    const path = ['parties', index];
    if (!context.agency(party)) {
      findings.push({ severity: 'error', code: 'agency-unknown', path, message: `no agency ${party} is defined` });
    }
    if (!agreement.legs.some((leg) => leg.from === party || leg.to === party)) {
      const message = `${party} is a party, but no leg goes to it or from it`;
      findings.push({ severity: 'warning', code: 'party-without-leg', path, message });
    }
  }
  for (const [index, purpose] of agreement.purposes.entries()) {
    const path = ['purposes', index];
    if (!context.purposes.has(purpose)) {
      const message = `the catalogue of legal bases has no purpose ${purpose}`;
      findings.push({ severity: 'error', code: 'purpose-unknown', path, message });
    } else if (!agreement.legs.some((leg) => leg.purposes.includes(purpose))) {
      findings.push({
        severity: 'warning',
        code: 'purpose-unused',
        path,
        message: `no leg is for the purpose ${purpose}`,
      });
    }
  }
  return findings;
}
