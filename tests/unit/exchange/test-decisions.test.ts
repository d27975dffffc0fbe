import { readFileSync } from 'node:fs';
import path from 'node:path';
import { projectFolder } from '../../../src/config/index.js';
import { formatDefinitionError, makeSchemaCheck } from '../../../src/definitions/index.js';
import { testDecisions, type PolicyTestResult } from '../../../src/exchange/index.js';
import { OVERRIDE_REASONS } from '../../../src/agreements/index.js';
import { ANSWERS, CAPACITIES, CAPACITIES_OF, GIVERS, PERMISSION_KINDS } from '../../../src/permissions/permission.js';
import { preparePolicies, readPolicyFiles } from '../../../src/policy/index.js';
import { makePoliciesFolder, POLICY_TEST, type PoliciesFolder } from '../../support/policy-tests.js';

const POLICIES = path.join(projectFolder(), 'consent-policies');

/** The test with these texts replaced; throws when one does not occur. */
function changed(...changes: [from: string, to: string][]): string {
  return changes.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the test does not hold ${from}`);
    return text.replace(from, to);
  }, POLICY_TEST);
}
const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

describe('policy tests', () => {
  let policies: PoliciesFolder;
  beforeEach(async () => {
    policies = await makePoliciesFolder();
  });
  afterEach(async () => policies.remove());

  async function run(text: string): Promise<PolicyTestResult> {
    await policies.write('tests/a.yaml', text);
    return await testDecisions(policies.folder);
  }
  const casesOf = ({ files }: PolicyTestResult) => files.flatMap(({ cases }) => cases);
  const errorsOf = ({ files }: PolicyTestResult) => files.flatMap(({ errors }) => errors.map(formatDefinitionError));
  async function differencesOf(text: string): Promise<readonly string[]> {
    const result = await run(text);
    expect(errorsOf(result)).toEqual([]);
    return casesOf(result)[0]!.differences;
  }

  it('pass a case that comes out as expected, and name the agreements that counted as signed', async () => {
    expect(await run(POLICY_TEST)).toEqual({
      policyVersion: preparePolicies(readPolicyFiles(POLICIES)).version,
      files: [{ file: 'a.yaml', title: 'A test', cases: [{ name: 'a case', differences: [] }], errors: [] }],
      unsigned: ['adult-care-assessed-needs', 'fire-premises-risk'],
    });
  });

  it('fail a wrong expectation and say what was expected and got, by item', async () => {
    const wrong = changed(
      ['outcome: permit', 'outcome: deny'],
      ['[PERMIT]', '[DENY_PURPOSE_MISMATCH]'],
      ['risk-summary: permit', 'risk-summary: DENY_PURPOSE_MISMATCH'],
    );
    expect(await differencesOf(wrong)).toEqual([
      'outcome: expected deny, got permit',
      'reason codes: expected DENY_PURPOSE_MISMATCH, got PERMIT',
      'item risk-summary: expected DENY_PURPOSE_MISMATCH, got permit',
    ]);
  });

  it('fail an expectation that leaves out an item', async () => {
    expect(await differencesOf(changed(['\n        risk-summary: permit', '']))).toEqual([
      'item risk-summary: expected nothing, got permit',
    ]);
  });

  it.each<[string, [string, string], string[]]>([
    [
      'the permissions on record',
      ["items: ['northmoor-nhs-trust/assessed-needs#*']", "items: ['northmoor-nhs-trust/assessed-needs#risk-summary']"],
      [
        'outcome: expected permit, got permit-partial',
        'reason codes: expected PERMIT, got PERMIT_PARTIAL_CONSENT_SCOPE',
        'item assessed-needs: expected permit, got DENY_CONSENT_REQUIRED',
      ],
    ],
    [
      'who recorded them: what a third agency recorded is not read',
      ['recordedBy: northmoor-nhs-trust', 'recordedBy: northmoor-fire'],
      [
        'outcome: expected permit, got deny',
        'reason codes: expected PERMIT, got DENY_CONSENT_REQUIRED',
        'item assessed-needs: expected permit, got DENY_CONSENT_REQUIRED',
        'item risk-summary: expected permit, got DENY_CONSENT_REQUIRED',
      ],
    ],
    [
      'the time of the case rather than that of the file',
      ['system: north', 'now: 2047-01-01T00:00:00Z\n    system: north'],
      [
        'outcome: expected permit, got deny',
        'reason codes: expected PERMIT, got DENY_NO_LEGAL_BASIS',
        'item assessed-needs: expected permit, got DENY_NO_LEGAL_BASIS',
        'item risk-summary: expected permit, got DENY_NO_LEGAL_BASIS',
      ],
    ],
    [
      'what a request is refused for before anything is decided',
      ['[nhs-number]', '[uprn]'],
      [
        'outcome: expected permit, got deny',
        'reason codes: expected PERMIT, got REQUEST_INVALID',
        'item assessed-needs: expected permit, got nothing',
        'item risk-summary: expected permit, got nothing',
        'the request was not understood: This data service takes: nhs-number.',
      ],
    ],
  ])('go by %s', async (_what, change, differences) => {
    expect(await differencesOf(changed(change))).toEqual(differences);
  });

  it('decide under the policies of the folder', async () => {
    const nobody = '@id("nobody") @reason("DENY_STATUTORY_BAR") forbid (principal, action, resource);';
    await policies.write('added.cedar', nobody);
    expect(await differencesOf(POLICY_TEST)).toContain('item assessed-needs: expected permit, got DENY_STATUTORY_BAR');
  });

  it.each<[string, [string, string], string, string]>([
    ['system', ['system: northmoor-council-', 'system: '], 'system: adult', 'no system adult-care is defined'],
    [
      'data service',
      ['trust/assessed-needs', 'trust/needs'],
      'dataService',
      'no data service northmoor-nhs-trust/needs is defined',
    ],
    [
      'item',
      ['[assessed-needs, risk', '[assessed-need, risk'],
      'dataItems',
      'the data service northmoor-nhs-trust/assessed-needs has no item assessed-need',
    ],
    ['purpose', ['purpose: adult-s', 'purpose: s'], 'purpose:', 'the catalogue has no purpose social-care'],
    [
      'role',
      ['role: social', 'role: care'],
      'requestedBy',
      'no agreement of the definitions names the role care-worker',
    ],
    ['identifier type', ['[nhs-number]', '[nhs-no]'], 'identifierTypes', 'there is no type of identifier nhs-no'],
    [
      'agreement',
      ['caseRef', 'agreement: none-such\n      caseRef'],
      'agreement:',
      'no agreement none-such is defined',
    ],
    ['reason code', ['[PERMIT]', '[PERMITTED]'], 'expect:', 'there is no reason code PERMITTED'],
    ['reason of an item', ['risk-summary: permit', 'risk-summary: DENY'], 'expect:', 'there is no reason code DENY'],
    [
      'item that is not asked for',
      ['risk-summary: permit', 'address: permit'],
      'address: permit',
      'the item address is not asked for',
    ],
    ['recorder', ['recordedBy: north', 'recordedBy: south'], 'recordedBy', 'no agency southmoor-nhs-trust is defined'],
    ['recipient', ['[northmoor-council]', '[council]'], 'recipients', 'no agency council is defined'],
    [
      'item of a permission',
      ['needs#*', 'needs#notes'],
      "items: ['",
      'the data service northmoor-nhs-trust/assessed-needs has no item notes',
    ],
    [
      'data service of a permission',
      ["['northmoor-nhs-trust/assessed", "['northmoor-nhs-trust/unmet"],
      "items: ['",
      'no data service northmoor-nhs-trust/unmet-needs is defined',
    ],
    [
      'purpose of a permission',
      ['purpose: adult-social-care\n        rec', 'purpose: care\n        rec'],
      'purpose: care',
      'the catalogue has no purpose care',
    ],
  ])('do not run a case with an unknown %s, and name file, line and case', async (_what, change, at, reason) => {
    const text = changed(change);
    const result = await run(text);
    expect(casesOf(result)).toEqual([]);
    expect(errorsOf(result)).toContain(`a.yaml:${lineOf(text, at)}: case "a case": ${reason}`);
  });

  it.each<[string, [string, string], string]>([
    [
      'a permission that could not be recorded',
      ['capacity: own', 'capacity: child'],
      'case "a case": "capacity" must be one of own, child-judged-competent',
    ],
    ['a permission that ends before it begins', ['2028-01-01', '2025-01-01'], 'the permission ends before it begins'],
    ['a permission without an end', ['        validUntil: 2028-01-01T00:00:00Z\n', ''], '"validUntil" is missing'],
    ['a refusal with an end', ['kind: conf', 'answer: refused\n        kind: conf'], 'a refusal does not end'],
    [
      'a withdrawal that is still to come',
      ['validUntil', 'withdrawnAt: 2026-12-01T00:00:00Z\n        validUntil'],
      'it is not withdrawn yet',
    ],
    [
      'a permission that is still to be recorded',
      ['validUntil', 'recordedAt: 2026-12-01T00:00:00Z\n        validUntil'],
      'it is not on record yet',
    ],
    [
      'a request that no system could send',
      ['sw-4711', 'the social worker'],
      'case "a case": no system could send this request: Correct /requestedBy/staffId (of the form that the API reference gives).',
    ],
    [
      'a member that nobody knows',
      ['system:', 'colour: red\n    system:'],
      '"colour" is not a member that is known here',
    ],
    [
      'a time without its offset',
      ['09:30:00Z', '09:30:00'],
      '"now" does not have its form (date and time with its offset',
    ],
    ['definitions that are not there', ['sandbox/definitions', 'sandbox/nowhere'], 'a.yaml:2: The definitions in '],
    ['no cases', ['cases:', 'cases: []\nmore:'], '"cases" must NOT have fewer than 1 items'],
  ])('do not run %s', async (_what, change, reason) => {
    const result = await run(changed(change));
    expect(casesOf(result)).toEqual([]);
    expect(errorsOf(result)).toContainEqual(expect.stringMatching(/^a\.yaml:\d+: /));
    expect(errorsOf(result)).toContainEqual(expect.stringContaining(reason));
  });

  it('refuse an identifier of a person anywhere, and do not repeat it', async () => {
    for (const change of [
      ['ASC-2026-00123', "'9434765919'"],
      ['name: a case', 'name: 943 476 5919'],
      ['risk-summary: permit', "'9434765919': permit"],
    ] as const) {
      const errors = errorsOf(await run(changed([...change])));
      expect(errors).toEqual([expect.stringContaining('a text has the form of a person’s identifier')]);
      expect(errors.join()).not.toMatch(/943/);
    }
  });

  it('run the other cases where one has an error, and never two of the same name', async () => {
    const [head = '', body = ''] = POLICY_TEST.split('cases:\n');
    const other = body.replace('a case', 'another case').replace('role: social-worker', 'role: nobody');
    const result = await run(`${head}cases:\n${body}${other}${body}`);
    expect(casesOf(result)).toEqual([{ name: 'a case', differences: [] }]);
    expect(errorsOf(result)).toEqual([
      expect.stringContaining('case "another case": no agreement of the definitions names the role nobody'),
      expect.stringContaining('case "a case": another case has the same name'),
    ]);
  });

  it('are refused where there are none: nothing tested is not all well', async () => {
    await expect(testDecisions(policies.folder)).rejects.toThrow(/^There are no policy tests in /);
  });

  it('are no part of the policy version', async () => {
    const before = readPolicyFiles(policies.folder);
    await run(POLICY_TEST);
    await policies.write('tests/b.json', '{}');
    expect(readPolicyFiles(policies.folder)).toEqual(before);
    expect(preparePolicies(readPolicyFiles(POLICIES)).version).toBe(preparePolicies(before).version);
  });
});

describe('statements in a policy test', () => {
  let policies: PoliciesFolder;
  beforeEach(async () => {
    policies = await makePoliciesFolder();
  });
  afterEach(async () => policies.remove());

  const STATEMENT = `    statements:
      - kind: objection
        recordedBy: northmoor-nhs-trust
        purpose: adult-social-care
        recipients: [northmoor-council]
        items: ['*']
    expect:`;
  const errorsOf = async (from = '', to = ''): Promise<string[]> => {
    await policies.write('tests/a.yaml', changed(['    expect:', STATEMENT], [from, to]));
    const { files } = await testDecisions(policies.folder);
    return files.flatMap(({ errors }) => errors.map(({ reason }) => reason));
  };

  it('are taken as they are on record', async () => {
    expect(await errorsOf()).toEqual([]);
  });

  it.each<[string, string, string, RegExp]>([
    [
      'recorded by nobody that is defined',
      'recordedBy: northmoor-nhs-trust\n        purpose',
      'recordedBy: nobody\n        purpose',
      /no agency nobody/,
    ],
    [
      'about an item that nobody holds',
      "items: ['*']",
      "items: ['northmoor-nhs-trust/assessed-needs#hat']",
      /has no item hat/,
    ],
    [
      'recorded later than the request',
      "items: ['*']",
      "items: ['*']\n        recordedAt: 2026-11-23T00:00:00Z",
      /is not so yet/,
    ],
    [
      'that end and are no decision',
      "items: ['*']",
      "items: ['*']\n        validUntil: 2027-11-23T00:00:00Z",
      /validUntil/,
    ],
    ['that object and say to share', "items: ['*']", "items: ['*']\n        says: share", /says/],
  ])('are refused where %s', async (_what, from, to, reason) => {
    expect((await errorsOf(from, to)).join()).toMatch(reason);
  });
});

describe('the schema of policy tests', () => {
  const read = (name: string): unknown =>
    JSON.parse(readFileSync(path.join(projectFolder(), 'schemas', `${name}.schema.json`), 'utf8'));
  const { $defs } = read('policy-test') as {
    $defs: Record<'request' | 'permission', { properties: Record<string, { enum?: string[] }> }>;
  };

  it('has the closed lists of the gateway', () => {
    const { $defs: agreement } = read('agreement') as typeof read & {
      $defs: { leg: { properties: { patterns: { items: { enum: string[] } } } } };
    };
    expect($defs.request.properties['pattern']?.enum).toEqual(agreement.leg.properties.patterns.items.enum);
    expect($defs.request.properties['justification']?.enum).toEqual(OVERRIDE_REASONS);
    expect($defs.permission.properties['kind']?.enum).toEqual(PERMISSION_KINDS);
    expect($defs.permission.properties['answer']?.enum).toEqual(ANSWERS);
    expect($defs.permission.properties['givenBy']?.enum).toEqual(GIVERS);
    expect($defs.permission.properties['capacity']?.enum).toEqual(CAPACITIES);
  });

  it.each(GIVERS)('lets %s speak in the capacities that a permission is recorded in, and in no other', (giver) => {
    const check = makeSchemaCheck('policy-test');
    const accepted = CAPACITIES.filter((capacity) => {
      const permission = { givenBy: giver, capacity };
      return !check({ cases: [{ permissions: [permission] }] }).some(({ path: at }) => at.at(-1) === 'capacity');
    });
    expect(accepted).toEqual(CAPACITIES_OF[giver]);
  });
});

describe('the project’s own policy tests', () => {
  const folder = path.join(POLICIES, 'tests');
  /** Those of the sandbox's own agreements; each scenario has one more. */
  const names = ['adult-care-assessed-needs.yaml', 'fire-premises-risk.yaml'];
  const texts = names.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')] as const);

  it('all pass', async () => {
    const { files } = await testDecisions(POLICIES);
    for (const { file, cases, errors } of files) {
      expect(errors).toEqual([]);
      expect(cases.filter(({ differences }) => differences.length > 0)).toEqual([]);
      expect(cases.length).toBeGreaterThanOrEqual(names.includes(file) ? 12 : 3);
    }
    expect(files.map(({ file }) => file).filter((file) => !file.startsWith('scenarios/'))).toEqual(names);
  });

  it('show each reason that can occur under their agreements', () => {
    const named = (file: string) => new Set(texts.find(([name]) => name === file)?.[1].match(/\b[A-Z]+(_[A-Z]+)+\b/g));
    const whateverTheAgreement = [
      'DENY_NO_LEGAL_BASIS',
      'DENY_PURPOSE_MISMATCH',
      'DENY_NO_RELATIONSHIP',
      'DENY_NOT_NECESSARY',
      'DENY_RECIPIENT_CONDITION',
      'DENY_AGREEMENT_PATTERN_NOT_ALLOWED',
      'REQUEST_INVALID',
    ];
    const ofPermissions = ['PERMIT_PARTIAL_CONSENT_SCOPE', 'DENY_CONSENT_REQUIRED', 'DENY_AUTHORITY_SCOPE'];
    expect([...named('fire-premises-risk.yaml')]).toEqual(expect.arrayContaining(whateverTheAgreement));
    expect([...named('adult-care-assessed-needs.yaml')]).toEqual(
      expect.arrayContaining([...whateverTheAgreement, ...ofPermissions]),
    );
  });

  it('every one fail where another outcome is expected', async () => {
    const policies = await makePoliciesFolder();
    try {
      for (const [name, text] of texts) {
        const other = text
          .replaceAll(/outcome: (permit|deny)$/gm, 'outcome: permit-partial')
          .replaceAll('../../sandbox', path.join(projectFolder(), 'sandbox'));
        await policies.write(`tests/${name}`, other);
      }
      const cases = (await testDecisions(policies.folder)).files.flatMap((file) => file.cases);
      const passed = cases.filter(({ differences }) => differences.length === 0);
      expect(passed.map(({ name }) => name)).toEqual([
        'a permission that reaches one of two items leaves the other out',
        'a best-interests decision about one item withholds the other',
      ]);
      expect(cases.length).toBeGreaterThan(24);
    } finally {
      await policies.remove();
    }
  });
});
