import { stat } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { withDeadline } from '../../../src/permissions/index.js';

const busyFor = (milliseconds: number): void => {
  for (const until = performance.now() + milliseconds; performance.now() < until;);
};

describe('work with a deadline', () => {
  it('fails when it has not ended by then', async () => {
    await expect(withDeadline(new Promise(() => undefined), 5)).rejects.toThrow('no answer in time');
  });

  it('counts when its answer had arrived by then, and this process was too busy to read it', async () => {
    // From here on, Node looks at timers before it looks at what has arrived.
    await setImmediate();
    const answer = withDeadline(stat('.'), 5);
    busyFor(100);
    await expect(answer).resolves.toBeDefined();
  });
});
