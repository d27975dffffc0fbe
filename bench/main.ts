import { once } from 'node:events';
import os from 'node:os';
import { measureInProcess, type InProcess } from './in-process/measure.js';
import { Bench } from './measure.js';
import { readOptions, USAGE, type Options } from './options.js';
import { makeReport, median, type Report } from './report.js';
import { setStage, type Stage } from './stage.js';
import { largeLogTable } from './large/table.js';
import { measureLargeLog } from './large/measure.js';
import { table } from './table.js';

/** Measures everything on a stage that is set. */
async function measure(
  stage: Stage,
  inProcess: InProcess,
  options: Options,
  progress: (line: string) => void,
): Promise<Report> {
  const loadAverageBefore = Math.round((os.loadavg()[0] ?? 0) * 100) / 100;
  const bench = new Bench(stage, options, progress);
  progress('warming up');
  await bench.warmUp();
  const start = (await stage.gateway.usage()).rssMb;
  const throughput = await bench.throughput();
  const rate = Math.round(median(throughput.gateway.map((one) => one.throughput)) / 2);
  const atHalf = await bench.latencyAt(rate);
  const soak = await bench.soak(options.exchanges);
  const withdrawals = await bench.withdrawals();
  const [direct, proxy, byHand, gateway] = await Promise.all(
    [stage.direct, stage.proxy, stage.byHand, stage.gateway].map((child) => child.usage()),
  );
  const peak = (usage: { peakRssMb: number } | undefined): number => Math.round(usage?.peakRssMb ?? 0);
  return makeReport({
    options,
    throughput,
    atHalf,
    rate,
    soak,
    withdrawals,
    inProcess,
    loadAverageBefore,
    postgres: stage.postgresVersion,
    rssMb: { start, end: gateway?.rssMb ?? 0 },
    peakRssMb: { direct: peak(direct), proxy: peak(proxy), byHand: peak(byHand), gateway: peak(gateway) },
  });
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === 'help') {
    process.stdout.write(USAGE);
    return;
  }
  const progress = (line: string): void => void (options.json || process.stderr.write(`${line}\n`));
  const print = <Figures>(figures: Figures, words: (figures: Figures) => string): void =>
    void process.stdout.write(options.json ? `${JSON.stringify(figures)}\n` : `\n${words(figures)}\n`);
  if (options.large > 0) {
    print(await staged(options, (stage) => measureLargeLog(stage, options, progress)), largeLogTable);
  } else {
    const inProcess = await measureInProcess(progress);
    print(await staged(options, (stage) => measure(stage, inProcess, options, progress)), table);
  }
}

/** Sets the stage, measures, and clears the stage again, whatever happens. */
async function staged<Figures>(options: Options, work: (stage: Stage) => Promise<Figures>): Promise<Figures> {
  const interrupted = interruption();
  let stage: Stage | undefined;
  try {
    stage = await setStage(options, interrupted);
    return await Promise.race([work(stage), aborted(interrupted)]);
  } catch (error) {
    // Ctrl-C reaches the other processes too: what they then fail with is not the reason.
    throw interrupted.aborted ? interrupted.reason : error;
  } finally {
    await stage?.stop();
  }
}

/** Aborts when the run is told to end. Told again, it goes on clearing up. */
function interruption(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => controller.abort(new Error('interrupted')));
  }
  return controller.signal;
}

async function aborted(signal: AbortSignal): Promise<never> {
  if (!signal.aborted) await once(signal, 'abort');
  throw signal.reason;
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
