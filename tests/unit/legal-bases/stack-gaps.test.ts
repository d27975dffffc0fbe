import fc from 'fast-check';
import { stackGaps, type Flow } from '../../../src/legal-bases/index.js';
import { anyFlow, anyStackAndFlow, CATALOGUE, COMPLETE_STACKS, flow } from '../../support/legal-bases.js';

const ALL = CATALOGUE.all();
const IDS = ALL.map(({ id }) => id);
const NOT_IN_FORCE = ALL.filter(({ inForce }) => inForce !== 'in-force').map(({ id }) => id);
const gaps = (stack: readonly string[], changes: Partial<Flow>): string[] =>
  stackGaps(CATALOGUE, stack, flow(changes)).map(({ code, basis }) => (basis ? `${code} ${basis}` : code));

describe('an empty stack', () => {
  it('is never complete', () => {
    fc.assert(fc.property(anyFlow, (any) => expect(stackGaps(CATALOGUE, [], any)).not.toEqual([])));
  });

  it('lacks everything that a confidential special-category item of a public body needs', () => {
    expect(gaps([], { sensitivity: 'special-category', confidential: true })).toEqual([
      'no-lawful-basis',
      'no-power-or-duty',
      'no-special-category-condition',
      'no-confidentiality-gate',
    ]);
  });
});

describe('a complete stack', () => {
  it.each(COMPLETE_STACKS)('is found complete: $title', (complete) => {
    expect(stackGaps(CATALOGUE, complete.stack, complete.flow)).toEqual([]);
  });

  it.each(COMPLETE_STACKS)('is not complete without any base that alone fills its part: $title', (complete) => {
    for (const id of complete.stack) {
      const rest = complete.stack.filter((other) => other !== id);
      const supplies = CATALOGUE.get(id)?.supplies ?? [];
      const alone = supplies.some((part) => !rest.some((other) => CATALOGUE.get(other)?.supplies.includes(part)));
      if (alone) expect(stackGaps(CATALOGUE, rest, complete.flow)).not.toEqual([]);
    }
  });

  it('is not complete without the companion of a condition', () => {
    const stack = ['ukgdpr-6-1-e', 'care-2014-s6', 'ukgdpr-9-2-h'];
    expect(gaps(stack, { from: 'nhs-provider', sensitivity: 'special-category' })).toEqual([
      'no-special-category-condition',
      'needs-companion ukgdpr-9-2-h',
    ]);
    expect(gaps(['dpa-part3-s36', 'police-common-law'], { from: 'police', purpose: 'safeguarding' })).toContain(
      'needs-companion dpa-part3-s36',
    );
  });

  it('stays complete with bases added that are in force, unless one is a restriction', () => {
    fc.assert(
      fc.property(fc.constantFrom(...COMPLETE_STACKS), fc.subarray(IDS), (complete, more) => {
        const spoils = more.some((id) => NOT_IN_FORCE.includes(id) || CATALOGUE.get(id)?.effect === 'restriction');
        expect(stackGaps(CATALOGUE, [...complete.stack, ...more], complete.flow).length > 0).toBe(spoils);
      }),
    );
  });

  it('holds, whatever it is, each part that the law asks of the flow, in force and reaching it', () => {
    let complete = 0;
    fc.assert(
      fc.property(anyStackAndFlow, ([stack, any]) => {
        if (stackGaps(CATALOGUE, stack, any).length > 0) return;
        complete += 1;
        const bases = stack.map((id) => CATALOGUE.get(id)).filter((basis) => basis !== undefined);
        expect(bases.length).toBe(stack.length);
        expect(bases.every((basis) => basis.inForce === 'in-force' && basis.effect !== 'restriction')).toBe(true);
        const reaching = bases.filter(
          ({ permits }) =>
            [any.from, '*'].some((type) => permits.fromAgencyTypes.includes(type as '*')) &&
            [any.to, '*'].some((type) => permits.toAgencyTypes.includes(type as '*')),
        );
        const has = (...kinds: string[]): boolean => reaching.some(({ kind }) => kinds.includes(kind));
        expect(has('lawful-basis', 'law-enforcement')).toBe(true);
        if (any.from === 'council') expect(has('statutory-gateway', 'statutory-duty')).toBe(true);
        if (any.sensitivity === 'special-category')
          expect(has('special-category-condition', 'law-enforcement')).toBe(true);
        if (any.sensitivity === 'criminal-offence') {
          expect(has('criminal-offence-condition', 'law-enforcement')).toBe(true);
        }
        if (any.confidential) expect(has('confidentiality')).toBe(true);
      }),
      { numRuns: 3000 },
    );
    expect(complete).toBeGreaterThan(200);
  });
});

