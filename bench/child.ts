import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Answer, Question, Usage } from './in-child.js';

export interface ChildOptions {
  /** Name in messages. */
  readonly name: string;
  /** Module to run, relative to this one. */
  readonly module: string;
  /** File that takes what it prints. */
  readonly output: string;
  /** How Node is started; without it, as it is by default. */
  readonly served?: Served;
}

/** How a server's Node is started. */
export interface Served {
  /** Options of Node. */
  readonly node: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** A process of the benchmark, asked over its IPC channel. */
export class Child {
  private readonly waiting = new Map<number, PromiseWithResolvers<unknown>>();
  private asked = 0;

  private constructor(
    readonly name: string,
    private readonly process: ChildProcess,
    /** What the process answered when it was started. */
    readonly started: unknown,
  ) {
    process.on('message', ({ id, value, error }: Answer) => {
      const waiting = this.waiting.get(id);
      this.waiting.delete(id);
      if (error === undefined) waiting?.resolve(value);
      else waiting?.reject(new Error(`${name}: ${error}`));
    });
    process.once('exit', () => {
      for (const { reject } of this.waiting.values()) reject(new Error(`${name} ended while it was being used`));
    });
  }

  /**
   * Starts a process and waits until it answers.
   * @param input what the module's `start` is given
   */
  static async start(options: ChildOptions, input: unknown): Promise<Child> {
    const output = openSync(options.output, 'a');
    const forked = fork(fileURLToPath(new URL(options.module, import.meta.url)), [], {
      execArgv: [...(options.served?.node ?? [])],
      env: { ...process.env, ...options.served?.environment },
      stdio: ['ignore', output, output, 'ipc'],
    });
    closeSync(output);
    const child = new Child(options.name, forked, undefined);
    try {
      return Object.assign(child, { started: await child.ask('start', input) });
    } catch (error) {
      await child.stop();
      throw error;
    }
  }

  async ask<Value>(question: string, input?: unknown): Promise<Value> {
    const id = ++this.asked;
    const waiting = Promise.withResolvers<unknown>();
    this.waiting.set(id, waiting);
    this.process.send({ id, question, input } satisfies Question, (error) => {
      if (error) waiting.reject(new Error(`${this.name} cannot be asked`, { cause: error }));
    });
    return (await waiting.promise) as Value;
  }

  async usage(): Promise<Usage> {
    return await this.ask<Usage>('usage');
  }

  /** Lets it finish; waits until it is gone. What has not finished after 20 seconds is killed. */
  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const gone = once(this.process, 'exit');
    if (this.process.connected) this.process.disconnect();
    const patience = setTimeout(() => this.process.kill('SIGKILL'), 20_000);
    await gone;
    clearTimeout(patience);
  }
}
