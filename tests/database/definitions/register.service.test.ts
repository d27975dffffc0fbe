import { createServer, connect, type Server, type Socket } from 'node:net';
import type { DataSource } from 'typeorm';
import { canonicalAgreement, signAgreement } from '../../../src/agreements/index.js';
import { applyDefinitions } from '../../../src/definitions/index.js';
import { RegisterService, type RegisterReporter } from '../../../src/definitions/definitions.module.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';
import {
  CLOCK_ON,
  connectTo,
  FIRE,
  forgetDefinitions,
  makeDefinitionsFolder,
  RULES,
  type DefinitionsFolder,
} from '../../support/definitions.js';

const CARE = 'adult-care-assessed-needs';
const FIRE_ID = 'fire-premises-risk';
const OXYGEN = ['northmoor-nhs-trust/home-oxygen', 'northmoor-fire'] as const;

describe('the register service', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let files: DefinitionsFolder;
  const started: RegisterService[] = [];
  const told: string[] = [];
  const reporter: RegisterReporter = {
    agreementLeftOut: ({ id, version, reasons }) => told.push(`${id} ${version}: ${reasons.join('; ')}`),
    registerLoaded: (revision) => told.push(`revision ${revision}`),
    databaseAway: () => told.push('away'),
  };
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
    told.length = 0;
  });
  afterEach(async () => {
    for (const service of started.splice(0)) service.onModuleDestroy();
    await forgetDefinitions(database.ownerUrl);
    await files.remove();
  });

  const apply = () => applyDefinitions(dataSource, files.folder, { clock: CLOCK_ON, rules: RULES });
  const start = async (source = dataSource): Promise<RegisterService> => {
    const service = new RegisterService(source, reporter);
    await service.onModuleInit();
    started.push(service);
    return service;
  };
  /** Changes the database as its owner could, behind the gateway's back; a new revision makes replicas read it. */
  const tamper = async (sql: string, ...values: unknown[]): Promise<void> => {
    await runAsOwner(database.ownerUrl, sql, values);
    await runAsOwner(database.ownerUrl, 'UPDATE register_revision SET revision = revision + 1');
  };
  const until = async (condition: () => boolean): Promise<void> => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  it('holds what was applied', async () => {
    await apply();
    const register = (await start()).current();
    expect(register.revision).toBe(1);
    expect(register.system('northmoor-fire-control')?.agency).toBe('northmoor-fire');
    expect(register.agreementsFor(...OXYGEN).map(({ agreement }) => agreement.id)).toEqual([FIRE_ID]);
    expect(register.agreementsOf('northmoor-council').map(({ agreement }) => agreement.id)).toEqual([CARE, FIRE_ID]);
    expect(register.agreementsOf('eastvale-council')).toEqual([]);
    const [signed] = register.agreementsFor(...OXYGEN);
    expect(signed?.hash).toBe(canonicalAgreement(signed!.agreement).hash);
  });

  it('shows a new revision on every replica as soon as somebody asks for a fresh register', async () => {
    await apply();
    const other = await connectTo(database.applicationUrl);
    const replicas = [await start(), await start(other)];
    await files.edit(FIRE, 'version: 1', 'version: 2');
    await files.sign(FIRE);
    await apply();
    for (const replica of replicas) {
      expect((await replica.fresh()).agreement(FIRE_ID)?.version).toBe(2);
      expect(replica.current().revision).toBe(2);
    }
    replicas[1]?.onModuleDestroy();
    await other.destroy();
  });

  it('sees a new revision by itself', async () => {
    const replica = await start();
    expect(replica.current().revision).toBe(0);
    await apply();
    await until(() => replica.current().revision === 1);
  });

  it('gives the same register as long as nothing was applied', async () => {
    await apply();
    const replica = await start();
    expect(await replica.fresh()).toBe(replica.current());
    expect(await replica.fresh()).toBe(await replica.fresh());
    expect(told).toEqual(['revision 1']);
  });

  it('never answers with a register from before a commit, however many ask at once', async () => {
    await apply();
    const replica = await start();
    for (const name of ['A', 'B', 'C']) {
      const asking = [replica.fresh(), replica.fresh()];
      await files.edit(
        'agencies.yaml',
        /name: Eastvale.*/.exec(await files.read('agencies.yaml'))![0],
        `name: Eastvale ${name}`,
      );
      await apply();
      expect((await replica.fresh()).agency('eastvale-council')?.name).toBe(`Eastvale ${name}`);
      await Promise.all(asking);
    }
  });

  describe('leaves out an agreement, and no other, when', () => {
    const tampering: [string, string, unknown[], string][] = [
      [
        'its text was changed',
        `UPDATE agreements SET document = jsonb_set(document, '{legs,0,roles,0}', '"anybody"') WHERE id = $1`,
        [],
        'its text is not the one that was signed',
      ],
      [
        'something was added to it',
        `UPDATE agreements SET document = document || '{"note":"x"}' WHERE id = $1`,
        [],
        'its text is not the one that was signed',
      ],
      [
        'its hash was changed',
        `UPDATE agreements SET hash = repeat('0', 64) WHERE id = $1`,
        [],
        'its text is not the one that was signed',
      ],
      [
        'its signatures were taken away',
        `UPDATE agreements SET signatures = '[]' WHERE id = $1`,
        [],
        'the signature of northmoor-council is missing; the signature of northmoor-fire is missing; the signature of northmoor-nhs-trust is missing; it has a signature too many or too few',
      ],
      [
        'one signature stands for all',
        `UPDATE agreements SET signatures = (SELECT jsonb_agg((signatures -> 0) || jsonb_build_object('agency', party)) FROM jsonb_array_elements_text(document -> 'parties') AS party) WHERE id = $1`,
        [],
        'the signature of northmoor-fire is by a key that is not among its keys; the signature of northmoor-nhs-trust is by a key that is not among its keys',
      ],
      [
        'it is no agreement',
        `UPDATE agreements SET document = 'null' WHERE id = $1`,
        [],
        'its text is not the one that was signed',
      ],
      [
        'its signatures are no list',
        `UPDATE agreements SET signatures = '{"a":1}' WHERE id = $1`,
        [],
        'it is not an agreement',
      ],
    ];
    it.each(tampering)('%s', async (_, sql, values, reason) => {
      await apply();
      await tamper(sql, FIRE_ID, ...values);
      const replica = await start();
      expect(replica.current().agreement(FIRE_ID)).toBeUndefined();
      expect(replica.current().agreementsFor(...OXYGEN)).toEqual([]);
      expect(replica.current().agreement(CARE)?.version).toBe(1);
      expect(replica.invalidAgreements()).toEqual([{ id: FIRE_ID, version: 1, reasons: reason.split('; ') }]);
      expect(told).toContain(`${FIRE_ID} 1: ${reason}`);
    });

    it('it was consistently changed, and signed with another key', async () => {
      await apply();
      const replica = await start();
      const stored = replica.current().agreement(FIRE_ID)!;
      const changed = { ...stored, purposes: ['fraud'] };
      const { hash } = canonicalAgreement(changed);
      const key = await files.agencyKey('eastvale-council');
      const signatures = await Promise.all(changed.parties.map((party) => signAgreement(changed, party, key)));
      await tamper(
        'UPDATE agreements SET document = $2, hash = $3, signatures = $4 WHERE id = $1',
        FIRE_ID,
        JSON.stringify(changed),
        hash,
        JSON.stringify(signatures),
      );
      expect((await replica.fresh()).agreement(FIRE_ID)).toBeUndefined();
    });

    it('an old version of it is passed off as the newest', async () => {
      await apply();
      await tamper(
        `INSERT INTO agreements SELECT id, 9, hash, document, signatures, applied_at FROM agreements WHERE id = $1`,
        FIRE_ID,
      );
      const replica = await start();
      expect(replica.current().agreement(FIRE_ID)).toBeUndefined();
      expect(replica.invalidAgreements()).toEqual([
        { id: FIRE_ID, version: 9, reasons: ['it stands under the name of another'] },
      ]);
    });

    it('its newest version does not verify, although the one before would', async () => {
      await apply();
      await files.edit(FIRE, 'version: 1', 'version: 2');
      await files.sign(FIRE);
      await apply();
      await tamper(`UPDATE agreements SET signatures = '[]' WHERE id = $1 AND version = 2`, FIRE_ID);
      expect((await start()).current().agreement(FIRE_ID)).toBeUndefined();
    });

    it('a party’s key was replaced, although its signature was verified before', async () => {
      await apply();
      const replica = await start();
      expect(replica.current().agreement(FIRE_ID)).toBeDefined();
      const { x } = await files.agencyKey('eastvale-council');
      await tamper(
        `UPDATE agencies SET document = jsonb_set(document, '{keys,0,x}', to_jsonb($2::text)) WHERE id = $1`,
        'northmoor-fire',
        x,
      );
      expect((await replica.fresh()).agreement(FIRE_ID)).toBeUndefined();
      expect(replica.current().agreement(CARE)).toBeDefined();
    });
  });

  it('keeps what it has while the database is away, refuses to call it fresh, and recovers', async () => {
    await apply();
    const door = await openDoorTo(database.applicationUrl);
    const source = await connectTo(door.url);
    const replica = await start(source);
    door.close();
    await expect(replica.fresh()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await until(() => told.includes('away'));
    expect(replica.current().agreement(CARE)).toBeDefined();
    await files.edit('agencies.yaml', 'Eastvale Borough Council', 'Eastvale City Council');
    await apply();
    door.open();
    await until(() => replica.current().revision === 2);
    expect((await replica.fresh()).agency('eastvale-council')?.name).toContain('City');
    expect(told.filter((one) => one === 'away')).toHaveLength(1);
    replica.onModuleDestroy();
    await source.destroy();
    await door.end();
  });
});

/** A way to the database that can be shut: connections through it break, and new ones are dropped. */
async function openDoorTo(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let shut = false;
  const server: Server = createServer((incoming) => {
    if (shut) return void incoming.destroy();
    const outgoing = connect(Number(target.port), target.hostname);
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        incoming.destroy();
        outgoing.destroy();
        sockets.delete(socket);
      });
    }
    incoming.pipe(outgoing).pipe(incoming);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the door has no port');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  return {
    url: url.href,
    close: () => {
      shut = true;
      for (const socket of sockets) socket.destroy();
    },
    open: () => void (shut = false),
    end: () => new Promise<unknown>((resolve) => server.close(resolve)),
  };
}