describe('what is not in force', () => {
  it('never yields a complete stack, whatever stands beside it', () => {
    fc.assert(
      fc.property(anyStackAndFlow, fc.constantFrom(...NOT_IN_FORCE), ([stack, any], id) => {
        const found = stackGaps(CATALOGUE, [...stack, id], any);
        expect(found.map(({ code, basis }) => [code, basis])).toContainEqual(['not-in-force', id]);
      }),
    );
  });

  it('begins and ends with its days', () => {
    const stack = ['ukgdpr-6-1-ea-safeguarding'];
    const from = { from: 'voluntary-sector', purpose: 'safeguarding' } as const;
    expect(gaps(stack, { ...from, on: '2026-02-04' })).toContain('not-in-force ukgdpr-6-1-ea-safeguarding');
    expect(gaps(stack, { ...from, on: '2026-02-05' })).toEqual([]);
    const ending = { ...CATALOGUE, get: (id: string) => withEnd(id, '2026-11-22') };
    expect(stackGaps(ending, stack, flow({ ...from, on: '2026-11-22' }))).toEqual([]);
    expect(stackGaps(ending, stack, flow({ ...from, on: '2026-11-23' }))).not.toEqual([]);
  });

  it('is everything, on a day that is none', () => {
    for (const on of ['', 'today', '2026-11-22T09:00:00Z']) {
      expect(gaps(['ukgdpr-6-1-e', 'care-2014-s6'], { on })).toContain('not-in-force ukgdpr-6-1-e');
    }
  });

  function withEnd(id: string, inForceUntil: string): ReturnType<typeof CATALOGUE.get> {
    const basis = CATALOGUE.get(id);
    return basis && { ...basis, inForceUntil };
  }
});

describe('a stack that names what nobody may rely on', () => {
  it('is refused for a basis that the catalogue does not hold', () => {
    expect(gaps(['ukgdpr-6-1-e', 'care-2014-s6', 'common-sense'], {})).toEqual(['unknown-basis common-sense']);
    expect(gaps(['ukgdpr-6-1-e', 'care-2014-s6', '__proto__'], {})).toEqual(['unknown-basis __proto__']);
  });

  it('is refused for each restriction, which opens nothing', () => {
    const restrictions = ALL.filter(({ effect }) => effect === 'restriction').map(({ id }) => id);
    expect(restrictions).toEqual(expect.arrayContaining(['hra-1998-art8', 'psa-1938-s1', 'ssaa-1992-s123']));
    for (const id of restrictions) {
      expect(gaps(['ukgdpr-6-1-e', 'care-2014-s6', id], { confidential: true })).toEqual([
        `bars-disclosure ${id}`,
        'no-confidentiality-gate',
      ]);
    }
  });
});

describe('a power or duty', () => {
  it('is always needed by a public body, and not by a charity that relies on a recognised legitimate interest', () => {
    expect(gaps(['ukgdpr-6-1-e'], {})).toEqual(['no-power-or-duty']);
    expect(gaps(['ukgdpr-6-1-a'], { purpose: 'optional-service' })).toEqual(['no-power-or-duty']);
    expect(gaps(['ukgdpr-6-1-a'], { from: 'voluntary-sector', purpose: 'optional-service' })).toEqual([]);
  });

  it('is needed beside a lawful basis that is laid down by law, whoever relies on it', () => {
    const publicTask = CATALOGUE.get('ukgdpr-6-1-e');
    if (!publicTask) throw new Error('The catalogue lacks Art. 6(1)(e).');
    const open = { ...publicTask, permits: { ...publicTask.permits, fromAgencyTypes: ['*'] as const } };
    const catalogue = { ...CATALOGUE, get: (id: string) => (id === open.id ? open : CATALOGUE.get(id)) };
    const about = flow({ from: 'voluntary-sector', purpose: 'safeguarding' });
    expect(stackGaps(catalogue, [open.id], about).map(({ code }) => code)).toEqual(['no-power-or-duty']);
    expect(stackGaps(catalogue, [open.id, 'ukgdpr-6-1-ea-safeguarding'], about)).toEqual([]);
  });

  it('covers the purposes it lists and none that is narrower or near', () => {
    const stack = ['ukgdpr-6-1-e', 'wra-2012-s131-reg5'];
    expect(gaps(stack, { from: 'dwp', purpose: 'blue-badge' })).toEqual([]);
    expect(gaps(stack, { from: 'dwp', purpose: 'concessionary-travel' })).toEqual([
      'no-power-or-duty',
      'purpose-not-covered wra-2012-s131-reg5',
    ]);
    expect(gaps(['ukgdpr-6-1-e', 'ca-2004-s10'], { purpose: 'safeguarding' })).toEqual([]);
    expect(gaps(['ukgdpr-6-1-e', 'ca-2004-s10'], { purpose: 'child-protection' })).toContain(
      'purpose-not-covered ca-2004-s10',
    );
  });

  it('reaches the types of agency it lists', () => {
    const stack = ['ukgdpr-6-1-e', 'wra-2012-s131-reg5'];
    expect(gaps(stack, { from: 'council', purpose: 'blue-badge' })).toEqual([
      'no-power-or-duty',
      'agency-type-not-covered wra-2012-s131-reg5',
    ]);
    expect(gaps(stack, { from: 'dwp', to: 'police', purpose: 'blue-badge' })).toContain(
      'agency-type-not-covered wra-2012-s131-reg5',
    );
  });

  it('for another purpose of the leg does no harm and no good', () => {
    const stack = ['ukgdpr-6-1-e', 'localism-2011-s1', 'lgfa-1992-council-tax-info'];
    for (const purpose of ['customer-contact', 'council-tax']) expect(gaps(stack, { purpose })).toEqual([]);
    expect(gaps(stack, { purpose: 'tax' })).toContain('no-power-or-duty');
  });

  it('must require the disclosure itself where the lawful basis is a legal obligation', () => {
    expect(gaps(['ukgdpr-6-1-c', 'care-2014-s6'], {})).toEqual(['no-lawful-basis', 'needs-companion ukgdpr-6-1-c']);
  });

  it.each(['frsa-2004-s6', 'cda-1998-s17', 'ctsa-2015-s26', 'daa-2021-s77', 'hsca-2012-s251a', 'dea-2017-s35'])(
    'is not what %s is, for any purpose',
    (id) => {
      const basis = CATALOGUE.get(id);
      expect(basis?.supplies).toEqual([]);
      for (const purpose of basis?.permits.purposes ?? []) {
        expect(gaps(['ukgdpr-6-1-e', id], { purpose, from: 'council' })).toContain('no-power-or-duty');
      }
    },
  );
});

