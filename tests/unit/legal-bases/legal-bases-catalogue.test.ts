import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AGENCY_TYPES } from '../../../src/agencies/agency.js';
import { projectFolder, StartUpError } from '../../../src/config/index.js';
import { readLegalBases } from '../../../src/legal-bases/index.js';
import { CATALOGUE } from '../../support/legal-bases.js';

describe('the catalogue of legal bases', () => {
  it('holds 130 entries, of which eight are not relied on because they are not known to be in force', () => {
    expect(CATALOGUE.all()).toHaveLength(130);
    expect(CATALOGUE.all().filter(({ inForce }) => inForce !== 'in-force')).toHaveLength(8);
  });

  it('says of each entry which wording was read and which is general knowledge', () => {
    for (const { id, verified } of CATALOGUE.all()) expect([id, verified.length > 10]).toEqual([id, true]);
  });

  it('gives consent, confidentiality and statutory agreement their own kinds of permission', () => {
    const permissions = CATALOGUE.all().filter(({ permission }) => permission !== null);
    expect(Object.fromEntries(permissions.map(({ id, permission }) => [id, permission]))).toEqual({
      'ukgdpr-6-1-a': 'uk-gdpr-consent',
      'ukgdpr-9-2-a': 'uk-gdpr-consent',
      'dpa-sch1-para29': 'uk-gdpr-consent',
      'ha-1996-s213b': 'statutory-agreement',
      'ha-1996-s213a': 'statutory-agreement',
      'cldc-explicit-consent': 'confidentiality',
    });
    expect(
      CATALOGUE.all()
        .filter(({ explicit }) => explicit)
        .map(({ id }) => id),
    ).toEqual(['ukgdpr-9-2-a']);
  });

  it('explains every entry that fills no part of a stack', () => {
    for (const basis of CATALOGUE.all().filter(({ supplies }) => supplies.length === 0)) {
      expect([basis.id, basis.modelling ?? '']).toEqual([basis.id, expect.stringMatching(/.{20}/)]);
    }
  });

  it('finds nothing under a name that is not in it', () => {
    for (const name of ['', 'nothing', '__proto__', 'constructor']) {
      expect(CATALOGUE.get(name)).toBeUndefined();
      expect(CATALOGUE.purpose(name)).toBeUndefined();
      expect(CATALOGUE.covers(name, [name, '*'])).toBe(false);
    }
  });

  it('knows the agency types that the project knows', async () => {
    const schema = JSON.parse(
      await readFile(path.join(projectFolder(), 'schemas/legal-bases.schema.json'), 'utf8'),
    ) as {
      $defs: { agencyType: { enum: string[] } };
    };
    expect(schema.$defs.agencyType.enum).toEqual([...AGENCY_TYPES]);
  });

  it('gives both files as they are for the policy version', async () => {
    expect(Object.keys(CATALOGUE.content)).toEqual(['legal-bases.json', 'purposes.json']);
    for (const [file, content] of Object.entries(CATALOGUE.content)) {
      const text = await readFile(path.join(projectFolder(), 'consent-policies', file), 'utf8');
      expect(content).toEqual(JSON.parse(text));
    }
  });
});

describe('a purpose', () => {
  it.each([
    ['adult-social-care', ['health-and-care'], true],
    ['premises-risk', ['emergency-response'], true],
    ['premises-risk', ['safeguarding'], true],
    ['premises-risk', ['statutory-function'], true],
    ['premises-risk', ['premises-risk'], true],
    ['premises-risk', ['*'], true],
    ['premises-risk', ['health-and-care', 'crime'], false],
    ['premises-risk', [], false],
    ['health-and-care', ['adult-social-care'], false],
    ['concessionary-travel', ['blue-badge', 'social-protection'], false],
    ['home-fire-safety', ['statutory-function', 'safeguarding'], false],
    ['emergency-planning', ['emergency-response'], false],
    ['early-help', ['safeguarding'], false],
  ])('%s is covered by %j: %s', (purpose, listed, covered) => {
    expect(CATALOGUE.covers(purpose, listed)).toBe(covered);
  });
});

