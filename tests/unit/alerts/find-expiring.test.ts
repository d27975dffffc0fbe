import { findExpiring } from '../../../src/alerts/find-expiring.js';
import type { Agreement } from '../../../src/agreements/index.js';
import { buildRegister } from '../../../src/definitions/index.js';
import { makeAgreement } from '../../support/agreement.js';

const register = (agreement: Agreement, halted?: 'suspended' | 'revoked') =>
  buildRegister({
    revision: 1,
    agencies: new Map(),
    systems: new Map(),
    officers: new Map(),
    dataServices: new Map(),
    agreements: [{ agreement, hash: 'h', signatures: [], ...(halted && { halted }) }],
  });
const found = (today: string, halted?: 'suspended' | 'revoked') =>
  findExpiring(register(makeAgreement({ endsOn: '2026-12-31' }), halted), today);

describe('an agreement about to expire', () => {
  it.each([
    ['2026-11-01', 60],
    ['2026-11-02', 60],
    ['2026-12-01', 30],
    ['2026-12-23', 30],
    ['2026-12-24', 7],
    ['2026-12-31', 7],
  ])('is told to each party: on %s, that it ends within %d days', (today, withinDays) => {
    expect(found(today)).toEqual(
      ['council', 'trust'].map((agency) => ({
        kind: 'agreement-about-to-expire',
        agency,
        about: `care 1 2026-12-31 ${withinDays}`,
        detail: { agreement: 'care', version: 1, endsOn: '2026-12-31', withinDays },
      })),
    );
  });

  it.each(['2026-10-31', '2027-01-01'])('is not told of on %s: too early, or over', (today) => {
    expect(found(today)).toEqual([]);
  });

  it('is told while a party has suspended it, and not when one has revoked it', () => {
    expect(found('2026-12-24', 'suspended')).toHaveLength(2);
    expect(found('2026-12-24', 'revoked')).toEqual([]);
  });
});
