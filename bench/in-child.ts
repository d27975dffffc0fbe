/** What a process of the benchmark is asked. */
export interface Question {
  readonly id: number;
  readonly question: string;
  readonly input?: unknown;
}

export interface Answer {
  readonly id: number;
  readonly value?: unknown;
  readonly error?: string;
}

/** What a process has used since it began. */
export interface Usage {
  /** Resident memory now, and the most it was, MB (10^6 bytes). */
  readonly rssMb: number;
  readonly peakRssMb: number;
  /** Processor time of all its threads, and of the one that runs JavaScript, milliseconds. */
  readonly cpuMs: number;
  readonly mainThreadCpuMs: number;
}

/** Answers by the name of the question. `stop` is called when the parent lets go, or is gone. */
export type Answers = Readonly<Record<string, (input: never) => unknown>> & { stop(): Promise<void> };

/** Runs the child's side: answers its parent until the parent disconnects, then ends. Ctrl-C is the parent's business. */
export function answerParent(answers: Answers): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
  process.on('message', ({ id, question, input }: Question) => {
    void answer(answers, question, input).then((result) => {
      if (process.connected) process.send?.({ id, ...result } satisfies Answer);
    });
  });
  process.once('disconnect', () => void answers.stop().finally(() => process.exit()));
}

async function answer(answers: Answers, question: string, input: unknown): Promise<Omit<Answer, 'id'>> {
  try {
    if (question === 'usage') return { value: usage() };
    return { value: await answers[question]?.(input as never) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

function usage(): Usage {
  const cpuMs = ({ user, system }: NodeJS.CpuUsage): number => (user + system) / 1000;
  return {
    rssMb: process.memoryUsage.rss() / 1e6,
    peakRssMb: (process.resourceUsage().maxRSS * 1024) / 1e6,
    cpuMs: cpuMs(process.cpuUsage()),
    mainThreadCpuMs: cpuMs(process.threadCpuUsage()),
  };
}
