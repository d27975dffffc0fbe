import { randomBytes } from 'node:crypto';
import type { Leg } from '../../../src/agreements/index.js';
import { buildRegister } from '../../../src/definitions/index.js';
import { decideRequest } from '../../../src/exchange/decide-request.js';
import { Decisions } from '../../../src/policy/index.js';
import { makeAgency, makeAgreement, makeDataService, makeItem, makeLeg } from '../../support/agreement.js';
import { makeDisclosureRequest } from '../../support/disclosure-request.js';
import { policies } from '../../support/facts.js';
import { CATALOGUE } from '../../support/legal-bases.js';

const SERVICE = makeDataService({ items: [makeItem('needs'), makeItem('coordinator')] });
const WEEKDAYS = { days: ['mon', 'tue', 'wed', 'thu', 'fri'], from: '08:00', until: '18:00' } as const;

function decideUnder(legs: readonly Leg[], at: string, change: Parameters<typeof makeDisclosureRequest>[0] = {}) {
  const agreement = makeAgreement({ legs });
  const register = buildRegister({
    revision: 1,
    agencies: new Map(
      [makeAgency('council', 'council'), makeAgency('trust', 'nhs-provider')].map((one) => [one.id, one]),
    ),
    systems: new Map(),
    officers: new Map(),
    dataServices: new Map([[SERVICE.id, SERVICE]]),
    agreements: [{ agreement, hash: 'h', signatures: [] }],
  });
  return decideRequest(makeDisclosureRequest(change), register, {
    catalogue: CATALOGUE,
    permissions: { recordedOf: async () => [] },
    statements: { recordedOf: async (handles) => ({ statements: [], seen: 0, handles }) },
    decisions: new Decisions(policies),
    clock: { now: () => new Date(at) },
    keys: { subjectHandle: randomBytes(32) },
  });
}

describe('the facts that the terms of a leg give a decision', () => {
  it.each([
    ['2026-11-23T07:59:59Z', true],
    ['2026-11-23T08:00:00Z', undefined],
    ['2026-11-23T17:59:59Z', undefined],
    ['2026-11-23T18:00:00Z', true],
    ['2026-11-22T12:00:00Z', true],
    ['2026-07-06T17:30:00Z', true],
  ])('say at %s whether that is outside its hours', async (at, outside) => {
    const { facts } = await decideUnder([makeLeg({ hours: WEEKDAYS })], at);
    for (const { leg } of facts.items) expect(leg?.outsideHours).toBe(outside);
    expect(JSON.stringify(facts).includes('outsideHours')).toBe(outside === true);
  });

  it('hold the role against those for the purpose that is asked for', async () => {
    const purposes = ['adult-social-care', 'safeguarding-adults'];
    const rolesByPurpose = { 'adult-social-care': ['social-worker'], 'safeguarding-adults': ['clerk'] };
    const leg = makeLeg({ purposes, rolesByPurpose });
    const covers = async (purpose: string, role: string) => {
      const requestedBy = { staffId: 'sw-1', role };
      const { facts } = await decideUnder([leg], '2026-11-23T12:00:00Z', { purpose, requestedBy });
      return facts.items.map((item) => item.leg?.coversRole);
    };
    expect(await covers('adult-social-care', 'social-worker')).toEqual([true, true]);
    expect(await covers('adult-social-care', 'clerk')).toEqual([false, false]);
    expect(await covers('safeguarding-adults', 'clerk')).toEqual([true, true]);
    expect(await covers('safeguarding-adults', 'social-worker')).toEqual([false, false]);
    expect(await covers('constructor', 'social-worker')).toEqual([false, false]);
  });
});

describe('what a permit takes of budgets', () => {
  const at = '2026-11-23T12:00:00Z';
  const budgetsOf = async (...legs: Leg[]) => {
    const { decision, budgets } = await decideUnder(legs, at);
    return { outcome: decision.outcome, budgets };
  };
  const of = { agreement: 'care', system: 'council-system' };

  it('is one of each budget of the leg, however many items it gives', async () => {
    expect(await budgetsOf(makeLeg({ budget: { perHour: 5, perDay: 20 } }))).toEqual({
      outcome: 'permit',
      budgets: [
        { ...of, leg: 'trust-to-council', period: 'hour', most: 5 },
        { ...of, leg: 'trust-to-council', period: 'day', most: 20 },
      ],
    });
  });

  it('is one of each leg that gives an item', async () => {
    const legs = [
      makeLeg({ id: 'a', items: ['needs'], budget: { perDay: 1 } }),
      makeLeg({ id: 'b', items: ['coordinator'], budget: { perDay: 2 } }),
      makeLeg({ id: 'c', budget: { perDay: 3 } }),
    ];
    expect((await budgetsOf(...legs)).budgets.map(({ leg }) => leg)).toEqual(['a', 'b']);
  });

  it('is nothing for a deny, also where one of its items alone could go', async () => {
    const legs = [
      makeLeg({ id: 'a', items: ['needs'], budget: { perDay: 1 } }),
      makeLeg({ id: 'b', items: ['coordinator'], roles: ['clerk'], budget: { perDay: 2 } }),
    ];
    expect(await budgetsOf(...legs)).toEqual({ outcome: 'deny', budgets: [] });
  });
});
