import { readFile } from 'node:fs/promises';
import type { DataSource } from 'typeorm';
import {
  applyDefinitions,
  DefinitionsRefused,
  readDefinitions,
  type ApplyOptions,
} from '../../../src/definitions/index.js';
import { signAgreement } from '../../../src/agreements/index.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';
import {
  ADULT_CARE,
  CLOCK_ON,
  connectTo,
  FIRE,
  forgetDefinitions,
  makeAgencyKey,
  makeDefinitionsFolder,
  RULES,
  type DefinitionsFolder,
} from '../../support/definitions.js';

describe('applying definitions', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let files: DefinitionsFolder;
  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await connectTo(database.applicationUrl);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });
  beforeEach(async () => {
    files = await makeDefinitionsFolder();
  });
  afterEach(async () => {
    await forgetDefinitions(database.ownerUrl);
    await files.remove();
  });

  const apply = (options: Partial<ApplyOptions> = {}) =>
    applyDefinitions(dataSource, files.folder, { clock: CLOCK_ON, rules: RULES, ...options });
  const revision = async (): Promise<number> =>
    Number(
      (await runAsOwner<{ revision: string }>(database.ownerUrl, 'SELECT revision FROM register_revision'))[0]
        ?.revision,
    );
  const count = async (table: string): Promise<number> =>
    (await runAsOwner<{ count: number }>(database.ownerUrl, `SELECT count(*)::int AS count FROM ${table}`))[0]!.count;
  /** The errors with which the folder is refused, as `file:line` and reason. */
  const refusal = async (): Promise<[string, string][]> => {
    const error = await apply().then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    if (!(error instanceof DefinitionsRefused)) throw error ?? new Error('the folder was applied');
    return error.errors.map(({ file, line, reason }) => [`${file}:${line}`, reason]);
  };
  const lineIn = async (file: string, text: string): Promise<number> =>
    (await readFile(`${files.folder}/${file}`, 'utf8')).split('\n').findIndex((line) => line.includes(text)) + 1;

  it('writes everything at once, says what it did, and does nothing the second time', async () => {
    const first = await apply();
    expect(first.revision).toBe(1);
    expect(first.changes).toEqual([
      'agency northmoor-council: added',
      'agency northmoor-nhs-trust: added',
      'agency northmoor-fire: added',
      'agency eastvale-council: added',
      'system northmoor-council-adult-care: added',
      'system northmoor-fire-control: added',
      'system northmoor-nhs-trust-records: added',
      'system eastvale-council-adult-care: added',
      'officer northmoor-council-ig-1: added',
      'officer northmoor-council-ig-2: added',
      'officer northmoor-nhs-trust-ig-1: added',
      'officer northmoor-nhs-trust-ig-2: added',
      'officer northmoor-fire-ig-1: added',
      'officer northmoor-fire-ig-2: added',
      'officer eastvale-council-ig-1: added',
      'officer eastvale-council-ig-2: added',
      'officer northmoor-council-ig-3: added',
      'officer northmoor-council-ig-4: added',
      'officer northmoor-council-op-1: added',
      'data service northmoor-council/premises-risk: added',
      'data service northmoor-council/street-risk: added',
      'data service northmoor-nhs-trust/assessed-needs: added',
      'data service northmoor-nhs-trust/home-oxygen: added',
      'agreement adult-care-assessed-needs: version 1',
      'agreement fire-premises-risk: version 1',
    ]);
    expect(await apply()).toEqual({ revision: 1, changes: [], kept: [], warnings: [] });
    expect(await revision()).toBe(1);
  });

  it('does nothing when the same agreement is signed again', async () => {
    await apply();
    await files.sign(FIRE);
    expect((await apply()).changes).toEqual([]);
  });

  it('names what changed', async () => {
    await apply();
    await files.edit('northmoor-council.yaml', 'confidential: false', 'confidential: true');
    await files.edit('agencies.yaml', 'Eastvale Borough Council', 'Eastvale City Council');
    expect((await apply()).changes).toEqual([
      'agency eastvale-council: name changed',
      'data service northmoor-council/premises-risk: item hazards now confidential',
    ]);
    expect(await revision()).toBe(2);
  });

  it('applies nothing when one file of many is wrong, and names file, line and reason of each error', async () => {
    await files.edit('systems.yaml', 'agency: northmoor-fire', 'agency: nowhere');
    await files.edit('northmoor-council.yaml', 'identifierTypes: [ uprn ]', 'identifierTypes: [ shoe-size ]');
    await files.edit('northmoor-nhs-trust.yaml', 'select: $.patient.riskSummary', 'select: $.patient[');
    await files.edit(ADULT_CARE, '- cldc-explicit-consent', '- magna-carta');
    await files.write('broken.yaml', 'kind: Agency\nid: [\n');
    const errors = await refusal();
    const at = async (file: string, text: string) => `${file}:${await lineIn(file, text)}`;
    const expected: [string, string][] = [
      [await at('systems.yaml', 'agency: nowhere'), 'no agency nowhere is defined'],
      [await at('northmoor-council.yaml', 'shoe-size'), 'there is no type of identifier shoe-size'],
      [await at('northmoor-nhs-trust.yaml', 'id: risk-summary'), 'item risk-summary'],
      [await at(ADULT_CARE, 'magna-carta'), 'magna-carta'],
      [await at(ADULT_CARE, 'kind: Agreement'), 'the signature of northmoor-council is over another text'],
      ['broken.yaml:3', 'the file cannot be read'],
    ];
    for (const [place, reason] of expected) {
      expect(errors).toContainEqual([place, expect.stringContaining(reason) as string]);
    }
    for (const table of ['agencies', 'systems', 'officers', 'data_services', 'agreements'])
      expect(await count(table)).toBe(0);
    expect(await revision()).toBe(0);
  });

  it('leaves everything as it was when a later change is wrong', async () => {
    await apply();
    await files.edit('agencies.yaml', 'Eastvale Borough Council', 'Eastvale City Council');
    await files.write('zz.yaml', 'kind: Nothing\n');
    await refusal();
    const [row] = await runAsOwner<{ name: string }>(
      database.ownerUrl,
      `SELECT document ->> 'name' AS name FROM agencies WHERE id = 'eastvale-council'`,
    );
    expect([row?.name, await revision()]).toEqual(['Eastvale Borough Council (fictional)', 1]);
  });

  it('refuses names that stand twice, keys shared by two, and a service under another’s name', async () => {
    await files.write('copy.yaml', await readFile(`${files.folder}/agencies.yaml`, 'utf8'));
    await files.edit('copy.yaml', 'id: northmoor-council', 'id: northmoor-twin');
    await files.edit('northmoor-council.yaml', 'id: northmoor-council/street-risk', 'id: northmoor-fire/street-risk');
    const reasons = (await refusal()).map(([, reason]) => reason);
    expect(reasons).toContainEqual(
      expect.stringMatching(/^agency northmoor-fire is defined a second time; the first is in agencies.yaml:\d+$/),
    );
    expect(reasons).toContain('the key is also a key of northmoor-council: whoever holds it could act for both');
    expect(reasons).toContain('the id of a data service of northmoor-council starts with northmoor-council/');
  });

  describe('with agreements', () => {
    it('refuses one that a party has not signed', async () => {
      const [signature] = JSON.parse(await readFile(`${files.folder}/${FIRE}.signatures.json`, 'utf8')) as unknown[];
      await files.write(`${FIRE}.signatures.json`, JSON.stringify([signature]));
      expect((await refusal()).map(([, reason]) => reason)).toEqual([
        'northmoor-fire has not signed',
        'northmoor-nhs-trust has not signed',
      ]);
    });

    it('refuses one that one party signed for all', async () => {
      const key = await files.agencyKey('northmoor-council');
      const agreement = await signedText(FIRE);
      const forged = await Promise.all(agreement.parties.map((party) => signAgreement(agreement, party, key)));
      await files.write(`${FIRE}.signatures.json`, JSON.stringify(forged));
      expect((await refusal()).map(([, reason]) => reason)).toEqual([
        'the signature of northmoor-fire is by a key that is not among its keys',
        'the signature of northmoor-nhs-trust is by a key that is not among its keys',
      ]);
    });

    it('refuses one that lint finds wrong, although everybody signed it', async () => {
      await files.edit(FIRE, 'reviewOn: 2046-06-30\n', '');
      await files.sign(FIRE);
      expect(await refusal()).toEqual([[`${FIRE}:${await lineIn(FIRE, 'kind: Agreement')}`, 'it has no review date']]);
    });

    it('refuses another text under a version that was applied', async () => {
      await apply();
      await files.edit(FIRE, 'Risks of premises', 'Hazards of premises');
      await files.sign(FIRE);
      const [[place, reason] = []] = await refusal();
      expect(place).toBe(`${FIRE}:${await lineIn(FIRE, 'version: 1')}`);
      expect(reason).toBe(
        'agreement fire-premises-risk version 1 was applied with another text: a version never changes, so make it a new version',
      );
    });

    it('takes a new version, keeps the old one, and then takes no older one', async () => {
      await apply();
      await files.edit(FIRE, 'version: 1', 'version: 3');
      await files.sign(FIRE);
      expect((await apply()).changes).toEqual(['agreement fire-premises-risk: version 3']);
      expect(await count('agreements')).toBe(3);
      await files.edit(FIRE, 'version: 3', 'version: 2');
      await files.sign(FIRE);
      expect((await refusal()).map(([, reason]) => reason)).toEqual([
        'agreement fire-premises-risk version 2 is older than version 3, which was applied',
      ]);
    });

    it('warns when a new version leaves a time in which nothing is disclosed', async () => {
      await apply();
      await files.edit(FIRE, 'version: 1', 'version: 2');
      await files.edit(FIRE, 'startsOn: 2026-01-01', 'startsOn: 2027-04-01');
      await files.sign(FIRE);
      expect((await apply()).warnings).toEqual([
        `${FIRE}:${await lineIn(FIRE, 'startsOn')}: version 2 takes the place of version 1 at once, and nothing is disclosed under it before 2027-04-01`,
      ]);
    });

    it('does not let an agreement that has meanwhile ended stand in the way of other changes', async () => {
      await apply();
      await files.edit('agencies.yaml', 'Eastvale Borough Council', 'Eastvale City Council');
      const applied = await apply({ clock: { now: () => new Date('2047-01-01T00:00:00Z') } });
      expect(applied.changes).toEqual(['agency eastvale-council: name changed']);
      expect(applied.warnings).toContainEqual(expect.stringMatching(/: it ended on 2046-12-31$/));
    });

    it('refuses to take away an item that an agreement names, or the key that it was signed with', async () => {
      await apply();
      await files.edit('northmoor-nhs-trust.yaml', 'id: care-coordinator', 'id: care-lead');
      const { kid } = await files.agencyKey('northmoor-fire');
      const { d: _, ...other } = makeAgencyKey(kid);
      await files.edit('agencies.yaml', (await files.agencyKey('northmoor-fire')).x ?? '', other.x ?? '');
      await files.edit('agencies.yaml', (await files.agencyKey('northmoor-fire')).y ?? '', other.y ?? '');
      const reasons = (await refusal()).map(([, reason]) => reason);
      expect(reasons).toContain(
        'leg trust-to-council: northmoor-nhs-trust/assessed-needs has no item care-coordinator',
      );
      expect(reasons).toContain(
        'as it was applied, the signature of northmoor-fire does not verify: an applied version never changes, so sign a new version',
      );
    });
  });

  describe('of officers', () => {
    const officer = (id: string, agency = 'northmoor-fire', more = ''): string =>
      `kind: Officer\nid: ${id}\nagency: ${agency}\nroles: [officer]\nkeys: []\n${more}`;

    it('refuses an id that a system has, in the folder or applied before', async () => {
      await apply();
      await files.write('more.yaml', officer('northmoor-fire-control'));
      expect(await refusal()).toEqual(
        expect.arrayContaining([
          ['more.yaml:2', 'northmoor-fire-control is the id of a system'],
          [expect.stringContaining('systems.yaml:'), 'northmoor-fire-control is the id of an officer'],
        ]),
      );
      await files.delete('systems.yaml');
      expect(await refusal()).toEqual([['more.yaml:2', 'northmoor-fire-control is the id of a system']]);
      await files.write(
        'more.yaml',
        officer('northmoor-fire-ig-1').replace('Officer', 'System').replace('roles: [officer]', 'name: X'),
      );
      await files.delete('officers.yaml');
      expect(await refusal()).toEqual([['more.yaml:2', 'northmoor-fire-ig-1 is the id of an officer']]);
    });

    it('refuses an id with the form of an identifier of a person, a name, and a role that is not on the list', async () => {
      await files.write('more.yaml', officer('ab123456c'));
      await files.write('within.yaml', officer('ig-ab123456c'));
      expect((await refusal()).map(([place]) => place)).toEqual(['more.yaml:2', 'within.yaml:2']);
      await files.delete('within.yaml');
      await files.write(
        'more.yaml',
        officer('ig-3', 'northmoor-fire', 'name: A. Person\n').replace('[officer]', '[king]'),
      );
      expect(await refusal()).toEqual([
        ['more.yaml:4', 'entry 1 of "roles" must be one of officer, reviewer, administrator, oversight, operator'],
        ['more.yaml:6', '"name" is not a member that is known here'],
      ]);
    });

    it('refuses one of no agency, and one who moves to another', async () => {
      await apply();
      await files.edit('officers.yaml', 'agency: northmoor-fire', 'agency: eastvale-council');
      await files.write('more.yaml', officer('ig-3', 'nowhere'));
      expect((await refusal()).map(([, reason]) => reason)).toEqual([
        'no agency nowhere is defined',
        'officer northmoor-fire-ig-1 acts for northmoor-fire, and officers never move: define a new one',
      ]);
    });

    it('says which roles one has after a change', async () => {
      await apply();
      await files.edit('officers.yaml', '[ officer, administrator ]', '[ oversight ]');
      expect((await apply()).changes).toEqual(['officer northmoor-council-ig-1: roles now oversight']);
    });
  });

  describe('when something is no longer in the folder', () => {
    it('keeps it and says so', async () => {
      await apply();
      await files.write('systems.yaml', (await readFile(`${files.folder}/systems.yaml`, 'utf8')).split('---')[0]!);
      const { changes, kept } = await apply();
      expect(changes).toEqual([]);
      expect(kept).toEqual([
        'system eastvale-council-adult-care',
        'system northmoor-fire-control',
        'system northmoor-nhs-trust-records',
      ]);
    });

    it('removes it when told to prune, but nothing that an agreement names, and no agreement', async () => {
      await apply();
      await files.write('systems.yaml', (await readFile(`${files.folder}/systems.yaml`, 'utf8')).split('---')[0]!);
      for (const file of [
        'agencies.yaml',
        'officers.yaml',
        'northmoor-council.yaml',
        'northmoor-nhs-trust.yaml',
        FIRE,
        ADULT_CARE,
      ]) {
        await files.delete(file);
      }
      const { changes, kept } = await apply({ prune: true });
      expect(changes).toEqual([
        'system eastvale-council-adult-care: removed',
        'system northmoor-fire-control: removed',
        'system northmoor-nhs-trust-records: removed',
        'officer eastvale-council-ig-1: removed',
        'officer eastvale-council-ig-2: removed',
        'officer northmoor-council-ig-1: removed',
        'officer northmoor-council-ig-2: removed',
        'officer northmoor-council-ig-3: removed',
        'officer northmoor-council-ig-4: removed',
        'officer northmoor-council-op-1: removed',
        'officer northmoor-fire-ig-1: removed',
        'officer northmoor-fire-ig-2: removed',
        'officer northmoor-nhs-trust-ig-1: removed',
        'officer northmoor-nhs-trust-ig-2: removed',
        'agency eastvale-council: removed',
      ]);
      expect(kept).toContain('agency northmoor-fire (something that stays names it)');
      expect(kept).toContain('agreement fire-premises-risk (an agreement is ended by a new version, never removed)');
      expect([await count('agencies'), await count('systems'), await count('agreements')]).toEqual([3, 1, 2]);
    });
  });

  describe('together with others', () => {
    it('applies once when two apply the same folder at the same time', async () => {
      const applied = await Promise.all([apply(), apply(), apply()]);
      expect(applied.map(({ changes }) => changes.length).toSorted((a, b) => a - b)).toEqual([0, 0, 25]);
      expect(applied.map(({ revision: now }) => now)).toEqual([1, 1, 1]);
      expect(await revision()).toBe(1);
    });

    it('waits for whoever holds the lock of the disclosure log', async () => {
      const holder = dataSource.createQueryRunner();
      await holder.startTransaction();
      await holder.query('SELECT 1 FROM log_lock FOR UPDATE');
      let done = false;
      const applying = apply().finally(() => (done = true));
      await waitUntilBlocked();
      expect(done).toBe(false);
      expect(await revision()).toBe(0);
      await holder.commitTransaction();
      await holder.release();
      expect((await applying).revision).toBe(1);
    });

    it('undoes everything when the changes cannot be recorded', async () => {
      const record = () => Promise.reject(new Error('the log cannot be written'));
      await expect(apply({ record })).rejects.toThrow('the log cannot be written');
      expect([await revision(), await count('agencies')]).toEqual([0, 0]);
    });

    it('has the changes recorded in the same transaction, and nothing recorded when nothing changes', async () => {
      const recorded: { changes: readonly string[]; revision: number }[] = [];
      const record: ApplyOptions['record'] = async (manager, changes) => {
        const [row] = await manager.query<{ revision: string }[]>('SELECT revision FROM register_revision');
        recorded.push({ changes, revision: Number(row?.revision) });
      };
      const { changes } = await apply({ record });
      await apply({ record });
      expect(recorded).toEqual([{ changes, revision: 1 }]);
    });

    async function waitUntilBlocked(): Promise<void> {
      for (;;) {
        const rows = await runAsOwner(
          database.ownerUrl,
          `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%log_lock%' AND datname = current_database()`,
        );
        if (rows.length > 0) return;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  });

  async function signedText(file: string) {
    return (await readDefinitions(`${files.folder}/${file}`)).definitions.agreements[0]!.value;
  }
});