describe('the condition for an item’s sensitivity', () => {
  it('is not met by a condition for the other sensitivity', () => {
    const special = { from: 'nhs-provider', sensitivity: 'special-category' } as const;
    const health = ['ukgdpr-6-1-e', 'care-2014-s6', 'ukgdpr-9-2-h', 'dpa-sch1-para2'];
    expect(gaps(health, special)).toEqual([]);
    expect(gaps(health, { ...special, sensitivity: 'criminal-offence' })).toContain('no-criminal-offence-condition');
  });

  it('of substantial public interest needs its paragraph, and each paragraph needs what it completes', () => {
    const base = ['ukgdpr-6-1-e', 'care-2014-s6'];
    const about = { purpose: 'safeguarding', sensitivity: 'special-category', policyDocument: true } as const;
    expect(gaps([...base, 'ukgdpr-9-2-g', 'dpa-sch1-para18'], about)).toEqual([]);
    expect(gaps([...base, 'ukgdpr-9-2-g'], about)).toContain('needs-companion ukgdpr-9-2-g');
    expect(gaps([...base, 'dpa-sch1-para18'], about)).toContain('needs-companion dpa-sch1-para18');
    expect(gaps([...base, 'ukgdpr-9-2-g', 'dpa-sch1-para2'], about)).toContain('no-special-category-condition');
  });

  it('needs the policy document where Schedule 1 asks for one', () => {
    const stack = ['ukgdpr-6-1-e', 'care-2014-s6', 'ukgdpr-9-2-g', 'dpa-sch1-para18', 'dpa-sch1-part4-apd'];
    expect(gaps(stack, { purpose: 'safeguarding', sensitivity: 'special-category' })).toEqual([
      'no-special-category-condition',
      'no-policy-document dpa-sch1-para18',
      'needs-companion ukgdpr-9-2-g',
    ]);
    expect(gaps(stack, { purpose: 'safeguarding' })).toEqual([]);
  });

  it('for unlawful acts needs no policy document towards the police, and needs one towards a council', () => {
    const stack = ['ukgdpr-6-1-e', 'cda-1998-s115', 'ukgdpr-9-2-g', 'dpa-sch1-para10'];
    const about = { purpose: 'anti-social-behaviour', sensitivity: 'special-category' } as const;
    expect(gaps(stack, { ...about, to: 'police' })).toEqual([]);
    expect(gaps(stack, { ...about, to: 'council' })).toContain('no-policy-document dpa-sch1-para10');
  });

  it('for offences is Art. 10 or paragraph 36 with a paragraph of Part 2, never either alone', () => {
    const base = ['ukgdpr-6-1-e', 'cda-1998-s115'];
    const about = { purpose: 'crime', to: 'police', sensitivity: 'criminal-offence', policyDocument: true } as const;
    expect(gaps([...base, 'dpa-sch1-para36', 'dpa-sch1-para10'], about)).toEqual([]);
    expect(gaps([...base, 'ukgdpr-10', 'dpa-sch1-para10'], about)).toEqual([]);
    for (const alone of [['dpa-sch1-para36'], ['ukgdpr-10'], ['ukgdpr-10', 'dpa-sch1-para36'], ['dpa-sch1-para10']]) {
      expect(gaps([...base, ...alone], about)).toContain('no-criminal-offence-condition');
    }
  });

  it('is not vital interests in a standing stack, which a person decides case by case', () => {
    const stack = ['ukgdpr-6-1-e', 'frsa-2004-s7', 'ukgdpr-9-2-c'];
    const about = { from: 'nhs-provider', to: 'fire-and-rescue', purpose: 'emergency-response' } as const;
    expect(gaps(stack, { ...about, sensitivity: 'special-category' })).toEqual([
      'no-special-category-condition',
      'case-by-case ukgdpr-9-2-c',
    ]);
  });

  it('under Part 3 on both sides is a Schedule 8 condition with its policy document', () => {
    const stack = ['dpa-part3-s31-s35', 'police-common-law', 'dpa-sch8-para1'];
    const about = { from: 'police', to: 'police', purpose: 'crime', sensitivity: 'special-category' } as const;
    expect(gaps(stack, { ...about, policyDocument: true })).toEqual([]);
    expect(gaps(stack, about)).toContain('no-policy-document dpa-sch8-para1');
    expect(gaps(['ukgdpr-6-1-e', 'police-common-law', 'dpa-sch8-para1'], { ...about, policyDocument: true })).toContain(
      'needs-companion dpa-sch8-para1',
    );
  });
});

