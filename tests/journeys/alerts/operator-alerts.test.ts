import path from 'node:path';
import type { DataSource } from 'typeorm';
import { closeOperatorAlert, readOperatorAlerts, type Query } from '../../../src/alerts/index.js';
import { AlertsService } from '../../../src/alerts/alerts.module.js';
import { describeAlerts } from '../../../src/cli/alerts.js';
import { DisclosureLog } from '../../../src/disclosure-log/index.js';
import { startCommand, type Ended } from '../../support/command.js';
import { connectTo } from '../../support/definitions.js';
import { startTestGateway, type TestGateway } from '../../support/gateway.js';
import { logFindings, readLog } from '../../support/read-log.js';

describe('alerts for whoever runs the gateway', () => {
  let gateway: TestGateway;
  let dataSource: DataSource;
  beforeAll(async () => {
    gateway = await startTestGateway({ ALERTS_EVERY_SECONDS: '3600' });
    dataSource = await connectTo(gateway.sandbox.databaseUrl);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await gateway.stop();
  });

  const query: Query = async <Row>(sql: string, values: readonly unknown[] = []) =>
    (await dataSource.query(sql, [...values])) as Row[];
  const close = (id: string): Promise<boolean> => {
    const { name } = gateway.sandbox.gateway.app.get(DisclosureLog).verifier().key;
    const signer = { name, key: gateway.sandbox.keys.log.privateKey };
    return closeOperatorAlert(dataSource, id, 'fault', { signer, at: new Date() });
  };
  const run = (...args: string[]): Promise<Ended> =>
    startCommand(['alerts', ...args], {
      DATABASE_URL: gateway.sandbox.databaseUrl,
      GATEHOUSE_KEYS: path.join(gateway.varFolder, 'keys'),
    }).ended;

  it('are listed without those of any agency, and closed on record', async () => {
    expect(describeAlerts(await readOperatorAlerts(query, false))).toEqual(['No alert.']);
    const alerts = gateway.sandbox.gateway.app.get(AlertsService);
    await alerts.raise({ kind: 'verification-failed', agency: null, about: 'nightly', detail: { findings: 2 } });
    await alerts.raise({ kind: 'budget-reached', agency: 'northmoor-council', about: 'a budget', detail: {} });
    const [own] = await alerts.list({ agency: 'northmoor-council' }, { limit: 1 });
    const listed = await readOperatorAlerts(query, false);
    expect(listed).toEqual([
      expect.objectContaining({ kind: 'verification-failed', detail: { findings: 2 }, status: 'new' }),
    ]);
    expect(await alerts.listForOperator()).toEqual(listed);
    const [{ id } = { id: '' }] = listed;
    expect(describeAlerts(listed)).toEqual([
      `${listed[0]!.raisedAt.toISOString()}  ${id}  verification-failed  nightly  new`,
      '1 alert.',
    ]);
    expect(await close(own!.id)).toBe(false);
    expect((await Promise.all([close(id), close(id)])).toSorted()).toEqual([false, true]);
    expect(await readOperatorAlerts(query, false)).toEqual([]);
    expect(describeAlerts(await readOperatorAlerts(query, true))[0]).toMatch(/nightly {2}fault$/);
    const entries = await readLog(gateway.database.ownerUrl);
    const closings = entries.filter(({ kind }) => kind === 'alert-closed');
    expect(closings.map(({ claims }) => claims)).toEqual([
      expect.objectContaining({ alert: id, alertKind: 'verification-failed', by: null, outcome: 'fault' }),
    ]);
    expect(await logFindings(gateway)).toEqual([]);
  });

  it('are listed and closed by a command', async () => {
    const alerts = gateway.sandbox.gateway.app.get(AlertsService);
    await alerts.raise({ kind: 'witness-missing', agency: null, about: 'salford', detail: { witness: 'salford' } });
    const [{ id } = { id: '' }] = JSON.parse((await run('--json')).stdout) as { id: string }[];
    const [refused, unknown] = await Promise.all([run('close', id, 'no-longer-so'), run('close', 'no-id', 'fault')]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('in-order, mistake, misuse, fault')]);
    expect([unknown.code, unknown.stderr]).toEqual([1, expect.stringContaining('There is no open alert')]);
    expect((await run('close', id, 'fault')).code).toBe(0);
    expect((await run()).stdout).toBe('No alert.\n');
  }, 90_000);
});
