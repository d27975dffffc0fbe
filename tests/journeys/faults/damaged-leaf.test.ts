import { runAsOwner } from '../../support/database.js';
import { needsQuery } from '../../support/gateway.js';
import { startFaultyWorld, type FaultyWorld } from '../../support/faulty-world.js';
import { until } from '../../support/until.js';

describe('an entry that is changed on its way to the disk', () => {
  let world: FaultyWorld;
  beforeAll(async () => {
    world = await startFaultyWorld();
  });
  afterAll(async () => world.stop());

  const owner = (sql: string) => runAsOwner(world.gateway.database.ownerUrl, sql);
  const failures = (): number => world.gateway.logged.filter((line) => line.includes('disclosure-log-failed')).length;

  it('is never signed: 503, nobody is asked, and the gateway says that its log is damaged for as long as it is so', async () => {
    const asked = world.supplier.asked();
    const checkpoints = await owner('SELECT note FROM log_checkpoints');
    await owner(
      `CREATE FUNCTION tamper() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN NEW.claims := replace(NEW.claims, 'northmoor', 'southmoor'); NEW.detail := NEW.detail || ' '; RETURN NEW; END $$;
       CREATE TRIGGER tamper BEFORE INSERT ON log_bodies FOR EACH ROW EXECUTE FUNCTION tamper()`,
    );
    const answer = await world.council('POST', '/v1/queries', needsQuery());
    expect(answer.body).toMatchObject({ status: 503, code: 'LOG_UNAVAILABLE' });
    // Through several of its own attempts, it does not take itself for well again.
    const before = failures();
    await until(async () => {
      expect((await world.health('ready')).text).toMatch(/the disclosure log is damaged: an entry read back differs/);
      return failures() >= before + 3;
    });
    expect((await world.health('live')).status).toBe(200);
    expect(world.supplier.asked()).toBe(asked);
    expect(await owner('SELECT note FROM log_checkpoints')).toEqual(checkpoints);

    await owner('DROP TRIGGER tamper ON log_bodies');
    await world.untilReady();
    expect((await world.council('POST', '/v1/queries', needsQuery())).status).toBe(200);
    expect(await world.records.verify()).toMatchObject({ findings: [] });
  });
});
