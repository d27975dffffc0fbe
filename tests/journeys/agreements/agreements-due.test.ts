import path from 'node:path';
import { readAppliedAgreements, readDefinedAgreements, reportDue } from '../../../src/cli/agreements-due.js';
import { projectFolder } from '../../../src/config/index.js';
import { AgreementsDue } from '../../../src/operations/agreements-due.module.js';
import { connectTo, RULES } from '../../support/definitions.js';
import { premisesQuery } from '../../support/gateway.js';
import { json } from '../../support/supplier-stub.js';
import { startSuppliedGateway, type SuppliedGateway } from '../../support/supplied-gateway.js';

const LAST_DAY = '2046-12-31';
const FIRE_ID = 'fire-premises-risk';

describe('agreements that are due', () => {
  let gateway: SuppliedGateway;
  beforeAll(async () => {
    gateway = await startSuppliedGateway();
    gateway.holds.set('999900000001', json({ premises: { hazards: [], accessNotes: null } }));
  });
  afterAll(async () => gateway.stop());

  const warnings = (): object[] =>
    gateway.logged
      .map((line) => JSON.parse(line) as { event: string })
      .filter(({ event }) => event === 'agreement-due');

  it('are told of in the metrics and once a day in the log, and nothing is disclosed after the last day', async () => {
    let now = new Date(`${LAST_DAY}T23:59:59Z`);
    const clock = { now: () => now };
    const replica = await gateway.addReplica(clock);
    const fire = await gateway.as('northmoor-fire-control', replica.url, clock);
    const due = replica.app.get(AgreementsDue);
    const metrics = async () => (await fetch(`${replica.url}/metrics`)).text();

    const [warned] = warnings().filter((line) => JSON.stringify(line).includes(FIRE_ID));
    expect(warned).toMatchObject({ level: 'warn', agreement: FIRE_ID, code: 'REVIEW_PASSED', count: -184 });
    expect(await metrics()).toContain(`gatehouse_agreement_days_left{agreement="${FIRE_ID}",date="end"} 0`);
    expect(await metrics()).toContain(`gatehouse_agreement_days_left{agreement="${FIRE_ID}",date="review"} -184`);
    const before = warnings().length;
    due.warn();
    expect(warnings()).toHaveLength(before);
    expect((await fire('POST', '/v1/queries', premisesQuery())).status).toBe(200);

    now = new Date('2047-01-01T00:00:00Z');
    due.warn();
    due.warn();
    expect(warnings().slice(before)).toContainEqual(
      expect.objectContaining({ agreement: FIRE_ID, code: 'END_PASSED', count: -1 }),
    );
    expect(
      new Set(
        warnings()
          .slice(before)
          .map((line) => JSON.stringify(line)),
      ).size,
    ).toBe(warnings().length - before);
    const refused = await fire('POST', '/v1/queries', premisesQuery());
    expect(refused.status).toBe(403);
    expect(refused.body['decision']).toMatchObject({ outcome: 'deny', reasonCodes: ['DENY_NO_LEGAL_BASIS'] });
  });

  it('are not told of while there is time', async () => {
    const text = await (await fetch(`${gateway.publicUrl}/metrics`)).text();
    expect(text).toContain('# TYPE gatehouse_agreement_days_left gauge');
    expect(text).not.toContain('gatehouse_agreement_days_left{');
  });

  it('are listed by the command, from the database or from a folder', async () => {
    const dataSource = await connectTo(gateway.sandbox.databaseUrl);
    try {
      const folder = path.join(projectFolder(), 'sandbox', 'definitions');
      const at = new Date('2046-06-01T12:00:00Z');
      for (const agreements of [await readAppliedAgreements(dataSource), await readDefinedAgreements(folder, RULES)]) {
        const { lines } = reportDue(agreements, at, 60);
        expect(lines).toContain('fire-premises-risk version 1: to be reviewed by 2046-06-30 (29 days left)');
        expect(lines.at(-1)).toMatch(/^\d+ agreements: \d+ dates? within 60 days\.$/);
        expect(reportDue(agreements, at, 28).lines.join()).not.toContain('fire-premises-risk');
        expect(JSON.parse(reportDue(agreements, at, 60, true).lines.join('\n'))).toContainEqual({
          agreement: FIRE_ID,
          version: 1,
          date: 'review',
          on: '2046-06-30',
          daysLeft: 29,
        });
      }
    } finally {
      await dataSource.destroy();
    }
  });
});