describe('the confidentiality gate', () => {
  const about = { confidential: true, from: 'nhs-provider' } as const;
  it('is not opened by a power or duty', () => {
    const powers = ALL.filter(({ supplies }) => supplies.includes('power-or-duty')).map(({ id }) => id);
    fc.assert(
      fc.property(anyFlow, fc.subarray(powers), (any, some) => {
        const found = stackGaps(CATALOGUE, ['ukgdpr-6-1-e', ...some], { ...any, confidential: true });
        expect(found.map(({ code }) => code)).toContain('no-confidentiality-gate');
      }),
    );
  });

  it('is opened by the person’s permission for any purpose, and by implied consent for their own care only', () => {
    expect(gaps(['ukgdpr-6-1-e', 'care-2014-s6', 'cldc-explicit-consent'], about)).toEqual([]);
    expect(gaps(['ukgdpr-6-1-e', 'care-2014-s6', 'cldc-implied-direct-care'], about)).toEqual([
      'no-confidentiality-gate',
      'purpose-not-covered cldc-implied-direct-care',
    ]);
    const care = { ...about, to: 'gp-practice', purpose: 'direct-care' } as const;
    expect(gaps(['ukgdpr-6-1-e', 'hsca-2012-s251b', 'cldc-implied-direct-care'], care)).toEqual([]);
  });

  it('is opened by statute only beside a statute that says so and reaches the disclosure', () => {
    expect(gaps(['ukgdpr-6-1-e', 'care-2014-s6', 'cldc-statute'], about)).toEqual([
      'no-confidentiality-gate',
      'needs-companion cldc-statute',
    ]);
    const birth = { confidential: true, from: 'registration-service' } as const;
    const stack = ['ukgdpr-6-1-e', 'rsa-1953-s19aa', 'cldc-statute'];
    expect(gaps(stack, { ...birth, purpose: 'birth-notification' })).toEqual([]);
    expect(gaps(stack, { ...birth, purpose: 'council-tax' })).toContain('no-confidentiality-gate');
  });

  it('is not opened by the public interest as a standing rule', () => {
    const stack = ['ukgdpr-6-1-e', 'care-2014-s6', 'cldc-public-interest'];
    expect(gaps(stack, { ...about, purpose: 'safeguarding' })).toEqual([
      'no-confidentiality-gate',
      'case-by-case cldc-public-interest',
    ]);
  });

  it('is never opened for a health board’s information under the serious violence duty', () => {
    const stack = ['ukgdpr-6-1-e', 'pcsca-2022-s16', 'cldc-statute'];
    for (const from of ['icb', 'nhs-provider'] as const) {
      expect(gaps(stack, { from, to: 'police', purpose: 'serious-violence', confidential: true })).toContain(
        'no-power-or-duty',
      );
    }
  });
});

describe('each gap', () => {
  it('says in a sentence what is missing, once', () => {
    fc.assert(
      fc.property(anyStackAndFlow, ([stack, any]) => {
        const messages = stackGaps(CATALOGUE, stack, any).map(({ code, message }) => `${code} ${message}`);
        expect(new Set(messages).size).toBe(messages.length);
        expect(messages.every((message) => message.endsWith('.'))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
