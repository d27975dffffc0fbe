import type { Command } from 'commander';
import type { DataSource } from 'typeorm';
import { StartUpError } from '../config/index.js';
import type { DefinitionRules } from '../definitions/index.js';
import type { AgreementReport } from './agreement-report.js';

/** What the commands are given by the program that they are part of. */
export interface AgreementCommandParts {
  rules(): Promise<DefinitionRules>;
  /** The current instant. */
  now(): Date;
  /** A connection to the gateway's database; closed by the command. */
  connect(): Promise<DataSource>;
}

/** Adds `gatehouse agreement lint | sign | verify | diff | document | due`. */
export function addAgreementCommand(program: Command, parts: AgreementCommandParts): void {
  const agreement = program
    .command('agreement')
    .description('check, sign, verify and compare information sharing agreements');
  const definitions = [
    '--definitions <folder>',
    'folder that defines the agencies and data services; default: where it lies',
  ] as const;
  agreement
    .command('lint')
    .description('say what a good officer would say about agreements')
    .argument('<file or folder>')
    .option(...definitions)
    .action(async (target: string, options: { definitions?: string }) => {
      const { lintFiles } = await import('./lint-agreement-files.js');
      finish(await lintFiles(target, options.definitions, await parts.rules(), parts.now()));
    });
  agreement
    .command('sign')
    .description('sign an agreement for one party; the signature is added to <file>.signatures.json')
    .argument('<file>')
    .requiredOption('--agency <id>', 'the party that signs')
    .requiredOption('--key <file>', 'its private key, a JSON Web Key with its kid')
    .action(async (file: string, options: { agency: string; key: string }) => {
      const { signFile } = await import('./sign-agreement-file.js');
      finish(await signFile(file, options.agency, options.key));
    });
  agreement
    .command('verify')
    .description('say whether every party has signed exactly this agreement')
    .argument('<file>')
    .option(...definitions)
    .option('--database', 'ask the database when the signatures were stored, where a key is revoked')
    .action(async (file: string, options: { definitions?: string; database?: true }) => {
      const { verifyFile } = await import('./verify-agreement-file.js');
      const dataSource = options.database ? await parts.connect() : undefined;
      const report = await verifyFile(file, options.definitions, parts.now(), dataSource).finally(() =>
        dataSource?.destroy(),
      );
      finish(report);
    });
  agreement
    .command('diff')
    .description('say how a version of an agreement differs from an older one: first what widens what may be shared')
    .argument('<older file>')
    .argument('<newer file>')
    .option('--json', 'print one JSON object instead of words')
    .action(async (older: string, newer: string, options: { json?: true }) => {
      const { diffFiles } = await import('./diff-agreement-files.js');
      finish(await diffFiles(older, newer, options.json));
    });
  agreement
    .command('document')
    .description('print a document that is generated from an agreement')
    .argument('<file>')
    .requiredOption('--as <form>', 'html, markdown, article-30, public-register or odrl')
    .option(...definitions)
    .action(async (file: string, options: { as: string; definitions?: string }) => {
      const { documentFile } = await import('./document-agreement-file.js');
      const { text, remarks } = await documentFile(file, options.as, options.definitions, parts.now());
      process.stdout.write(text);
      for (const remark of remarks) console.error(remark);
    });
  agreement
    .command('due')
    .description('list agreements that are to be reviewed or end soon, the nearest first')
    .option('--within <days>', 'how many days ahead', '60')
    .option('--definitions <folder>', 'of a folder; default: those of the database')
    .option('--json', 'print one JSON list instead of words')
    .action(async (options: { within: string; definitions?: string; json?: true }) => {
      const within = Number(options.within);
      if (!/^\d{1,5}$/.test(options.within)) throw new StartUpError('--within takes a whole number of days.');
      const { readAppliedAgreements, readDefinedAgreements, reportDue } = await import('./agreements-due.js');
      const read = async () => {
        if (options.definitions !== undefined)
          return await readDefinedAgreements(options.definitions, await parts.rules());
        const dataSource = await parts.connect();
        return await readAppliedAgreements(dataSource).finally(() => dataSource.destroy());
      };
      finish(reportDue(await read(), parts.now(), within, options.json));
    });
}

function finish({ lines, ok }: AgreementReport): void {
  console.log(lines.join('\n'));
  if (!ok) process.exitCode = 1;
}
