import fc from 'fast-check';
import { AGENCY_TYPES } from '../../src/agencies/agency.js';
import { projectLegalBases, type Flow } from '../../src/legal-bases/index.js';

/** The project's own catalogue, as it is shipped. */
export const CATALOGUE = projectLegalBases();

/** A flow of standard, unconfidential items between councils, on a fixed day; a test changes what it is about. */
export function flow(changes: Partial<Flow>): Flow {
  return {
    from: 'council',
    to: 'council',
    purpose: 'adult-social-care',
    sensitivity: 'standard',
    confidential: false,
    on: '2026-11-22',
    policyDocument: false,
    ...changes,
  };
}

/** Any flow at all, with purposes and days that nothing knows of among them. */
export const anyFlow: fc.Arbitrary<Flow> = fc.record({
  from: fc.constantFrom(...AGENCY_TYPES),
  to: fc.constantFrom(...AGENCY_TYPES),
  purpose: fc.oneof(fc.constantFrom(...CATALOGUE.purposes().map(({ code }) => code)), fc.string()),
  sensitivity: fc.constantFrom('standard', 'special-category', 'criminal-offence'),
  confidential: fc.boolean(),
  on: fc.constantFrom('2026-11-22', '2026-02-04', '1998-01-01', '2999-12-31', ''),
  policyDocument: fc.boolean(),
});

/** Stacks that are complete for the flow beside them, each for a different reason. */
export const COMPLETE_STACKS: readonly {
  readonly title: string;
  readonly stack: readonly string[];
  readonly flow: Flow;
}[] = [
  {
    title: 'an NHS trust tells a council about needs for care, confidentially',
    stack: ['ukgdpr-6-1-e', 'care-2014-s6', 'ukgdpr-9-2-h', 'dpa-sch1-para2', 'cldc-explicit-consent'],
    flow: flow({ from: 'nhs-provider', sensitivity: 'special-category', confidential: true }),
  },
  {
    title: 'a council tells a fire service about the risks of premises',
    stack: ['ukgdpr-6-1-e', 'frsa-2004-s7'],
    flow: flow({ to: 'fire-and-rescue', purpose: 'premises-risk' }),
  },
  {
    title: 'an NHS trust tells a fire service about oxygen at premises',
    stack: ['ukgdpr-6-1-e', 'ukgdpr-9-2-g', 'dpa-sch1-para18', 'dpa-sch1-part4-apd', 'frsa-2004-s7'],
    flow: flow({
      from: 'nhs-provider',
      to: 'fire-and-rescue',
      purpose: 'premises-risk',
      sensitivity: 'special-category',
      policyDocument: true,
    }),
  },
  {
    title: 'the police tell a fire service about danger to crews',
    stack: ['dpa-part3-s36', 'ukgdpr-6-1-e', 'frsa-2004-s7'],
    flow: flow({ from: 'police', to: 'fire-and-rescue', purpose: 'premises-risk' }),
  },
  {
    title: 'the police tell a council about offences behind anti-social behaviour',
    stack: ['dpa-part3-s36', 'ukgdpr-6-1-e', 'cda-1998-s115', 'dpa-sch1-para10', 'dpa-sch1-para36'],
    flow: flow({
      from: 'police',
      purpose: 'anti-social-behaviour',
      sensitivity: 'criminal-offence',
      policyDocument: true,
    }),
  },
  {
    title: 'a registrar tells DWP about a death',
    stack: ['ukgdpr-6-1-c', 'ssaa-1992-s125', 'cldc-statute'],
    flow: flow({ from: 'registration-service', to: 'dwp', purpose: 'death-notification', confidential: true }),
  },
  {
    title: 'DWP tells a council about a disability for a Blue Badge',
    stack: ['ukgdpr-6-1-e', 'wra-2012-s131-reg5', 'ukgdpr-9-2-b'],
    flow: flow({ from: 'dwp', purpose: 'blue-badge', sensitivity: 'special-category', policyDocument: true }),
  },
  {
    title: 'a council refers a person to a home fire safety visit with their explicit consent',
    stack: ['ukgdpr-6-1-e', 'localism-2011-s1', 'ukgdpr-9-2-a'],
    flow: flow({ to: 'fire-and-rescue', purpose: 'home-fire-safety', sensitivity: 'special-category' }),
  },
  {
    title: 'the police give each other offence data for law enforcement',
    stack: ['dpa-part3-s31-s35', 'police-common-law'],
    flow: flow({ from: 'police', to: 'police', purpose: 'crime', sensitivity: 'criminal-offence' }),
  },
];

const IDS = CATALOGUE.all().map(({ id }) => id);

/** A complete stack with something added and often something taken away. */
const changedStack = fc
  .tuple(fc.constantFrom(...COMPLETE_STACKS), fc.subarray(IDS, { maxLength: 3 }), fc.nat(12))
  .map(([complete, more, without]): [string[], Flow] => [
    [...complete.stack.filter((_, index) => index !== without), ...more],
    complete.flow,
  ]);

/** Any stack for any flow; often nearly complete, so that both answers occur. */
export const anyStackAndFlow: fc.Arbitrary<[string[], Flow]> = fc.oneof(
  fc.tuple(
    fc.oneof(
      fc.subarray(IDS),
      fc.subarray(IDS, { maxLength: 8 }),
      changedStack.map(([stack]) => stack),
    ),
    anyFlow,
  ),
  changedStack,
);
