import { canonicalAgreement, type Agreement } from '../../../src/agreements/index.js';
import { readDefinedRegister, readDefinitions } from '../../../src/definitions/index.js';
import { ADULT_CARE, FIRE, makeDefinitionsFolder, RULES, type DefinitionsFolder } from '../../support/definitions.js';

describe('a folder of definitions, as a register that nobody applied', () => {
  let files: DefinitionsFolder;
  beforeEach(async () => {
    files = await makeDefinitionsFolder();
  });
  afterEach(async () => files.remove());
  const read = () => readDefinedRegister(files.folder, RULES);
  const agreementOf = async (file: string): Promise<Agreement> => {
    const { definitions } = await readDefinitions(files.folder);
    return definitions.agreements.find((one) => one.file === file)?.value as Agreement;
  };

  it('holds what the folder defines, each agreement with the hash that its parties sign', async () => {
    const { register, agreements, unsigned } = await read();
    expect(register.system('northmoor-fire-control')?.agency).toBe('northmoor-fire');
    expect(register.dataService('northmoor-council/street-risk')?.items).toHaveLength(2);
    const [found] = register.agreementsFor('northmoor-nhs-trust/assessed-needs', 'northmoor-council');
    expect(found?.hash).toBe(canonicalAgreement(await agreementOf(ADULT_CARE)).hash);
    expect(agreements.map(({ id }) => id)).toEqual(['adult-care-assessed-needs', 'fire-premises-risk']);
    expect(unsigned).toEqual([]);
  });

  it('holds an agreement that not every party has signed, and names it', async () => {
    await files.delete(`${FIRE}.signatures.json`);
    await files.edit(ADULT_CARE, 'version: 1', 'version: 2');
    const { register, unsigned } = await read();
    expect(unsigned).toEqual(['adult-care-assessed-needs', 'fire-premises-risk']);
    expect(register.agreement('fire-premises-risk')).toBeDefined();
  });

  it('holds the newest version of an agreement alone', async () => {
    const newer = (await files.read(ADULT_CARE))
      .replace('version: 1', 'version: 2')
      .replace('2046-12-31', '2046-12-30');
    await files.write('a-newer.agreement.yaml', newer);
    const { register, agreements } = await read();
    expect(register.agreement('adult-care-assessed-needs')).toMatchObject({ version: 2, endsOn: '2046-12-30' });
    expect(register.agreementsOf('northmoor-nhs-trust')).toHaveLength(2);
    expect(agreements).toHaveLength(2);
  });

  it('holds an agreement that time has ended: that is for the decision to say', async () => {
    await files.edit(ADULT_CARE, 'endsOn: 2046-12-31', 'endsOn: 2026-06-30');
    await files.edit(ADULT_CARE, 'reviewOn: 2046-06-30', 'reviewOn: 2026-06-30');
    expect((await read()).register.agreement('adult-care-assessed-needs')?.endsOn).toBe('2026-06-30');
  });

  it.each<[string, string, [string, string], RegExp]>([
    ['what does not parse', 'systems.yaml', ['kind: System', 'kind: Sistem'], /systems\.yaml:1: "kind" must be one of/],
    [
      'a system of nobody',
      'systems.yaml',
      ['agency: northmoor-fire', 'agency: southmoor-fire'],
      /no agency southmoor-fire is defined/,
    ],
    [
      'an agreement on an item that is not there',
      ADULT_CARE,
      ['risk-summary', 'risks'],
      /agreement\.yaml:\d+: .*risks/,
    ],
    [
      'an agreement without its review date',
      ADULT_CARE,
      ['reviewOn: 2046-06-30\n', ''],
      /agreement\.yaml:\d+: .*review/,
    ],
  ])('is refused with %s', async (_what, file, [from, to], reason) => {
    await files.edit(file, from, to);
    await expect(read()).rejects.toThrow(reason);
  });
});
