import fc from 'fast-check';
import {
  lifeState,
  nextStep,
  readLife,
  type Action,
  type ActingOfficer,
  type AgreementLife,
  type Step,
} from '../../../src/agreement-lifecycle/index.js';
import { makeAgreement } from '../../support/agreement.js';

const PARTIES = ['council', 'trust', 'fire'];
const HASH = 'a'.repeat(64);
const DOCUMENT = makeAgreement({ parties: PARTIES, startsOn: '2026-01-01', endsOn: '2026-12-31' });
const ON = '2026-06-01';
const OFFICERS: ActingOfficer[] = PARTIES.flatMap((agency) =>
  [1, 2].map((number) => ({ agency, officer: `${agency}-${number}` })),
);

/** A version whose steps are kept in memory, as the table would keep them. */
class Version {
  steps: Step[] = [];
  constructor() {
    this.add('drafted', OFFICERS[0]!);
  }

  life(): AgreementLife {
    const signed = this.steps.flatMap(({ signature }) => signature ?? []);
    const applied =
      signed.length === PARTIES.length ? { applied: { document: DOCUMENT, hash: HASH, signatures: signed } } : {};
    return readLife({ document: DOCUMENT, history: this.steps, superseded: false, ...applied });
  }

  state(on = ON): string {
    return lifeState(this.life(), on);
  }

  /** Takes the step that an action leads to. @returns the step, `nothing`, or the code of the refusal */
  act(action: Action, by: ActingOfficer, on = ON): string {
    try {
      const step = nextStep(this.life(), action, by, on);
      if (step) this.add(step, by);
      return step ?? 'nothing';
    } catch (error) {
      return (error as { code: string }).code;
    }
  }

  private add(step: Step['step'], { agency, officer }: ActingOfficer): void {
    const signature = step === 'signed' ? { agency, kid: 'key', jws: '' } : null;
    const number = this.steps.length + 1;
    this.steps = [
      ...this.steps,
      { number, step, hash: HASH, agency, officer, at: new Date(number), reason: null, signature },
    ];
  }
}

const SIGN: Action = { kind: 'sign', hash: HASH };
const PROPOSE: Action = { kind: 'propose' };
const RESUME: Action = { kind: 'resume' };
const SUSPEND: Action = { kind: 'suspend', reason: 'other' };
const REVOKE: Action = { kind: 'revoke', reason: 'other' };

/** What the rules say in words, kept by counting who asked for what, and without reading any step. */
interface Model {
  proposed: boolean;
  /** Officers who signed, by agency. */
  signers: Map<string, Set<string>>;
  suspended: boolean;
  /** Parties that want it resumed since it was suspended. */
  resuming: Set<string>;
  revoked: boolean;
}

const startOf = (signed: boolean): Model => ({
  proposed: signed,
  signers: new Map(
    signed ? PARTIES.map((agency): [string, Set<string>] => [agency, new Set([`${agency}-1`, `${agency}-2`])]) : [],
  ),
  suspended: false,
  resuming: new Set(),
  revoked: false,
});

function signedByAll(): Version {
  const version = new Version();
  version.act(PROPOSE, OFFICERS[0]!);
  for (const officer of OFFICERS) version.act(SIGN, officer);
  return version;
}

const bothOf = (model: Model, agency: string): boolean => (model.signers.get(agency)?.size ?? 0) >= 2;
const inForce = (model: Model): boolean => PARTIES.every((party) => bothOf(model, party));

function expectedState(model: Model): string {
  if (model.revoked) return 'revoked';
  if (inForce(model)) return model.suspended ? 'suspended' : 'in-force';
  if (!model.proposed) return 'draft';
  return PARTIES.some((party) => bothOf(model, party)) ? 'signed-by-some' : 'proposed';
}

/** What was come to in all runs together, so that the property is known to be about something. */
const reached = new Set<string>();

class Acts implements fc.Command<Model, Version> {
  constructor(
    private readonly action: Action,
    private readonly by: ActingOfficer,
  ) {}

  check(): boolean {
    return true;
  }

