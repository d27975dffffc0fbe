import fc from 'fast-check';
import { basesReliedOn, requiredPermissions, stackGaps } from '../../../src/legal-bases/index.js';
import { anyStackAndFlow, CATALOGUE, flow } from '../../support/legal-bases.js';

describe('the bases that a disclosure rests on', () => {
  it('leave out what is for another item or purpose, and hold the companions', () => {
    const power = ['ukgdpr-6-1-e', 'frsa-2004-s7'];
    const condition = ['ukgdpr-9-2-g', 'dpa-sch1-para18', 'dpa-sch1-part4-apd'];
    const stack = [...power, 'cca-2004-s6-regs', ...condition];
    const about = flow({ from: 'nhs-provider', to: 'fire-and-rescue', purpose: 'premises-risk', policyDocument: true });
    expect(basesReliedOn(CATALOGUE, stack, about)).toEqual(power);
    const special = { ...about, sensitivity: 'special-category' } as const;
    expect(basesReliedOn(CATALOGUE, stack, special)).toEqual([...power, ...condition]);
  });

  it('are none when the stack is not complete, and otherwise are complete by themselves', () => {
    fc.assert(
      fc.property(anyStackAndFlow, ([stack, any]) => {
        const reliedOn = basesReliedOn(CATALOGUE, stack, any);
        if (stackGaps(CATALOGUE, stack, any).length > 0) expect(reliedOn).toEqual([]);
        else expect(stackGaps(CATALOGUE, reliedOn, any)).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });

  it('leave out a permission that nobody has to give, because another base fills its part', () => {
    const stack = ['ukgdpr-6-1-e', 'hsca-2012-s251b', 'cldc-explicit-consent', 'cldc-implied-direct-care'];
    const about = flow({ from: 'nhs-provider', to: 'gp-practice', purpose: 'direct-care', confidential: true });
    expect(basesReliedOn(CATALOGUE, stack, about)).toEqual(stack.filter((id) => id !== 'cldc-explicit-consent'));
  });

  it('rest on exactly the kinds of permission that are required', () => {
    fc.assert(
      fc.property(anyStackAndFlow, ([stack, any]) => {
        fc.pre(stackGaps(CATALOGUE, stack, any).length === 0);
        const kinds = basesReliedOn(CATALOGUE, stack, any).map((id) => CATALOGUE.get(id)?.permission ?? null);
        const relied = new Set(kinds.filter((kind) => kind !== null));
        expect(relied).toEqual(new Set(requiredPermissions(CATALOGUE, stack, any)));
      }),
    );
  });
});
