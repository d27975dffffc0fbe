import { parseArgs } from 'node:util';

/** What a run of the benchmark measures, and for how long. */
export interface Options {
  /** Length of each measurement, seconds; at most 15, because a proof may be used for a minute. */
  readonly seconds: number;
  readonly connections: number;
  readonly rounds: number;
  /** Exchanges of the memory soak. */
  readonly exchanges: number;
  readonly json: boolean;
  /** Entries of the large log that is measured instead of everything else; 0: none. */
  readonly large: number;
  /** Folder for CPU profiles of the gateway at its maximum; they slow it down. */
  readonly profile: string | undefined;
}

export const USAGE = `npm run bench -- [options]

  --seconds <1-15>      length of each measurement (8)
  --connections <1-64>  connections to each target (64)
  --rounds <n>          rounds of which medians are taken (3)
  --exchanges <n>       exchanges of the memory soak (20000)
  --soak                the long soak: 200000 exchanges
  --large               instead: what a log of 5000000 entries costs
  --entries <n>         entries of the large log, with --large
  --json                print one JSON object and nothing else
  --profile <folder>    write CPU profiles of the gateway (which slow it down)
`;

/** @throws TypeError for an option that is not known or not a fitting number */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seconds: { type: 'string', default: '8' },
      connections: { type: 'string', default: '64' },
      rounds: { type: 'string', default: '3' },
      exchanges: { type: 'string' },
      soak: { type: 'boolean', default: false },
      large: { type: 'boolean', default: false },
      entries: { type: 'string', default: '5000000' },
      json: { type: 'boolean', default: false },
      profile: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  return {
    seconds: whole('seconds', values.seconds, 1, 15),
    // One system may have 64 exchanges under way.
    connections: whole('connections', values.connections, 1, 64),
    rounds: whole('rounds', values.rounds, 1, 100),
    exchanges: whole('exchanges', values.exchanges ?? (values.soak ? '200000' : '20000'), 0, 10_000_000),
    large: values.large ? whole('entries', values.entries, 10_000, 100_000_000) : 0,
    json: values.json,
    profile: values.profile,
  };
}

function whole(name: string, text: string, least: number, most: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new TypeError(`--${name} takes a whole number from ${least} to ${most}`);
}