  run(model: Model, version: Version): void {
    const { agency, officer } = this.by;
    const before = version.steps;
    const outcome = version.act(this.action, this.by);
    if (!model.revoked) {
      if (this.action.kind === 'propose') model.proposed = true;
      if (this.action.kind === 'sign' && model.proposed && !inForce(model)) {
        model.signers.set(agency, (model.signers.get(agency) ?? new Set()).add(officer));
      }
      if (this.action.kind === 'suspend' && inForce(model)) {
        model.suspended = true;
        model.resuming = new Set();
      }
      if (this.action.kind === 'resume' && model.suspended) {
        model.resuming.add(agency);
        model.suspended = !PARTIES.every((party) => model.resuming.has(party));
      }
      if (this.action.kind === 'revoke') model.revoked = true;
    }
    expect(version.state()).toBe(expectedState(model));
    reached.add(outcome === 'resumed' ? outcome : version.state());
    // A refusal, and a repeat by the same officer, leave everything as it was.
    if (/^[A-Z_]+$/.test(outcome) || outcome === 'nothing') expect(version.steps).toBe(before);
    const after = version.steps;
    const again = version.act(this.action, this.by);
    expect(version.steps).toBe(after);
    expect(['nothing', 'SECOND_OFFICER_NEEDED', 'AGREEMENT_NOT_IN_STATE']).toContain(again);
  }

  toString(): string {
    return `${this.by.officer} ${this.action.kind}s`;
  }
}

describe('the next step in the life of an agreement', () => {
  it('comes to force, suspension and revocation as the rules in words say, whatever officers do in whichever order', () => {
    const command = fc
      .tuple(
        fc.oneof(
          { weight: 12, arbitrary: fc.constantFrom(SIGN, RESUME) },
          { weight: 2, arbitrary: fc.constantFrom(PROPOSE, SUSPEND) },
          { weight: 1, arbitrary: fc.constant(REVOKE) },
        ),
        fc.constantFrom(...OFFICERS),
      )
      .map(([action, by]) => new Acts(action, by));
    fc.assert(
      fc.property(fc.commands([command], { maxCommands: 40, size: 'max' }), fc.boolean(), (commands, signed) => {
        fc.modelRun(() => ({ model: startOf(signed), real: signed ? signedByAll() : new Version() }), commands);
      }),
      { numRuns: 120 },
    );
    expect([...reached].toSorted()).toEqual(
      ['proposed', 'signed-by-some', 'in-force', 'suspended', 'revoked', 'draft', 'resumed'].toSorted(),
    );
  });

  it('goes through every state', () => {
    const version = new Version();
    const seen = [version.state()];
    const act = (action: Action, by: ActingOfficer): void => {
      version.act(action, by);
      if (version.state() !== seen.at(-1)) seen.push(version.state());
    };
    act(PROPOSE, OFFICERS[0]!);
    for (const officer of OFFICERS) act(SIGN, officer);
    act(SUSPEND, OFFICERS[5]!);
    for (const officer of OFFICERS) act(RESUME, officer);
    act(REVOKE, OFFICERS[3]!);
    expect(seen).toEqual(['draft', 'proposed', 'signed-by-some', 'in-force', 'suspended', 'in-force', 'revoked']);
  });

  it.each([
    ['2025-12-31', 'not-yet'],
    ['2026-01-01', 'in-force'],
    ['2026-12-31', 'in-force'],
    ['2027-01-01', 'expired'],
  ])('on %s is %s of what all have signed', (on, state) => expect(signedByAll().state(on)).toBe(state));

  it('is none for what has expired: it is neither signed, stopped nor resumed', () => {
    const version = signedByAll();
    const later = '2027-01-01';
    for (const action of [SIGN, SUSPEND, RESUME, REVOKE, PROPOSE]) {
      expect(version.act(action, OFFICERS[0]!, later)).toBe('AGREEMENT_NOT_IN_STATE');
    }
  });

  it('is none for a hash of another text, whatever the state', () => {
    expect(signedByAll().act({ kind: 'sign', hash: 'b'.repeat(64) }, OFFICERS[0]!)).toBe('AGREEMENT_HASH_DIFFERS');
  });

  it('counts no step on a text that was replaced', () => {
    const version = signedByAll();
    const replaced = version.steps.map((step) => ({ ...step, hash: 'b'.repeat(64) }));
    const redrafted = { ...version.steps[0]!, number: replaced.length + 1 };
    const life = readLife({ document: DOCUMENT, history: [...replaced, redrafted], superseded: false });
    expect([lifeState(life, ON), life.signatures]).toEqual(['draft', []]);
  });

  it('takes back what some parties agreed to when one suspends again', () => {
    const version = signedByAll();
    version.act(SUSPEND, OFFICERS[0]!);
    version.act(RESUME, OFFICERS[0]!);
    version.act(RESUME, OFFICERS[2]!);
    expect(version.act(SUSPEND, OFFICERS[2]!)).toBe('suspended');
    expect(version.act(RESUME, OFFICERS[4]!)).toBe('resume-agreed');
    expect(version.state()).toBe('suspended');
  });
});
