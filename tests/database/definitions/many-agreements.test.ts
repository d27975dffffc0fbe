import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DataSource } from 'typeorm';
import { makeManyAgreements, writeDefinitions } from '../../../bench/in-process/make-agreements.js';
import { applyDefinitions, type Register } from '../../../src/definitions/index.js';
import { RegisterService } from '../../../src/definitions/definitions.module.js';
import { createTestDatabase, type TestDatabase } from '../../support/database.js';
import { CLOCK_ON, connectTo, RULES } from '../../support/definitions.js';

const COUNT = 300;

describe('a register of many agreements', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let folder: string;
  let register: Register;
  let made: Awaited<ReturnType<typeof makeManyAgreements>>;
  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await connectTo(database.applicationUrl);
    folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-many-'));
    made = await makeManyAgreements(COUNT);
    await writeDefinitions(made, folder);
    const leftOut: unknown[] = [];
    const { warnings } = await applyDefinitions(dataSource, folder, { clock: CLOCK_ON, rules: RULES });
    expect(warnings).toEqual([]);
    const service = new RegisterService(dataSource, {
      agreementLeftOut: (agreement) => leftOut.push(agreement),
      registerLoaded: () => undefined,
      databaseAway: () => undefined,
    });
    register = await service.fresh();
    expect(leftOut).toEqual([]);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
    await rm(folder, { recursive: true });
  });

  const idsOf = (agreements: ReturnType<Register['agreements']>): string[] =>
    agreements.map(({ agreement }) => agreement.id);

  it('holds each of them, as it was signed', () => {
    expect(register.agreements().map(({ hash }) => hash)).toEqual(made.agreements.map(({ hash }) => hash));
  });

  it('finds for a data service and an agency exactly those with a leg from the one to the other', () => {
    let found = 0;
    for (const { id: service } of made.dataServices) {
      for (const { id: agency } of made.agencies) {
        const concerned = made.agreements.filter(({ agreement }) =>
          agreement.legs.some((leg) => leg.dataService === service && leg.to === agency),
        );
        expect(idsOf(register.agreementsFor(service, agency))).toEqual(idsOf(concerned));
        found += concerned.length;
      }
    }
    expect(found).toBe(COUNT);
  });

  it('finds for an agency exactly those that it is a party to', () => {
    for (const { id } of made.agencies) {
      const own = made.agreements.filter(({ agreement }) => agreement.parties.includes(id));
      expect(idsOf(register.agreementsOf(id))).toEqual(idsOf(own));
    }
  });

  it('is left as it is when the same is applied again', async () => {
    const again = await applyDefinitions(dataSource, folder, { clock: CLOCK_ON, rules: RULES });
    expect(again).toEqual({ revision: 1, changes: [], kept: [], warnings: [] });
  });
});
