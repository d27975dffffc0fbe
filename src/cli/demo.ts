import type { Command } from 'commander';

/** Adds `gatehouse demo`. */
export function addDemoCommand(program: Command): void {
  program.command('demo').description('play the main job, step by step, and leave nothing running');
}
