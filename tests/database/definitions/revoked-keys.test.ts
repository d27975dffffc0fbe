import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { parseAllDocuments } from 'yaml';
import { lintFiles } from '../../../src/cli/lint-agreement-files.js';
import { verifyFile } from '../../../src/cli/verify-agreement-file.js';
import { applyDefinitions, DefinitionsRefused } from '../../../src/definitions/index.js';
import { RegisterService } from '../../../src/definitions/definitions.module.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import {
  ADULT_CARE,
  connectTo,
  makeDefinitionsFolder,
  RULES,
  type DefinitionsFolder,
} from '../../support/definitions.js';

const CARE = 'adult-care-assessed-needs';
const NEEDS = ['northmoor-nhs-trust/assessed-needs', 'northmoor-council'] as const;
const APPLIED = '2026-11-22T12:00:00Z';
const BEFORE = '2026-11-22T11:00:00Z';
const AFTER = '2026-11-23T09:00:00Z';
const TODAY = '2026-11-24T12:00:00Z';

describe('a revoked key of an agency', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let files: DefinitionsFolder;
  let kid: string;
  beforeEach(async () => {
    database = await createTestDatabase();
    dataSource = await connectTo(database.applicationUrl);
    files = await makeDefinitionsFolder();
    kid = (await files.agencyKey('northmoor-council')).kid;
  });
  afterEach(async () => {
    await dataSource.destroy();
    await database.drop();
    await files.remove();
  });

  const apply = (at: string) =>
    applyDefinitions(dataSource, files.folder, { clock: { now: () => new Date(at) }, rules: RULES });
  const refusals = async (at: string): Promise<string[]> => {
    const thrown: unknown = await apply(at).catch((error: unknown) => error);
    return thrown instanceof DefinitionsRefused ? thrown.errors.map(({ reason }) => reason) : [];
  };
  /** Says in the council's definition that its key is revoked. */
  async function revoke(revokedAt: string): Promise<void> {
    const file = path.join(files.folder, 'agencies.yaml');
    const documents = [...parseAllDocuments(await readFile(file, 'utf8'))];
    const council = documents.find((document) => document.get('id') === 'northmoor-council');
    council?.setIn(['keys', 0, 'revokedAt'], revokedAt);
    await writeFile(file, documents.map(String).join(''));
  }
  async function agreementsInRegister(): Promise<string[]> {
    const service = new RegisterService(dataSource, {
      agreementLeftOut: () => undefined,
      registerLoaded: () => undefined,
      databaseAway: () => undefined,
    });
    const register = await service.fresh();
    return register.agreementsFor(...NEEDS).map(({ agreement }) => agreement.id);
  }
  const verify = (withDatabase: boolean) =>
    verifyFile(path.join(files.folder, ADULT_CARE), undefined, new Date(TODAY), withDatabase ? dataSource : undefined);

  it('that was revoked after an agreement was applied leaves it standing, with a warning', async () => {
    await apply(APPLIED);
    await revoke(AFTER);
    const { changes, warnings } = await apply(TODAY);
    expect(changes).toEqual([`agency northmoor-council: key ${kid} revoked at ${AFTER}`]);
    expect(warnings).toContainEqual(
      expect.stringMatching(
        new RegExp(
          `^agencies.yaml:\\d+: ${CARE} version 1 was signed with the key ${kid} before it was revoked at .*, and stands$`,
        ),
      ),
    );
    expect(await agreementsInRegister()).toEqual([CARE]);
    const verified = await verify(true);
    expect(verified.ok).toBe(true);
    expect(verified.lines.join()).toContain(`warning: the key ${kid} of northmoor-council is revoked at ${AFTER}`);
  });

  it('that was revoked before an agreement was applied takes it out of force, and nothing keeps an agency from saying so', async () => {
    await apply(APPLIED);
    expect(await agreementsInRegister()).toEqual([CARE]);
    await revoke(BEFORE);
    const { warnings } = await apply(TODAY);
    expect(warnings.join()).toContain(
      `${CARE} version 1 was stored only after its key ${kid} was revoked at ${BEFORE}`,
    );
    expect(await agreementsInRegister()).toEqual([]);
    expect((await verify(true)).ok).toBe(false);
  });

  it('signs nothing new: what is not applied yet counts as signed now', async () => {
    await revoke(AFTER);
    expect(await refusals(TODAY)).toContain(
      `the signature of northmoor-council is by a key that was revoked at ${AFTER}`,
    );
    expect(await refusals(AFTER)).toContain(
      `the signature of northmoor-council is by a key that was revoked at ${AFTER}`,
    );
    expect((await apply(APPLIED)).warnings.join()).toContain(`the key ${kid}, which is to be revoked at ${AFTER}`);
  });

  it('is told of by verify and lint, which say that the time of storing counts', async () => {
    await revoke(AFTER);
    const { ok, lines } = await verify(false);
    expect(ok).toBe(false);
    expect(lines.join('\n')).toContain('which --database asks for');
    const linted = await lintFiles(path.join(files.folder, ADULT_CARE), undefined, RULES, new Date(TODAY));
    expect(linted).toMatchObject({ ok: true });
    expect(linted.lines.join()).toContain(`by the key ${kid}, which is revoked at ${AFTER}`);
  });
});
