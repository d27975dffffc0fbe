import { InvalidArgumentError, type Command } from 'commander';
import { systemClock } from '../config/index.js';
import { readInstant } from './decisions.js';

/** Adds `gatehouse policy simulate` to `gatehouse policy`. */
export function addSimulateCommand(policy: Command): void {
  policy
    .command('simulate')
    .description('say what recorded decisions would have been under other policies or agreements; changes nothing')
    .requiredOption('--with <folder>', 'folder of the candidate policies, the candidate agreements, or both')
    .option('--last <n>', 'only the last so many exchanges', readCount)
    .option('--since <date or time>', 'only what was recorded then or later', readInstant)
    .option('--json', 'as one JSON document', false)
    .action(async ({ with: folder, json, ...options }: SimulateOptions) => {
      const { readCandidates, simulateDecisions } = await import('../exchange/index.js');
      const { describeSimulation, simulationAsJson } = await import('./describe-simulation.js');
      const { connectForCommand } = await import('./connect.js');
      const candidates = await readCandidates(folder);
      const dataSource = await connectForCommand();
      try {
        const today = systemClock.now().toISOString().slice(0, 10);
        const simulation = await simulateDecisions(dataSource, candidates, options, today);
        console.log(
          json
            ? JSON.stringify(simulationAsJson(candidates, simulation), null, 2)
            : describeSimulation(candidates, simulation).join('\n'),
        );
      } finally {
        await dataSource.destroy();
      }
    });
}

interface SimulateOptions {
  readonly with: string;
  readonly last?: number;
  readonly since?: Date;
  readonly json: boolean;
}

function readCount(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('It must be a whole number above 0.');
  return Number(text);
}
