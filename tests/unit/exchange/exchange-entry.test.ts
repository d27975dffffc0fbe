import { randomBytes } from 'node:crypto';
import { EMPTY_REGISTER } from '../../../src/definitions/index.js';
import {
  decisionEntry,
  handlesOf,
  outcomeEntry,
  unreadableRequestEntry,
  type Decided,
} from '../../../src/exchange/exchange-entry.js';
import { Decisions } from '../../../src/policy/index.js';
import { permittedFacts, policies } from '../../support/facts.js';
import { makeDisclosureRequest } from '../../support/disclosure-request.js';

const KEY = randomBytes(32);
const AT = new Date('2026-11-22T09:30:00.000Z');
const identifiers = [
  { type: 'nhs-number', value: '9990000018' },
  { type: 'name-dob-postcode', value: 'EXAMPLE|1900-01-01|SW1A 2AA' },
] as const;

function decided(change: Parameters<typeof makeDisclosureRequest>[0] = {}, key = KEY): Decided {
  const request = makeDisclosureRequest({ identifiers, caseReference: 'ASC-MRS-EXAMPLE', ...change });
  return {
    request,
    subjectHandles: handlesOf(request, key),
    facts: permittedFacts,
    decision: new Decisions(policies).decide(permittedFacts),
    permissions: [{ id: 'a-permission', revision: 2 }],
    statements: { seen: 0, handles: [], reliedOn: [] },
    addressSuppressed: false,
    conflicting: [],
    budgets: [],
    toldOfWithdrawal: [],
    revealsUnmatched: false,
    register: EMPTY_REGISTER,
    at: AT,
  };
}
const IDENTIFYING = /9990000018|EXAMPLE|1900|SW1A/i;

describe('the entry of an exchange', () => {
  it('names nobody: the person and the case stand in it as handles', () => {
    const entry = decisionEntry(decided(), KEY);
    expect(JSON.stringify(entry)).not.toMatch(IDENTIFYING);
    const { requester, supplier } = entry.detail.subjectHandles ?? { requester: [], supplier: [] };
    expect([...requester, ...supplier, entry.detail.caseReferenceHandle]).toEqual(
      Array.from({ length: 5 }, () => expect.stringMatching(/^[A-Za-z0-9_-]{43}$/) as string),
    );
  });

  it('gives each agency a view of its own, in which the same person is always the same', () => {
    const one = decisionEntry(decided(), KEY).detail.subjectHandles;
    const again = decisionEntry(decided({ exchangeId: 'another', caseReference: undefined }), KEY).detail
      .subjectHandles;
    const otherKey = decisionEntry(decided({}, randomBytes(32)), KEY).detail.subjectHandles;
    expect(one).toEqual(again);
    expect(new Set([...(one?.requester ?? []), ...(one?.supplier ?? []), ...(otherKey?.requester ?? [])]).size).toBe(6);
  });

  it('says in its claims nothing that tells persons, cases or permissions apart', () => {
    const { claims } = decisionEntry(decided(), KEY);
    const other = decisionEntry(
      {
        ...decided({ identifiers: [{ type: 'nhs-number', value: '9990000034' }], caseReference: 'ASC-2' }),
        permissions: [{ id: 'another', revision: 0 }],
      },
      KEY,
    );
    expect(other.claims).toEqual(claims);
  });

  it('names the legal basis stack of each permitted item, the policies and the facts that decided', () => {
    const made = decided();
    const { claims, detail, facts } = decisionEntry(made, KEY);
    expect(claims.items).toEqual([
      {
        dataItem: 'assessed-needs',
        outcome: 'permit',
        reasonCodes: [],
        legalBasis: permittedFacts.items[0]?.leg?.legalBasis,
      },
    ]);
    expect(claims.decision).toEqual({ outcome: 'permit', reasonCodes: ['PERMIT'], policyVersion: policies.version });
    expect(detail).toMatchObject({ permissions: ['a-permission'], factsHash: facts?.hash });
    expect(JSON.parse(facts?.content ?? '')).toEqual(permittedFacts);
  });

  it('keeps with the outcome everything that the decision rested on, the time and revision of its own, and the surplus', () => {
    const decision = decisionEntry(decided(), KEY);
    const outcome = { result: 'disclosed', released: ['assessed-needs'], withheld: [], cause: null } as const;
    const later = new Date('2026-11-22T09:30:01.000Z');
    const entry = outcomeEntry(decision, outcome, { at: later, registerRevision: 8, surplus: 3 });
    expect(entry).toEqual({
      claims: { ...decision.claims, kind: 'outcome', at: '2026-11-22T09:30:01.000Z', outcome },
      detail: { ...decision.detail, registerRevision: 8, surplus: 3 },
      facts: decision.facts,
    });
  });

  it('of a request that was not understood holds nothing of the request', () => {
    const entry = unreadableRequestEntry(
      { pattern: 'query', caller: { system: 's', agency: 'council' }, body: Buffer.from('{"9990000018":"EXAMPLE"}') },
      'an-exchange',
      { at: AT, policyVersion: 'v', registerRevision: 7 },
    );
    expect(JSON.stringify(entry)).not.toMatch(IDENTIFYING);
    expect(entry).toMatchObject({
      claims: {
        decision: { outcome: 'deny', reasonCodes: ['REQUEST_INVALID'] },
        supplier: null,
        dataService: null,
        items: [],
      },
      detail: { subjectHandles: null, caseReferenceHandle: null, registerRevision: 7 },
    });
  });
});
