import { preparePolicies } from '../../../src/policy/index.js';
import { policies, policyFiles } from '../../support/facts.js';

const permitWhen = (condition: string): string =>
  `@id("added") permit (principal, action == Gatehouse::Action::"disclose", resource) when { ${condition} };`;

describe('preparing policies', () => {
  it('stops at an attribute that the schema does not have, with the hint of the policy engine', () => {
    expect(() => preparePolicies({ ...policyFiles, 'added.cedar': permitWhen('context.purpos == "x"') })).toThrow(
      /purpos.*did you mean `purpose`/,
    );
  });

  it.each([
    ['does not parse', permitWhen('context.purpose = "x"'), /not a valid operator/],
    ['has no id', 'permit (principal, action, resource);', /no @id/],
    ['has the id of another', '@id("no-agreement") permit (principal, action, resource);', /two policies/],
    ['refuses without a reason', '@id("added") forbid (principal, action, resource);', /has no @reason/],
    [
      'refuses with a reason that is not in the catalogue',
      '@id("added") @reason("DENY_WHIM") forbid (principal, action, resource);',
      /has no @reason/,
    ],
    ['compares what can never be equal', permitWhen('context.purpose == 1'), /./],
  ])('stops at a policy that %s', (_what, policy, words) => {
    expect(() => preparePolicies({ ...policyFiles, 'added.cedar': policy })).toThrow(words);
  });

  it('gives another version when anything that decides is another', () => {
    for (const name of Object.keys(policyFiles)) {
      const text = policyFiles[name]!;
      const changed = name.endsWith('.json') ? `${text} ` : `${text}\n// a remark\n`;
      expect(preparePolicies({ ...policyFiles, [name]: changed }).version).not.toBe(policies.version);
    }
    expect(preparePolicies(policyFiles).version).toBe(policies.version);
  });
});
