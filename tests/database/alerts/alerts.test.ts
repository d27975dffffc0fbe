import { raiseAlerts } from '../../../src/alerts/raise-alerts.js';
import { closeWhatIsOver, eraseOldAlerts } from '../../../src/alerts/close-what-is-over.js';
import { forgetErased } from '../../../src/alerts/count-look-ups.js';
import { findAboveUsual } from '../../../src/alerts/find-above-usual.js';
import type { NewAlert, Query } from '../../../src/alerts/index.js';
import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';

const TODAY = '2026-11-22';
const dayBefore = (days: number): string => new Date(Date.parse(TODAY) - days * 86_400_000).toISOString().slice(0, 10);

describe('alerts in the database', () => {
  let database: TestDatabase;
  const query: Query = (sql, values = []) => runAsOwner(database.applicationUrl, sql, [...values]) as never;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => database.drop());

  describe('counts far above the usual', () => {
    const counted = async (
      staff: string,
      before: readonly number[],
      today: { lookups: number; refusals?: number },
    ): Promise<void> => {
      const days = [
        ...before.map((lookups, i) => [dayBefore(i + 1), lookups, 0]),
        [TODAY, today.lookups, today.refusals ?? 0],
      ];
      for (const [day, lookups, refusals] of days) {
        await query(
          `INSERT INTO alert_counts VALUES ('council', 'staff', $1, $2::date, $3::int, $4::int, 0, 0) RETURNING 1`,
          [staff, day, lookups, refusals],
        );
      }
    };
    const told = async (staff: string): Promise<NewAlert[]> =>
      (await findAboveUsual(query, TODAY)).filter(({ detail }) => detail.staffId === staff);

    it('are told of somebody new above the floor, and not at it', async () => {
      await counted('new-1', [], { lookups: 51 });
      await counted('new-2', [], { lookups: 50 });
      expect(await told('new-1')).toEqual([
        {
          kind: 'lookups-above-usual',
          agency: 'council',
          about: `${TODAY} new-1`,
          detail: { day: TODAY, staffId: 'new-1', count: 51, usual: 0, limit: 50 },
        },
      ]);
      expect(await told('new-2')).toEqual([]);
    });

    it('are measured by what the same member of staff does on the days on which they work', async () => {
      // Two days a week, eighty look-ups each.
      const partTime = Array.from({ length: 28 }, (_, i) => (i % 7 < 2 ? 80 : 0)).flatMap((n, i) =>
        n > 0 ? [[i, n]] : [],
      );
      for (const [i, lookups] of partTime) {
        await query(
          `INSERT INTO alert_counts VALUES ('council', 'staff', 'part-time', $1::date, $2::int, 0, 0, 0) RETURNING 1`,
          [dayBefore(i! + 1), lookups],
        );
      }
      await counted('part-time', [], { lookups: 160 });
      expect(await told('part-time')).toEqual([]);
      await query(`UPDATE alert_counts SET lookups = 161 WHERE about = 'part-time' AND day = $1::date`, [TODAY]);
      expect((await told('part-time')).map(({ detail }) => detail.limit)).toEqual([160]);
    });

    it('are not hidden by a few days of excess before them', async () => {
      await counted('crafty', [5_000, 5_000, 10, 12, 9, 11, 10, 10], { lookups: 400 });
      expect(await told('crafty')).toHaveLength(1);
    });

    it('are told of refusals by themselves', async () => {
      await counted('refused', [5, 5, 5], { lookups: 12, refusals: 11 });
      expect((await told('refused')).map(({ kind }) => kind)).toEqual(['refusals-above-usual']);
    });

    it('do not look at days more than 28 before', async () => {
      await query(
        `INSERT INTO alert_counts VALUES ('council', 'staff', 'returned', $1::date, 5000, 0, 0, 0) RETURNING 1`,
        [dayBefore(29)],
      );
      await counted('returned', [], { lookups: 51 });
      expect((await told('returned')).map(({ detail }) => detail.usual)).toEqual([0]);
    });
  });

  it('forgets what was counted about persons on the days whose bodies were erased, and of staff nothing', async () => {
    const asOwner = (sql: string, values: unknown[] = []) => runAsOwner(database.ownerUrl, sql, values);
    const leaf = Buffer.alloc(32);
    const entry = (index: number, kind: string, at: string) =>
      asOwner(`INSERT INTO log_entries VALUES ($1, $2, NULL, $3, NULL, NULL, $4)`, [index, kind, at, leaf]);
    for (const [index, day] of ['2026-11-01', '2026-11-02', '2026-11-03'].entries()) {
      await entry(index, 'decision', `${day}T10:00:00Z`);
      for (const scope of ['handle', 'staff']) {
        await query(
          `INSERT INTO alert_counts VALUES ('trust', $1, 'a', $2::date, 1, 0, $3::bigint, $3::bigint) RETURNING 1`,
          [scope, day, index],
        );
      }
    }
    await entry(3, 'bodies-erased', '2026-11-04T10:00:00Z');
    await asOwner('INSERT INTO log_bodies VALUES (3, $1, $2, $3)', ['{"erased":[[0,0],[2,2]]}', '{}', leaf]);
    await forgetErased(query, { after: -1, upTo: 3 });
    expect(await query(`SELECT scope, day::text FROM alert_counts WHERE agency = 'trust' ORDER BY scope, day`)).toEqual(
      [
        { scope: 'handle', day: '2026-11-02' },
        { scope: 'staff', day: '2026-11-01' },
        { scope: 'staff', day: '2026-11-02' },
        { scope: 'staff', day: '2026-11-03' },
      ],
    );
  });

  describe('an alert', () => {
    const at = new Date(`${TODAY}T12:00:00Z`);
    const missing: NewAlert = {
      kind: 'witness-missing',
      agency: null,
      about: 'salford',
      detail: { witness: 'salford' },
    };
    const expiring = (about: string): NewAlert => ({
      kind: 'agreement-about-to-expire',
      agency: 'council',
      about,
      detail: {},
    });
    const statusOf = async (about: string) =>
      await query('SELECT status, outcome FROM alerts WHERE about = $1 ORDER BY id', [about]);

    it('is raised once while it is open, also by two at the same time, and for each agency', async () => {
      const both = await Promise.all([1, 2, 3].map(() => raiseAlerts(query, [missing], { at, again: true })));
      expect(both.reduce((sum, one) => sum + one)).toBe(1);
      expect(await raiseAlerts(query, [missing, missing], { at, again: true })).toBe(0);
      expect(await raiseAlerts(query, [{ ...missing, agency: 'council' }], { at, again: true })).toBe(1);
      expect(await raiseAlerts(query, [{ ...missing, about: 'leeds' }], { at, again: true })).toBe(1);
    });

    it('is raised anew after it was closed where it is told to be, and never by looking at the same again', async () => {
      await query(`UPDATE alerts SET status = 'closed', closed_at = $1, outcome = 'fault' WHERE about = 'leeds'`, [at]);
      const leeds = { ...missing, about: 'leeds' };
      expect(await raiseAlerts(query, [leeds], { at, again: false })).toBe(0);
      expect(await raiseAlerts(query, [leeds], { at, again: true })).toBe(1);
    });

    it('of an agreement closes itself when the agreement ends otherwise, or has come nearer to its end', async () => {
      await raiseAlerts(query, [expiring('care 1 2026-12-31 60'), expiring('fire 1 2027-01-10 60')], {
        at,
        again: false,
      });
      await closeWhatIsOver(query, at, [expiring('fire 1 2027-01-10 60')]);
      expect(await statusOf('care 1 2026-12-31 60')).toEqual([{ status: 'closed', outcome: 'no-longer-so' }]);
      expect(await statusOf('fire 1 2027-01-10 60')).toEqual([{ status: 'new', outcome: null }]);
      await closeWhatIsOver(query, at, []);
      expect(await statusOf('fire 1 2027-01-10 60')).toEqual([{ status: 'closed', outcome: 'no-longer-so' }]);
    });

    it('is erased a year after it was closed, and never while it is open', async () => {
      const yearLater = new Date(at.getTime() + 366 * 86_400_000);
      await eraseOldAlerts(query, new Date(at.getTime() + 364 * 86_400_000));
      expect(await statusOf('care 1 2026-12-31 60')).toHaveLength(1);
      await eraseOldAlerts(query, yearLater);
      expect(await statusOf('care 1 2026-12-31 60')).toEqual([]);
      expect((await statusOf('salford')).length).toBe(2);
    });
  });
});
