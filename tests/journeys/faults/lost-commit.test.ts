import { DisclosureLog } from '../../../src/disclosure-log/index.js';
import { openDatabaseLine, type DatabaseLine } from '../../support/database-line.js';
import { needsQuery } from '../../support/gateway.js';
import { SECRET, startFaultyWorld, type FaultyWorld } from '../../support/faulty-world.js';
import { until } from '../../support/until.js';

/** Sent in one message with COMMIT, whenever an entry is committed. */
const COMMIT = 'EXECUTE insert_checkpoint';

describe('a connection that breaks while a record is being committed', () => {
  let line: DatabaseLine;
  let world: FaultyWorld;
  let log: DisclosureLog;
  beforeAll(async () => {
    line = await openDatabaseLine();
    world = await startFaultyWorld({}, line);
    log = world.gateway.sandbox.gateway.app.get(DisclosureLog);
  });
  afterAll(async () => world.stop());
  beforeEach(async () => world.untilReady());
  afterEach(async () => {
    expect(await world.records.verify()).toMatchObject({ findings: [] });
  });

  /** Mends the line, and gives what the log then holds of the exchange. */
  const reconciled = async (exchangeId: unknown): Promise<unknown[]> => {
    line.mend();
    await until(() => log.unconfirmedExchanges().length === 0);
    return (await world.records.of(exchangeId)).map(({ kind, claims }) =>
      kind === 'reconciliation' ? claims : (claims.outcome?.result ?? kind),
    );
  };
  const notReleased = (exchangeId: unknown, unconfirmed: string) =>
    expect.objectContaining({ kind: 'reconciliation', exchangeId, unconfirmed, result: 'not-released' }) as unknown;

  it.each([
    ['PostgreSQL had not seen', 'cutBefore'],
    ['PostgreSQL had kept', 'cutAfter'],
  ] as const)('discloses nothing on a decision that %s: no supplier is asked, and it is listed', async (_what, cut) => {
    const asked = world.supplier.asked();
    line.stayCut = true;
    line[cut] = COMMIT;
    const answer = await world.council('POST', '/v1/queries', needsQuery());
    expect(answer.body).toMatchObject({ status: 503, code: 'LOG_UNAVAILABLE' });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    const { exchangeId } = answer.body;
    expect(log.unconfirmedExchanges()).toEqual([{ exchangeId, kind: 'decision' }]);
    expect(await reconciled(exchangeId)).toEqual(
      cut === 'cutBefore' ? [] : ['decision', notReleased(exchangeId, 'decision')],
    );
    expect(world.supplier.asked()).toBe(asked);
  });

  it.each([
    ['PostgreSQL had not seen', 'cutBefore'],
    ['PostgreSQL had kept', 'cutAfter'],
  ] as const)('releases nothing on an outcome that %s, asks nobody again, and lists it', async (_what, cut) => {
    const asked = world.supplier.asked();
    world.supplier.hold();
    const asking = world.council('POST', '/v1/queries', needsQuery());
    await until(() => world.supplier.waiting() === 1);
    line.stayCut = true;
    line[cut] = COMMIT;
    world.supplier.release();
    const answer = await asking;
    expect(answer.body).toMatchObject({ status: 503, code: 'LOG_UNAVAILABLE' });
    expect(answer.text).not.toContain(SECRET);
    const { exchangeId } = answer.body;
    expect(log.unconfirmedExchanges()).toEqual([{ exchangeId, kind: 'outcome' }]);
    expect(await reconciled(exchangeId)).toEqual(
      cut === 'cutBefore' ? ['decision'] : ['decision', 'disclosed', notReleased(exchangeId, 'outcome')],
    );
    expect(world.supplier.asked()).toBe(asked + 1);
    const unresolved = (await world.records.unresolved()).map((one) => one.exchangeId);
    expect(unresolved.includes(String(exchangeId))).toBe(cut === 'cutBefore');
  });

  it('tells apart, among many that go at once, what was released and what was not', async () => {
    world.supplier.hold();
    const asking = Array.from({ length: 12 }, () => world.council('POST', '/v1/queries', needsQuery()));
    await until(() => world.supplier.waiting() === 12);
    line.cutAfter = COMMIT;
    world.supplier.release();
    const answers = await Promise.all(asking);
    await until(() => log.unconfirmedExchanges().length === 0);
    expect(answers.filter(({ status }) => status === 503).length).toBeGreaterThan(0);
    for (const { status, text, body } of answers) {
      const kinds = (await world.records.of(body['exchangeId'])).map(({ kind }) => kind);
      if (status === 200) expect(kinds).toEqual(['decision', 'outcome']);
      else {
        expect(text).not.toContain(SECRET);
        // Kept and reconciled, or (what waited behind it) never sent.
        expect([['decision', 'outcome', 'reconciliation'], ['decision']]).toContainEqual(kinds);
      }
    }
  });
});