describe('start-up', () => {
  const files = {
    'legal-bases.json': CATALOGUE.content['legal-bases.json'],
    'purposes.json': CATALOGUE.content['purposes.json'],
  };
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'legal-bases-'));
    for (const [file, content] of Object.entries(files))
      await writeFile(path.join(folder, file), JSON.stringify(content));
  });
  afterEach(() => rm(folder, { recursive: true }));

  type Entry = Record<string, unknown> & { permits: Record<string, unknown> };
  /** Changes the entry of one legal basis, or appends a purpose. */
  async function change(id: string, changes: object): Promise<void> {
    const document = structuredClone(files['legal-bases.json']) as { legalBases: Entry[] };
    Object.assign(document.legalBases.find((entry) => entry['id'] === id) ?? {}, changes);
    await writeFile(path.join(folder, 'legal-bases.json'), JSON.stringify(document));
  }
  async function addPurpose(purpose: object): Promise<void> {
    const document = structuredClone(files['purposes.json']) as { purposes: object[] };
    document.purposes.push(purpose);
    await writeFile(path.join(folder, 'purposes.json'), JSON.stringify(document));
  }
  const refusal = (): string => {
    try {
      readLegalBases(folder);
    } catch (error) {
      if (error instanceof StartUpError) return error.message;
      throw error;
    }
    return 'accepted';
  };

  it('accepts the shipped files', () => expect(refusal()).toBe('accepted'));

  it('stops when a file is missing or is not JSON', async () => {
    await writeFile(path.join(folder, 'purposes.json'), '{"purposes": [');
    expect(refusal()).toBe('purposes.json: the file is not JSON.');
    await rm(path.join(folder, 'legal-bases.json'));
    expect(refusal()).toBe('legal-bases.json: the file cannot be read.');
  });

  it.each<[string, object, RegExp]>([
    ['an unknown member', { requiresConsent: false }, /^legal-bases\.json: \/legalBases\/0 must NOT have additional/],
    ['a state of force that is not known', { inForce: 'yes' }, /\/legalBases\/0\/inForce/],
    ['a kind of permission that is not known', { permission: 'consent' }, /\/legalBases\/0\/permission/],
    ['a day that is none', { inForceFrom: '2026-02-5' }, /\/legalBases\/0\/inForceFrom/],
    [
      'an agency type that is not known',
      { permits: { fromAgencyTypes: ['town'], toAgencyTypes: [], purposes: ['tax'] } },
      /fromAgencyTypes/,
    ],
    [
      'a companion that is not there',
      { needs: [['ukgdpr-6-1-z']] },
      /ukgdpr-6-1-a needs ukgdpr-6-1-z, which is not in the file/,
    ],
    [
      'a purpose that is not there',
      { permits: { fromAgencyTypes: [], toAgencyTypes: [], purposes: ['x'] } },
      /the purpose x, which is not/,
    ],
    [
      'a power for any purpose',
      { supplies: ['power-or-duty'], permits: { fromAgencyTypes: [], toAgencyTypes: [], purposes: ['*'] } },
      /closed list/,
    ],
    ['a restriction that fills a part', { effect: 'restriction' }, /restricts, so it fills no part/],
    ['an id that occurs twice', { id: 'ukgdpr-6-1-b' }, /ukgdpr-6-1-b occurs twice/],
  ])('stops at %s', async (_, changes, message) => {
    await change('ukgdpr-6-1-a', changes);
    expect(refusal()).toMatch(message);
  });

  it('stops at a purpose that occurs twice, leads nowhere or leads back to itself', async () => {
    await addPurpose({ code: 'tax', title: 'x', broader: [] });
    expect(refusal()).toBe('purposes.json: tax occurs twice.');
    await addPurpose({ code: 'new', title: 'x', broader: ['nowhere'] });
    expect(refusal()).toMatch(/^purposes\.json: new names the broader purpose nowhere/);
    await addPurpose({ code: 'new', title: 'x', broader: ['new'] });
    expect(refusal()).toBe('purposes.json: new is broader than itself.');
  });
});
