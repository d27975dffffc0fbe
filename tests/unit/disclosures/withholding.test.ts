import type { FoundDisclosure } from '../../../src/disclosures/disclosure.js';
import { mayWithhold, mayWithholdStatement } from '../../../src/disclosures/withholding.js';
import { makeStatement } from '../../support/statement.js';

const found = (change: Partial<FoundDisclosure>): FoundDisclosure =>
  ({ kind: 'exchange', lawEnforcement: false, reasons: [], ...change }) as FoundDisclosure;

describe('what may be withheld from a person', () => {
  it('is what was processed for law enforcement, and a decision not to share for somebody’s safety', () => {
    expect(mayWithhold(found({ lawEnforcement: true }))).toBe(true);
    expect(mayWithhold(found({ kind: 'decision-not-to-share', reasons: ['safety-of-somebody'] }))).toBe(true);
    expect(mayWithhold(found({ kind: 'decision-not-to-share', reasons: ['more-detrimental-than-not'] }))).toBe(true);
  });

  it('is no other disclosure', () => {
    expect(mayWithhold(found({}))).toBe(false);
    expect(mayWithhold(found({ kind: 'decision-not-to-share', reasons: ['person-objects'] }))).toBe(false);
    expect(mayWithhold(found({ reasons: ['safety-of-somebody'] }))).toBe(false);
  });

  it('is a hold-back for a reason that is an exemption, and nothing that the person said', () => {
    const exempt = ['serious-harm', 'about-someone-else', 'legal-privilege', 'prejudice-to-enquiry'];
    for (const reason of exempt) expect(mayWithholdStatement(makeStatement({ kind: 'hold-back', reason }))).toBe(true);
    expect(mayWithholdStatement(makeStatement({ kind: 'hold-back', reason: 'court-order' }))).toBe(false);
    expect(mayWithholdStatement(makeStatement())).toBe(false);
  });
});
