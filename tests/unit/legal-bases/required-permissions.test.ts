import fc from 'fast-check';
import { requiredPermissions, stackGaps, type Flow } from '../../../src/legal-bases/index.js';
import { CATALOGUE, COMPLETE_STACKS, flow } from '../../support/legal-bases.js';

const required = (stack: readonly string[], changes: Partial<Flow>): string[] =>
  requiredPermissions(CATALOGUE, stack, flow(changes));

describe('the permissions that a disclosure relies on', () => {
  const trust = ['ukgdpr-6-1-e', 'care-2014-s6', 'ukgdpr-9-2-h', 'dpa-sch1-para2', 'cldc-explicit-consent'];

  it('include the confidentiality permission for a confidential item only', () => {
    const about = { from: 'nhs-provider', sensitivity: 'special-category' } as const;
    expect(required(trust, { ...about, confidential: true })).toEqual(['confidentiality']);
    expect(required(trust, about)).toEqual([]);
    expect(required(trust, { ...about, sensitivity: 'standard' })).toEqual([]);
  });

  it('include explicit consent only where no other condition is complete', () => {
    const stack = ['ukgdpr-6-1-e', 'localism-2011-s1', 'ukgdpr-9-2-a'];
    const about = { to: 'fire-and-rescue', purpose: 'home-fire-safety' } as const;
    expect(required(stack, { ...about, sensitivity: 'special-category' })).toEqual(['uk-gdpr-consent']);
    expect(required(stack, about)).toEqual([]);
    const both = ['ukgdpr-6-1-a', 'ukgdpr-9-2-a', 'ukgdpr-9-2-e'];
    const charity = { from: 'voluntary-sector', purpose: 'optional-service', sensitivity: 'special-category' } as const;
    expect(required(both, charity)).toEqual(['uk-gdpr-consent']);
  });

  it('include consent as the condition for offence data', () => {
    const stack = ['ukgdpr-6-1-e', 'localism-2011-s1', 'dpa-sch1-para29'];
    const about = { to: 'fire-and-rescue', purpose: 'home-fire-safety', sensitivity: 'criminal-offence' } as const;
    expect(required(stack, about)).toEqual(['uk-gdpr-consent']);
  });

  it('include the agreement that a duty to refer asks for, unless another power reaches the disclosure', () => {
    const about = { from: 'dwp', purpose: 'homelessness' } as const;
    expect(required(['ukgdpr-6-1-e', 'ha-1996-s213b'], about)).toEqual(['statutory-agreement']);
    expect(required(['ukgdpr-6-1-c', 'ha-1996-s213b'], about)).toEqual(['statutory-agreement']);
    expect(required(['ukgdpr-6-1-e', 'ha-1996-s213b', 'wra-2012-s131-reg5'], about)).toEqual([]);
  });

  it('are several where each part rests on its own kind: one never stands in for another', () => {
    const stack = ['ukgdpr-6-1-e', 'ha-1996-s213b', 'cldc-explicit-consent'];
    expect(required(stack, { from: 'nhs-provider', purpose: 'homelessness', confidential: true })).toEqual([
      'statutory-agreement',
      'confidentiality',
    ]);
  });

  it('do not include confidentiality where implied consent for direct care opens the gate', () => {
    const stack = ['ukgdpr-6-1-e', 'hsca-2012-s251b', 'cldc-explicit-consent', 'cldc-implied-direct-care'];
    const about = { from: 'nhs-provider', to: 'gp-practice', purpose: 'direct-care', confidential: true } as const;
    expect(required(stack, about)).toEqual([]);
  });

  it('are every kind named when the stack is not complete', () => {
    expect(required(['ukgdpr-9-2-a', 'cldc-explicit-consent'], {})).toEqual(['uk-gdpr-consent', 'confidentiality']);
    expect(required([], {})).toEqual([]);
    const consent = CATALOGUE.get('cldc-explicit-consent');
    const repealed = {
      ...CATALOGUE,
      get: (id: string) =>
        consent && id === consent.id ? { ...consent, inForceUntil: '2026-01-01' } : CATALOGUE.get(id),
    };
    const stack = ['ukgdpr-6-1-e', 'care-2014-s6', 'cldc-explicit-consent'];
    expect(requiredPermissions(repealed, stack, flow({}))).toEqual(['confidentiality']);
  });

  it('are enough, and none of them can be done without', () => {
    const ids = CATALOGUE.all().map(({ id }) => id);
    const without = (stack: readonly string[], kinds: readonly (string | null)[]): string[] =>
      stack.filter(
        (id) => !kinds.includes(CATALOGUE.get(id)?.permission ?? null) || CATALOGUE.get(id)?.permission === null,
      );
    fc.assert(
      fc.property(
        fc.constantFrom(...COMPLETE_STACKS),
        fc.subarray(ids, { maxLength: 6 }),
        fc.boolean(),
        (one, more, secret) => {
          const stack = [...one.stack, ...more];
          const about = { ...one.flow, confidential: one.flow.confidential || secret };
          fc.pre(stackGaps(CATALOGUE, stack, about).length === 0);
          const kinds = requiredPermissions(CATALOGUE, stack, about);
          const others = ['uk-gdpr-consent', 'confidentiality', 'statutory-agreement'].filter(
            (kind) => !kinds.includes(kind as never),
          );
          expect(stackGaps(CATALOGUE, without(stack, others), about)).toEqual([]);
          for (const kind of kinds) {
            expect(stackGaps(CATALOGUE, without(stack, [...others, kind]), about)).not.toEqual([]);
          }
        },
      ),
    );
  });
});
