import { runAsOwner } from '../../support/database.js';
import { SECRET, startFaultyWorld, type FaultyWorld } from '../../support/faulty-world.js';
import { needsPermission, needsQuery, type Answer } from '../../support/gateway.js';
import { mountTinyDisk } from '../../support/tiny-disk.js';
import { until } from '../../support/until.js';

const disk = await mountTinyDisk(4);

// Only who may mount one has a disk that can be filled.
(disk ? describe : describe.skip)('a gateway whose PostgreSQL has no room left for the disclosure log', () => {
  let world: FaultyWorld;
  beforeAll(async () => {
    world = await startFaultyWorld();
    const { ownerUrl } = world.gateway.database;
    await runAsOwner(ownerUrl, `CREATE TABLESPACE ${tablespace()} LOCATION '${disk!.folder}'`);
    await runAsOwner(ownerUrl, `ALTER TABLE log_bodies SET TABLESPACE ${tablespace()}`);
    await world.untilReady();
  });
  afterAll(async () => {
    await disk!.makeRoom();
    const name = tablespace();
    await world.stop();
    await runAsOwner(process.env['TEST_POSTGRES_URL'] ?? '', `DROP TABLESPACE ${name}`);
    await disk!.unmount();
  });

  const tablespace = (): string => `tiny_${new URL(world.gateway.database.ownerUrl).pathname.slice(1)}`;
  const ask = (): Promise<Answer> => world.council('POST', '/v1/queries', needsQuery());
  const permit = (): Promise<Answer> => world.council('POST', '/v1/permissions', needsPermission('9990000026'));
  const expectRefused = (answer: Answer): void => {
    expect(answer.body).toMatchObject({ status: 503, code: 'LOG_UNAVAILABLE' });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.text).not.toContain(SECRET);
  };
  const kindsOf = async ({ body }: Answer): Promise<string[]> =>
    (await world.records.of(body['exchangeId'])).map(({ kind }) => kind);

  it('releases nothing whose outcome finds no room, says that it is not ready, and refuses the next exchange', async () => {
    expect((await ask()).status).toBe(200);
    world.supplier.hold();
    // Together they need more than the last page of the table may have left.
    const asking = Array.from({ length: 12 }, ask);
    await until(() => world.supplier.waiting() === 12);
    await disk!.fill();
    world.supplier.release();
    const answers = await Promise.all(asking);
    expect(answers.filter(({ status }) => status === 503).length).toBeGreaterThan(0);
    for (const answer of answers) {
      if (answer.status !== 200) expectRefused(answer);
      expect(await kindsOf(answer)).toEqual(answer.status === 200 ? ['decision', 'outcome'] : ['decision']);
    }
    // PostgreSQL's own word for a full disk.
    expect(world.gateway.logged.filter((line) => line.includes('disclosure-log-failed')).join()).toContain('"53100"');

    await until(async () => {
      const answer = await ask();
      return answer.status === 503 && (await kindsOf(answer)).length === 0;
    });
    await world.untilReady(false);
    const { checks } = JSON.parse((await world.health('ready')).text) as { checks: object[] };
    expect(checks).toContainEqual({
      name: 'disclosure-log',
      ok: false,
      reason: expect.stringMatching(/^the disclosure log cannot be written/) as string,
    });
    expect((await world.health('live')).status).toBe(200);
    const asked = world.supplier.asked();
    const refused = await ask();
    expectRefused(refused);
    expect(await kindsOf(refused)).toEqual([]);
    expect(world.supplier.asked()).toBe(asked);
    // What is short may still find room, and is refused when that is gone too.
    await until(async () => (await permit()).status !== 201);
    expectRefused(await permit());
    await world.untilReady(false);
  });

  it('serves again by itself when there is room, with a log that verifies', async () => {
    await disk!.makeRoom();
    await world.untilReady();
    const answer = await ask();
    expect(answer.status).toBe(200);
    expect(await kindsOf(answer)).toEqual(['decision', 'outcome']);
    expect(await world.records.verify()).toMatchObject({ findings: [] });
    expect((await permit()).status).toBe(201);
  });
});
