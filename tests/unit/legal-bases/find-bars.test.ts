import { findBars } from '../../../src/legal-bases/index.js';
import { CATALOGUE } from '../../support/legal-bases.js';

const flow = { from: 'council', purpose: 'fraud', restrictedBy: [], stack: ['ukgdpr-6-1-e'] } as const;
const bars = (change: Partial<Parameters<typeof findBars>[1]>): string[] => findBars(CATALOGUE, { ...flow, ...change });

describe('what a provision forbids', () => {
  it('is nothing for an ordinary flow', () => expect(bars({})).toEqual([]));

  it('is an item that falls under it, but for the purposes that it excepts', () => {
    const restrictedBy = ['psa-1938-s1'];
    expect(bars({ restrictedBy, purpose: 'birth-notification' })).toEqual(['psa-1938-s1']);
    expect(bars({ restrictedBy, purpose: 'statistics' })).toEqual([]);
  });

  it('is what a health authority would disclose in reliance on it (PCSC Act 2022 s.16(4))', () => {
    const stack = ['ukgdpr-6-1-e', 'pcsca-2022-s16'];
    expect(bars({ stack, from: 'nhs-provider', purpose: 'serious-violence' })).toEqual(['pcsca-2022-s16']);
    expect(bars({ stack, from: 'police', purpose: 'serious-violence' })).toEqual([]);
    expect(bars({ from: 'nhs-provider', purpose: 'serious-violence' })).toEqual([]);
  });

  it('is patient information in reliance on it, whoever holds it', () => {
    const patient = { stack: ['pcsca-2022-s16'], restrictedBy: ['pcsca-2022-s16'] };
    expect(bars({ ...patient, from: 'council', purpose: 'serious-violence' })).toEqual(['pcsca-2022-s16']);
  });

  it('is patient information for serious violence functions, which nothing else is for', () => {
    const patient = { from: 'nhs-provider', restrictedBy: ['pcsca-2022-s16'] } as const;
    expect(bars({ ...patient, purpose: 'serious-violence' })).toEqual(['pcsca-2022-s16']);
    expect(bars({ ...patient, purpose: 'adult-social-care' })).toEqual([]);
  });

  it('is a purpose, whatever is relied on (Local Audit and Accountability Act 2014 Sch. 9 para. 1(5))', () => {
    expect(bars({ purpose: 'fraud-propensity' })).toEqual(['laaa-2014-s33-sch9']);
  });
});
