import type { Command } from 'commander';
import { untilStopped } from './until-stopped.js';

/** What a shell expects of a process that a signal ended. */
const EXIT_CODES = { SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 } as const;

/** Adds `gatehouse demo`: plays the main job on a sandbox of its own, and leaves nothing behind. */
export function addDemoCommand(program: Command): void {
  program
    .command('demo')
    .description('play the main job, step by step, and leave nothing running')
    .action(async () => {
      const { runDemo, Stage } = await import('../../sandbox/demo/index.js');
      const interrupted = new AbortController();
      void untilStopped().then((signal) => interrupted.abort(signal));
      // Whoever reads has gone, as with "npm run demo | head": still remove everything.
      process.stdout.on('error', () => interrupted.abort('SIGPIPE'));
      const colour = process.stdout.isTTY && !process.env['NO_COLOR'];
      const stage = new Stage({ write: (line) => console.log(line), colour });
      try {
        process.exitCode = (await runDemo(stage, interrupted.signal)) ? 0 : 1;
      } catch (error) {
        if (!interrupted.signal.aborted) throw error;
        process.exitCode = EXIT_CODES[interrupted.signal.reason as keyof typeof EXIT_CODES];
      }
    });
}
