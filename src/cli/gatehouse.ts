import { Command } from 'commander';
import { readSettings, StartUpError, systemClock } from '../config/index.js';
import { addAgreementCommand } from './agreement.js';
import { addAlertsCommand } from './alerts.js';
import { addApplyCommand } from './apply.js';
import { addDatabaseCommand } from './database.js';
import { addDecisionsCommand } from './decisions.js';
import { addDemoCommand } from './demo.js';
import { addDisclosuresCommand } from './disclosures.js';
import { addGenerateCommand } from './generate.js';
import { addHeadersCommand } from './headers.js';
import { addKeysCommand } from './keys.js';
import { addLogCommand } from './log.js';
import { addPolicyCommand } from './policy.js';
import { addServeCommand } from './serve.js';
import { addStartCommand } from './start.js';
import { addWitnessCommand } from './witness.js';

/** What the operating system refused (no such folder, no right to it, no space): Node's own message is one sentence. */
const isFromSystem = (error: unknown): error is Error => error instanceof Error && 'syscall' in error;

/** What PostgreSQL refused has a SQLSTATE, e.g. because its files are damaged. */
const isFromDatabase = (error: unknown): error is Error =>
  error instanceof Error && 'code' in error && /^[0-9A-Z]{5}$/.test(String(error.code));

/** Said of the whole log, so nothing that the command was given explains it but another log's name or key. */
const isDamagedLog = (error: unknown): error is Error => error instanceof Error && error.name === 'LogDamaged';

const program = new Command('gatehouse').description(
  'Brokers disclosures of personal data between public services, and keeps their log.',
);

/** The database, for commands that need it: others do not wait for its libraries. */
const connectForCommand = async () => await (await import('./connect.js')).connectForCommand();

/** The rules that definitions are held against. Loaded when a command needs them. */
async function rules() {
  const { makeDefinitionRules } = await import('../definitions/index.js');
  const { projectLegalBases } = await import('../legal-bases/index.js');
  return makeDefinitionRules(projectLegalBases());
}

/** What `apply` needs beside the folder; it signs a checkpoint, so it needs the gateway's keys. */
async function applyOptions() {
  const { recordApplied } = await import('../definitions/index.js');
  const { readGatewayKeys } = await import('../keys/index.js');
  const settings = readSettings(process.env);
  const keys = await readGatewayKeys(settings.keysFolder);
  const signer = { name: settings.logName, key: keys.log.privateKey };
  return { clock: systemClock, rules: await rules(), record: recordApplied(signer, systemClock) };
}

addStartCommand(program);
addServeCommand(program);
addDemoCommand(program);
addApplyCommand(program, { connect: connectForCommand, options: applyOptions });
addAgreementCommand(program, { rules, now: () => systemClock.now(), connect: connectForCommand });
addPolicyCommand(program);
addDecisionsCommand(program);
addLogCommand(program);
addAlertsCommand(program);
addDisclosuresCommand(program);
addDatabaseCommand(program);
addKeysCommand(program);
addGenerateCommand(program);
addHeadersCommand(program);
addWitnessCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  // One clear sentence for what a person can mend; a stack only for what is a defect of the gateway's own.
  if (error instanceof StartUpError || isFromSystem(error)) console.error(error.message);
  else if (isFromDatabase(error)) {
    const { describeDatabaseError } = await import('../database/index.js');
    console.error(`The database failed: ${describeDatabaseError(error)}.`);
  } else if (isDamagedLog(error)) {
    console.error(
      `Nothing was written, since the log in the database does not hold together: ${error.message}. Are LOG_NAME, PUBLIC_URL and GATEHOUSE_KEYS those of this log? If they are, see what "gatehouse log verify" finds.`,
    );
  } else console.error(error);
  process.exitCode = 1;
}
