import { validateSync } from 'class-validator';
import { agenciesUnderPart3, lawEnforcementClaim, withOutcome } from '../../../src/exchange/law-enforcement.js';
import { QueryBody } from '../../../src/exchange/query-body.js';
import { projectLegalBases } from '../../../src/legal-bases/index.js';
import type { Outcome } from '../../../src/disclosure-log/index.js';
import { makeDisclosureRequest } from '../../support/disclosure-request.js';

const CATALOGUE = projectLegalBases();
const ASKED = makeDisclosureRequest({
  caller: { system: 'council-system', agency: 'council' },
  dataService: 'police/incidents',
  requestedBy: { staffId: 'cs-1', role: 'community-safety-officer' },
});
const outcome = (result: Outcome['result']): Outcome => ({ result, released: [], withheld: [], cause: null });

/** One item for each stack, permitted on it. */
const decisionOn = (...stacks: string[][]): Parameters<typeof agenciesUnderPart3>[1] => ({
  outcome: 'permit',
  items: stacks.map((legalBasis, place) => ({
    item: `item-${place}`,
    outcome: 'permit',
    reasonCodes: ['PERMIT'],
    legalBasis,
    policies: [],
  })),
});
const CROSSING = ['dpa-part3-s36', 'ukgdpr-6-1-e', 'cda-1998-s115'];
const BOTH = ['dpa-part3-s31-s35', 'dpa-sch8-para1'];
const NEITHER = ['ukgdpr-6-1-e', 'care-2014-s6'];

describe('the agencies that process under Part 3 of the Data Protection Act 2018', () => {
  const agencies = (...stacks: string[][]): string[] => agenciesUnderPart3(ASKED, decisionOn(...stacks), CATALOGUE);

  it('are none where nothing is permitted', () => {
    expect(agencies()).toEqual([]);
    expect(agenciesUnderPart3(ASKED, { ...decisionOn(BOTH), outcome: 'deny' }, CATALOGUE)).toEqual([]);
  });

  it('are none where every item rests on the UK GDPR', () => expect(agencies(NEITHER, NEITHER)).toEqual([]));

  it('are the supplier alone where the data cross into the UK GDPR (s.36)', () =>
    expect(agencies(NEITHER, CROSSING)).toEqual(['police']));

  it('are both where no lawful basis of the UK GDPR stands beside it (ss.31 to 35)', () =>
    expect(agencies(CROSSING, BOTH)).toEqual(['police', 'council']));

  it('do not depend on a condition alone: it is the lawful basis that says under which Part', () =>
    expect(agencies([...NEITHER, 'dpa-sch8-para1'])).toEqual([]));

  it('do not depend on what is withheld', () => {
    const { items } = decisionOn(BOTH);
    const withheld = {
      outcome: 'permit-partial' as const,
      items: items.map((one) => ({ ...one, outcome: 'deny' as const })),
    };
    expect(agenciesUnderPart3(ASKED, withheld, CATALOGUE)).toEqual([]);
  });
});

describe('what is logged for DPA 2018 s.62', () => {
  const claim = lawEnforcementClaim({ ...ASKED, lawEnforcementJustification: 'prevention-of-offences' }, [
    'police',
    'council',
  ])!;
  const of = { supplier: 'police', dataService: 'police/incidents' };

  it('is nothing where nobody processes under Part 3, whatever the request says', () => {
    const asked = { ...ASKED, lawEnforcementJustification: 'public-security' as const };
    expect([lawEnforcementClaim(asked), lawEnforcementClaim(asked, [])]).toEqual([undefined, undefined]);
  });

  it('is of a permit: consultation, justification, who consults and who receives', () => {
    expect(claim).toEqual({
      agencies: ['police', 'council'],
      operations: [{ agency: 'police', operation: 'consultation' }],
      justification: 'prevention-of-offences',
      consultedBy: { agency: 'council', staffId: 'cs-1', role: 'community-safety-officer' },
      recipient: 'council',
    });
  });

  it('is the purpose of the agreement where the request gives no justification', () =>
    expect(lawEnforcementClaim(ASKED, ['police'])?.justification).toBe('purpose-of-the-agreement'));

  it('is of a release: disclosure by the one, and collection by the other where it is under Part 3 too', () => {
    expect(withOutcome(claim, outcome('disclosed'), of)).toEqual({
      ...claim,
      operations: [
        { agency: 'police', operation: 'disclosure' },
        { agency: 'council', operation: 'collection' },
      ],
      disclosedBy: { agency: 'police', dataService: 'police/incidents' },
    });
    const alone = { ...claim, agencies: ['police'] };
    expect(withOutcome(alone, outcome('disclosed'), of).operations).toEqual([
      { agency: 'police', operation: 'disclosure' },
    ]);
  });

  it.each(['supplier-failed', 'permit-lapsed', 'unconfirmed', 'not-released'] as const)(
    'is no disclosure where the outcome is %s',
    (result) => expect(withOutcome(claim, outcome(result), of)).toEqual({ ...claim, operations: [] }),
  );

  it.each(['Jo Bloggs is wanted for burglary', '', 'life-at-risk', 1, null])(
    'takes a justification from a closed list alone, and never %j',
    (value) => {
      const body = Object.assign(new QueryBody(), { lawEnforcementJustification: value });
      const atFault = validateSync(body).map(({ property }) => property);
      // `null` and what is left out are told apart where the body is read.
      expect(atFault.includes('lawEnforcementJustification')).toBe(value !== null);
    },
  );
});
