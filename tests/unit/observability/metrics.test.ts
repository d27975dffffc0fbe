import { Metrics } from '../../../src/observability/index.js';

describe('metrics', () => {
  it('count what is reported, each under its name', async () => {
    const metrics = new Metrics();
    metrics.requestStarted()('POST', '/v1/queries', 200);
    metrics.problem('PROOF_REPLAYED');
    metrics.exchangeStarted('query')('released');
    metrics.decided(['PERMIT']);
    metrics.surplusDropped('a/b', 3);
    metrics.surplusDropped('a/b', 0);
    metrics.supplierAnswered('a/b', 'timed-out', 5);
    metrics.logAppended(12, 0.004, 400);
    metrics.logAppendFailed();
    metrics.ready(true);
    const text = await metrics.exposition();
    for (const line of [
      'gatehouse_http_requests_total{method="POST",route="/v1/queries",status="200"} 1',
      'gatehouse_http_requests_in_flight 0',
      'gatehouse_problems_total{code="PROOF_REPLAYED"} 1',
      'gatehouse_exchanges_total{pattern="query",outcome="released"} 1',
      'gatehouse_exchanges_in_flight 0',
      'gatehouse_decisions_total{reason="PERMIT"} 1',
      'gatehouse_surplus_values_total{data_service="a/b"} 3',
      'gatehouse_supplier_seconds_count{data_service="a/b",result="timed-out"} 1',
      'gatehouse_log_append_entries_sum 12',
      'gatehouse_log_entries 400',
      'gatehouse_log_append_failures_total 1',
      'gatehouse_ready 1',
    ]) {
      expect(text.split('\n')).toContain(line);
    }
  });

  it('have no figures of reviews rather than old ones while they cannot be counted', async () => {
    const metrics = new Metrics();
    let counted = async () => [{ agency: 'a-council', open: 2, overdue: 1 }];
    metrics.readOverrideReviews(() => counted());
    expect(await metrics.exposition()).toContain('gatehouse_override_reviews{agency="a-council",state="overdue"} 1');
    counted = async () => Promise.reject(new Error('the database is away'));
    expect(await metrics.exposition()).not.toContain('gatehouse_override_reviews{');
  });

  it('have the open alerts, the operator’s without an agency, and none rather than old ones', async () => {
    const metrics = new Metrics();
    let counted = async () => [
      { agency: 'a-council', kind: 'sampled', status: 'new', count: 3 },
      { agency: null, kind: 'witness-missing', status: 'new', count: 1 },
    ];
    metrics.readAlerts(() => counted());
    const lines = (await metrics.exposition()).split('\n').filter((line) => line.startsWith('gatehouse_alerts{'));
    expect(lines).toEqual([
      'gatehouse_alerts{agency="a-council",kind="sampled",status="new"} 3',
      'gatehouse_alerts{agency="",kind="witness-missing",status="new"} 1',
    ]);
    counted = async () => Promise.reject(new Error('the database is away'));
    expect(await metrics.exposition()).not.toContain('gatehouse_alerts{');
  });

  it('never tell apart more than a bounded number of values of one label', async () => {
    const metrics = new Metrics();
    for (let at = 0; at < 1000; at++) metrics.requestStarted()('GET', `/made-up/${at}`, 404);
    for (let at = 0; at < 50; at++) metrics.requestStarted()(`M${at}`, '/one', 405);
    const lines = (await metrics.exposition())
      .split('\n')
      .filter((line) => line.startsWith('gatehouse_http_requests_total{'));
    expect(lines.length).toBeLessThan(210);
    expect(lines).toContainEqual(expect.stringContaining('route="other"'));
    expect(lines).toContainEqual(expect.stringContaining('method="other"'));
  });

  it('of two gateways in one process stay apart', async () => {
    const [one, other] = [new Metrics(), new Metrics()];
    one.problem('INTERNAL');
    expect(await other.exposition()).not.toContain('code="INTERNAL"');
  });
});
