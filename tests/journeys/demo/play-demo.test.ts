import { playDemo } from '../../../sandbox/demo/play-demo.js';
import { Stage } from '../../../sandbox/demo/index.js';
import { needsPermission, startTestGateway, type TestGateway } from '../../support/gateway.js';

describe('the demo', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.stop());

  it('says so, and does not pass, when a step does not come out as it should', async () => {
    // Sam has said yes once more than the demo knows of, so the council goes on getting it after the withdrawal.
    const trust = await gateway.as('northmoor-nhs-trust-records');
    expect((await trust('POST', '/v1/permissions', needsPermission('9990000034'))).status).toBe(201);
    const lines: string[] = [];
    const stage = new Stage({ write: (line) => lines.push(line), colour: false });
    expect(await playDemo(gateway.sandbox, stage, new AbortController().signal)).toBe(false);
    expect(lines.filter((line) => line.includes('This is not what should have happened'))).toHaveLength(1);
    expect(lines.join('\n')).toContain('THE LOG VERIFIES');
  });

  it('ends between two steps when it is told to', async () => {
    const reason = new Error('interrupted');
    const stage = new Stage({ write: () => undefined, colour: false });
    await expect(playDemo(gateway.sandbox, stage, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
