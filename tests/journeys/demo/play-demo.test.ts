import { playDemo } from '../../../sandbox/demo/play-demo.js';
import { runAsOwner } from '../../support/database.js';
import { Stage } from '../../../sandbox/demo/index.js';
import { startTestGateway, type TestGateway } from '../../support/gateway.js';

describe('the demo', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(() => gateway.stop());

  it('says so, and does not pass, when a step does not come out as it should', async () => {
    // Somebody with the database in their hands changes what the log says.
    await runAsOwner(gateway.database.ownerUrl, `UPDATE log_bodies SET detail = '{"changes":[]}' WHERE log_index = 0`);
    const lines: string[] = [];
    const stage = new Stage({ write: (line) => lines.push(line), colour: false });
    expect(await playDemo(gateway.sandbox, stage, new AbortController().signal)).toBe(false);
    const output = lines.join('\n');
    expect(output).toContain('The body of entry 0 does not make its leaf');
    expect(output).toContain('THE LOG DOES NOT VERIFY');
  });

  it('ends between two steps when it is told to', async () => {
    const reason = new Error('interrupted');
    const stage = new Stage({ write: () => undefined, colour: false });
    await expect(playDemo(gateway.sandbox, stage, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
