import { mkdtemp, rm, writeFile, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { formatDefinitionError, readDefinitions } from '../../../src/definitions/index.js';

const AGENCY = 'kind: Agency\nid: a\ntype: council\nname: A\ncodes: {}\nkeys: []\n';
const SERVICE = `kind: DataService
id: a/b
agency: a
name: B
description: B
identifierTypes: [uprn]
items:
  - { id: i, name: I, sensitivity: standard, confidential: false, schema: { type: string }, select: $.i }
connector:
  kind: http-json
  baseUrl: https://a.example
  method: GET
  path: /{identifier:uprn}
  credential: { method: none }
`;

describe('reading definitions', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-read-'));
  });
  afterEach(async () => rm(folder, { recursive: true }));
  const errorsOf = async (files: Record<string, string>): Promise<string[]> => {
    for (const [file, text] of Object.entries(files)) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), text);
    }
    return (await readDefinitions(folder)).errors.map(formatDefinitionError);
  };

  it('finds them in every folder below, and passes over what is hidden or of another kind', async () => {
    expect(await errorsOf({ 'x/y/a.yml': AGENCY, 'README.md': '!', '.git/a.yaml': '!', 's.yaml': SERVICE })).toEqual(
      [],
    );
    const { definitions } = await readDefinitions(folder);
    expect(definitions.agencies.map(({ file }) => file)).toEqual(['x/y/a.yml']);
    expect(definitions.agencies[0]?.value).toEqual({ id: 'a', type: 'council', name: 'A', codes: {}, keys: [] });
    expect(definitions.dataServices).toHaveLength(1);
  });

  it.each([
    [
      'a kind that nobody knows',
      'kind: Person\n',
      'a.yaml:1: "kind" must be one of Agency, System, Officer, DataService, Agreement',
    ],
    ['no object', '- 1\n', 'a.yaml:1: "kind" must be one of'],
    ['a member that nobody knows', `${AGENCY}colour: red\n`, 'a.yaml:7: "colour" is not a member that is known here'],
    ['a member that is missing', AGENCY.replace('name: A\n', ''), 'a.yaml:1: "name" is missing'],
    [
      'a type that nobody knows',
      AGENCY.replace('council', 'circus'),
      'a.yaml:3: "type" must be one of council, nhs-provider',
    ],
    [
      'a number where a text belongs',
      AGENCY.replace('codes: {}', 'codes:\n  charity: 123456'),
      'a.yaml:6: "charity" must be a text: put it in quotes',
    ],
    [
      'a code of the wrong form',
      AGENCY.replace('codes: {}', 'codes: { gss: E08 }'),
      'a.yaml:5: "gss" does not have its form (ONS code',
    ],
    [
      'a code of an unknown kind',
      AGENCY.replace('codes: {}', 'codes: { nhs: x }'),
      'a.yaml:5: "nhs" is not a member that is known here',
    ],
    [
      'a private key',
      AGENCY.replace('[]', '\n  - kty: OKP\n    kid: k\n    d: AAAA'),
      'a.yaml:9: "d" belongs to a private or secret key',
    ],
    [
      'a connector of an unknown kind',
      SERVICE.replace('http-json', 'ftp'),
      'a.yaml:9: "connector" must have a "kind" that is known here',
    ],
    [
      'a connector’s member of another kind',
      `${SERVICE}  interaction: read\n`,
      'a.yaml:15: "interaction" is not a member that is known here',
    ],
    [
      'a credential that holds a secret',
      SERVICE.replace('{ method: none }', '\n    method: api-key\n    header: x-key\n    secret: s3cret'),
      'a.yaml:17: "secret" does not have its form (name of the setting',
    ],
  ])('refuses %s, with file and line', async (_, text, expected) => {
    const errors = await errorsOf({ 'a.yaml': text });
    expect(errors).toEqual(expect.arrayContaining([expect.stringContaining(expected)]));
  });

  it('passes over what is no definition, and a folder, only where it is told to', async () => {
    const files = {
      'a.yaml': AGENCY,
      'other.json': '{"title": "x"}',
      'tests/b.yaml': AGENCY,
      'wrong.yaml': 'kind: X\n',
    };
    const wrong = expect.stringContaining('wrong.yaml:1: "kind" must be one of') as string;
    expect(await errorsOf(files)).toEqual([expect.stringContaining('other.json:1: "kind" must be one of'), wrong]);
    const { definitions, errors } = await readDefinitions(folder, { passOverOthers: true, except: 'tests' });
    expect(errors.map(formatDefinitionError)).toEqual([wrong]);
    expect(definitions.agencies.map(({ file }) => file)).toEqual(['a.yaml']);
  });

  it('says everything that is wrong, in every file', async () => {
    const errors = await errorsOf({ 'b.yaml': 'kind: X\n', 'a.yaml': `${AGENCY}x: 1\ny: 1\n`, 'c.yaml': 'a: [\n' });
    expect(errors.map((error) => error.split(':').slice(0, 2).join(':'))).toEqual([
      'a.yaml:7',
      'a.yaml:8',
      'b.yaml:1',
      'c.yaml:2',
    ]);
  });

  it('reads signatures beside an agreement, and refuses what is no list of them', async () => {
    const agreement = `kind: Agreement
id: x
version: 1
title: X
parties: [a, b]
purposes: [p]
startsOn: 2026-01-01
endsOn: 2026-02-30
retention: { requester: R, logBodyYears: 1 }
legs:
  - { id: l, from: a, to: b, dataService: a/b, items: [i], purposes: [p], patterns: [query], roles: [r], identifierTypes: [uprn], caseReferences: [], legalBasis: [x], unmatched: uniform }
`;
    expect(await errorsOf({ 'x.yaml': agreement })).toEqual([
      expect.stringContaining('x.yaml:8: "endsOn" does not have its form'),
    ]);
    const good = agreement.replace('02-30', '02-28');
    expect(await errorsOf({ 'x.yaml': good, 'x.yaml.signatures.json': '[{"agency":1}]' })).toEqual([
      expect.stringContaining('x.yaml.signatures.json:1: the signatures are not a JSON list'),
    ]);
    const signature = { agency: 'a', kid: 'k', jws: 'j' };
    expect(await errorsOf({ 'x.yaml': good, 'x.yaml.signatures.json': JSON.stringify([signature]) })).toEqual([]);
    expect((await readDefinitions(folder)).definitions.agreements[0]?.signatures).toEqual([signature]);
    expect(await errorsOf({ 'x.yaml': `${good}---\n${AGENCY}` })).toEqual([
      expect.stringContaining('x.yaml:1: an agreement has a file of its own'),
    ]);
  });

  it.each<[string, string, string | undefined]>([
    ['roles', 'roles: [r]', undefined],
    ['roles by purpose', 'rolesByPurpose: { p: [r] }', undefined],
    ['neither', '', '"roles" is missing'],
    ['both', 'roles: [r], rolesByPurpose: { p: [r] }', '"roles" must be left out (rolesByPurpose stands in its place)'],
    ['a purpose without roles', 'rolesByPurpose: { p: [] }', '"p" must NOT have fewer than 1 items (roles of staff)'],
    ['a budget', 'roles: [r], budget: { perHour: 1, perDay: 10000000 }', undefined],
    ['a budget of nothing', 'roles: [r], budget: {}', '"budget" must NOT have fewer than 1 properties'],
    ['a budget of none', 'roles: [r], budget: { perHour: 0 }', '"perHour" must be >= 1'],
    ['a budget of half', 'roles: [r], budget: { perDay: 1.5 }', '"perDay" must be of type integer'],
    ['hours', 'roles: [r], hours: { days: [mon, sun], from: "20:00", until: "24:00" }', undefined],
    [
      'hours past the day',
      'roles: [r], hours: { days: [mon], from: "08:00", until: "24:01" }',
      '"until" does not have',
    ],
    ['hours of no day', 'roles: [r], hours: { days: [], from: "08:00", until: "18:00" }', '"days" must NOT have fewer'],
    ['hours without an end', 'roles: [r], hours: { days: [mon], from: "08:00" }', '"until" is missing'],
  ])('takes a leg with %s, or says what is wrong', async (_what, terms, fault) => {
    const text = `kind: Agreement
id: x
version: 1
title: X
parties: [a, b]
purposes: [p]
startsOn: 2026-01-01
endsOn: 2026-02-28
retention: { requester: R, logBodyYears: 1 }
legs:
  - { id: l, from: a, to: b, dataService: a/b, items: [i], purposes: [p], patterns: [query], identifierTypes: [uprn], caseReferences: [], legalBasis: [x], unmatched: uniform, ${terms} }
`;
    const errors = await errorsOf({ 'x.yaml': text });
    expect(errors).toEqual(fault === undefined ? [] : [expect.stringContaining(`x.yaml:11: ${fault}`)]);
  });

  it('says that a folder is not there', async () => {
    await expect(readDefinitions(path.join(folder, 'nowhere'))).rejects.toThrow(/cannot be read/);
  });
});
