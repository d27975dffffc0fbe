import { buildRegister, EMPTY_REGISTER } from '../../../src/definitions/index.js';
import { makeAgency, makeAgreement, makeDataService, makeLeg } from '../../support/agreement.js';

describe('the register', () => {
  const signed = (agreement = makeAgreement()) => ({ agreement, hash: 'h', signatures: [] });
  const build = (...agreements: ReturnType<typeof signed>[]) =>
    buildRegister({
      revision: 3,
      agencies: new Map([['council', makeAgency('council', 'council')]]),
      systems: new Map(),
      officers: new Map(),
      dataServices: new Map([['trust/needs', makeDataService()]]),
      agreements,
    });

  it('knows nobody and allows nothing before it is read', () => {
    expect(EMPTY_REGISTER.revision).toBeLessThan(0);
    expect(EMPTY_REGISTER.system('x')).toBeUndefined();
    expect(EMPTY_REGISTER.agreementsFor('trust/needs', 'council')).toEqual([]);
  });

  it('finds agreements by data service and recipient, each once', () => {
    const register = build(signed(makeAgreement({ legs: [makeLeg(), makeLeg({ id: 'second' })] })));
    expect(register.agreementsFor('trust/needs', 'council')).toHaveLength(1);
    expect(register.agreementsFor('trust/needs', 'trust')).toEqual([]);
    expect(register.agreementsFor('trust/other', 'council')).toEqual([]);
    expect(register.agreementsOf('trust')).toHaveLength(1);
    expect(register.agreementsOf('fire')).toEqual([]);
    expect(register.agreement('care')?.version).toBe(1);
  });

  it('cannot be changed by whoever reads it', () => {
    const register = build(signed());
    const [agreement] = register.agreementsFor('trust/needs', 'council');
    expect(() => (agreement!.agreement.legs[0]!.items as string[]).push('more')).toThrow(TypeError);
    expect(() => ((register.agency('council') as { name: string }).name = 'x')).toThrow(TypeError);
    expect(() => (register.agreementsOf('trust') as unknown[]).push(1)).toThrow(TypeError);
    expect(() => (register.dataServices() as unknown[]).pop()).toThrow(TypeError);
  });
});
