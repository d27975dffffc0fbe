import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { StartUpError } from '../config/index.js';
import type { Explanation } from '../explanations/explanations.module.js';
import type { Difference, Query, Replay, ReplayOptions, WordedDecision } from '../policy/index.js';

/** Adds `gatehouse decisions replay` and `explain`. */
export function addDecisionsCommand(program: Command): void {
  const decisions = program.command('decisions').description('the decisions on record');
  decisions
    .command('explain <exchangeId>')
    .description('say why an exchange was decided as it was, from what was kept of it')
    .option('--json', 'everything, for a program to read')
    .action(async (exchangeId: string, { json }: { json?: true }) => {
      const explanation = await explain(exchangeId);
      if (!explanation) throw new StartUpError('There is no such exchange on record.');
      if (explanation === 'erased') {
        console.log(json ? JSON.stringify({ exchangeId, erased: true }) : 'What was on record of it was erased.');
        return;
      }
      console.log(json ? JSON.stringify(explanation, undefined, 2) : describeExplanation(explanation));
    });
  decisions
    .command('replay')
    .description('make every recorded decision again, on its archived facts and policies, and report any difference')
    .option('--since <date or time>', 'only what was recorded then or later (YYYY-MM-DD, or RFC 3339)', readInstant)
    .action(async ({ since }: { since?: Date }) => {
      const { replayed, erased, differences } = await replay(since ? { since } : {});
      for (const difference of differences) console.log(describeDifference(difference));
      console.log(`${replayed} recorded decisions were made again.`);
      if (erased > 0) console.log(`${erased} were erased with the body of their entry.`);
      if (differences.length > 0)
        throw new StartUpError(`${differences.length} do NOT come out as they were recorded.`);
      console.log('Every one comes out as it was recorded.');
    });
}

async function replay(options: ReplayOptions): Promise<Replay> {
  const { replayDecisions } = await import('../policy/index.js');
  return await reading((query) => replayDecisions(query, options));
}

async function explain(exchangeId: string): Promise<Explanation | 'erased' | undefined> {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(exchangeId)) return undefined;
  const { DecisionArchive } = await import('../policy/index.js');
  const { explainExchange } = await import('../explanations/index.js');
  return await reading((query) => explainExchange(exchangeId, null, { query, archive: new DecisionArchive(query) }));
}

/** Reads the database as of one instant. */
async function reading<Found>(read: (query: Query) => Promise<Found>): Promise<Found> {
  const { connectForCommand } = await import('./connect.js');
  const dataSource = await connectForCommand();
  try {
    return await dataSource.transaction('REPEATABLE READ', async (manager) =>
      read(
        async <Row>(sql: string, values?: readonly unknown[]) => (await manager.query(sql, values?.slice())) as Row[],
      ),
    );
  } finally {
    await dataSource.destroy();
  }
}

/** What an officer reads out, then what it rests on. */
function describeExplanation(explanation: Explanation): string {
  const { paragraph, agreement, conflictingAgreements, items, becameOf, madeAgain, entries } = explanation;
  const named = ({ id, version }: { id: string; version: number }): string => `${id} version ${version}`;
  return [
    paragraph,
    '',
    `Agreement: ${agreement ? named(agreement) : 'none'}`,
    ...(conflictingAgreements.length > 0 ? [`In conflict: ${conflictingAgreements.map(named).join(', ')}`] : []),
    ...items.flatMap(({ id, outcome, reasons, leg, legalBasis, policies }) => [
      `${id}: ${outcome}${reasons.map(({ code }) => ` ${code}`).join('')} (leg ${leg ?? 'none'}; policies ${policies.join(', ') || 'none'})`,
      ...legalBasis.map(
        ({ instrument, provision, title }) => `  ${instrument ?? ''} ${provision ?? ''}: ${title ?? ''}`,
      ),
    ]),
    `What became of it: ${becameOf?.result ?? 'nothing went out'}`,
    madeAgain.same ? 'Made again, it comes out as it was recorded.' : `NOT as recorded. ${madeAgain.difference ?? ''}`,
    `Entries of the log: ${entries.map(({ index, kind }) => `${index} (${kind})`).join(', ')}`,
  ].join('\n');
}

/** Two lines: which entry, and what came of each of its items then and now. */
export function describeDifference({ recordedAt, logIndex, exchangeId, recorded, replayed }: Difference): string {
  const now = typeof replayed === 'string' ? replayed : describeDecision(replayed);
  return `${recordedAt.toISOString()}  entry ${logIndex}  ${exchangeId}\n  ${describeDecision(recorded)}  ->  ${now}`;
}

function describeDecision({ outcome, reasonCodes, items }: WordedDecision): string {
  const each = items.map((item) => {
    const why = item.outcome === 'permit' ? item.legalBasis : item.reasonCodes;
    return `${item.dataItem} ${item.outcome} (${why.join(', ')})`;
  });
  return `${outcome} ${reasonCodes.join(', ')}${each.length > 0 ? `: ${each.join('; ')}` : ''}`;
}

/** Reads an option that is a day or an instant. @throws InvalidArgumentError */
export function readInstant(text: string): Date {
  const instant = new Date(text);
  const wellFormed = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  if (!wellFormed || Number.isNaN(instant.getTime())) {
    throw new InvalidArgumentError('It must be a day (2026-11-22) or an instant (2026-11-22T09:30:00Z).');
  }
  return instant;
}
