import type { Clock } from '../../src/config/index.js';
import { needsQuery, type Answer, type Call } from './gateway.js';
import { startSuppliedGateway, patient, type SuppliedGateway } from './supplied-gateway.js';

/** The sandbox, with one more agreement that allows an override. */
export interface OverrideWorld {
  readonly gateway: SuppliedGateway;
  readonly council: Call;
  /** Officers by their ids. */
  officer(id: string): Promise<Call>;
  /** Asks about somebody who said nothing, with an override that a team manager of the council authorises. */
  askByOverride(change?: object): Promise<Answer>;
  stop: SuppliedGateway['stop'];
}

/** Within how many days it is reviewed. */
export const REVIEW_DAYS = 14;

/** An agreement under which an adult at risk may be asked about without permission, when somebody authorises it. */
export const SAFEGUARDING = {
  'adult-safeguarding.agreement.yaml': `
kind: Agreement
id: adult-safeguarding
version: 1
title: Enquiries about adults at risk in Northmoor
parties: [northmoor-council, northmoor-nhs-trust]
purposes: [adult-safeguarding]
startsOn: 2026-01-01
endsOn: 2046-12-31
reviewOn: 2046-06-30
retention:
  requester: As the council's schedule for safeguarding enquiries says.
  logBodyYears: 8
policyDocument:
  reference: ASC-APD-1
  reviewOn: 2046-06-30
  retentionSummary: As the schedule of each party says.
legs:
  - id: trust-to-council-enquiries
    from: northmoor-nhs-trust
    to: northmoor-council
    dataService: northmoor-nhs-trust/assessed-needs
    items: [assessed-needs, risk-summary, care-coordinator]
    purposes: [adult-safeguarding]
    patterns: [query]
    roles: [social-worker]
    identifierTypes: [nhs-number]
    caseReferences:
      - kind: case
        pattern: ^ASC-[0-9]{4}-[0-9]{5}$
    legalBasis: [ukgdpr-6-1-e, care-2014-s42, ukgdpr-9-2-g, dpa-sch1-para18, cldc-explicit-consent]
    unmatched: uniform
    override:
      authorisedBy: [team-manager]
      reasons: [consent-cannot-reasonably-be-obtained, asking-would-prejudice-protection]
      legalBasis: [ukgdpr-6-1-e, care-2014-s42, ukgdpr-9-2-g, dpa-sch1-para18, cldc-public-interest]
      reviewWithinDays: ${REVIEW_DAYS}
`,
};

/** What a request says that invokes it. */
export const BY_OVERRIDE = {
  purpose: 'adult-safeguarding',
  override: {
    reason: 'asking-would-prejudice-protection',
    authorisedBy: { staffId: 'tm-0007', role: 'team-manager' },
  },
};

/** @param add more definitions, by the names of their files */
export async function startOverrideWorld(clock?: Clock, add?: Record<string, string>): Promise<OverrideWorld> {
  const gateway = await startSuppliedGateway({ add: { ...SAFEGUARDING, ...add } }, {}, clock);
  gateway.holds.set('9990000018', patient());
  const council = await gateway.as('northmoor-council-adult-care');
  return {
    gateway,
    council,
    officer: (id) => gateway.as(id),
    askByOverride: (change = {}) =>
      council('POST', '/v1/queries', needsQuery('9990000018', { ...BY_OVERRIDE, ...change })),
    stop: (of) => gateway.stop(of),
  };
}
