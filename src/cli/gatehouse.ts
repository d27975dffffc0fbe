import { Command } from 'commander';
import { StartUpError } from '../config/index.js';

/** Each command lives in a file of its own that is loaded only when it is called. */
const program = new Command('gatehouse').description(
  'Brokers disclosures of personal data between public services, and keeps their log.',
);

try {
  await program.parseAsync();
} catch (error) {
  // One clear sentence for what a person can mend; a stack only for what is a defect of the gateway's own.
  console.error(error instanceof StartUpError ? error.message : error);
  process.exitCode = 1;
}
