import { setTimeout as sleep } from 'node:timers/promises';
import { Latencies } from './latencies.js';
import { needsQueryOf, permissionOf } from './requests.js';
import type { SystemClient } from './system-client.js';

/** What withdrawals through one replica did to exchanges through another. */
export interface Withdrawals {
  readonly withdrawals: number;
  /** Exchanges that were asked for after the withdrawal was answered, and permitted. There must be none. */
  readonly permittedAfter: number;
  /** From the withdrawal being asked for to its answer, milliseconds. */
  readonly answeredMs: { readonly p50: number; readonly p99: number };
  /** From that answer to the first refusal by the other replica, milliseconds; 0 where it refused before. */
  readonly refusedMs: { readonly p50: number; readonly p99: number };
}

/** Requests about one person that are under way at any time. */
const ASKING = 4;
const LONGEST_MS = 10_000;

/** Has each person give a permission and withdraw it through `recorder`, while `asker` asks about them through another replica. */
export async function measureWithdrawals(
  persons: readonly string[],
  recorder: SystemClient,
  asker: SystemClient,
): Promise<Withdrawals> {
  const [answered, refused] = [new Latencies(), new Latencies()];
  let permittedAfter = 0;
  for (const person of persons) {
    const { body } = await recorder.send('/v1/permissions', permissionOf(person, new Date()));
    const given = JSON.parse(body) as { id: string };
    const round = new Round();
    const asking = Array.from({ length: ASKING }, () => round.ask(asker, needsQueryOf(person)));
    await round.until(() => round.permitted > ASKING);
    const began = performance.now();
    const { status } = await recorder.send(`/v1/permissions/${given.id}/withdraw`);
    round.withdrawnAt = performance.now();
    if (status !== 200) throw new Error(`a withdrawal was answered ${status}`);
    await Promise.all(asking);
    answered.add(round.withdrawnAt - began);
    refused.add(Math.max(0, round.refusedAt - round.withdrawnAt));
    permittedAfter += round.permittedAfter;
  }
  return {
    withdrawals: persons.length,
    permittedAfter,
    answeredMs: times(answered),
    refusedMs: times(refused),
  };
}

function times(latencies: Latencies): { p50: number; p99: number } {
  const { p50, p99 } = latencies.measured(1);
  return { p50, p99 };
}

/** One person, asked about until each client has had an answer to a request that it sent after the withdrawal. */
class Round {
  withdrawnAt = Infinity;
  refusedAt = Infinity;
  permitted = 0;
  permittedAfter = 0;

  async ask(asker: SystemClient, query: object): Promise<void> {
    for (let sent = 0; sent <= this.withdrawnAt;) {
      sent = performance.now();
      const { status } = await asker.send('/v1/queries', query);
      if (status === 403) this.refusedAt = Math.min(this.refusedAt, performance.now());
      else if (status !== 200) throw new Error(`a query was answered ${status}`);
      else if (sent > this.withdrawnAt) this.permittedAfter++;
      else this.permitted++;
    }
  }

  async until(condition: () => boolean): Promise<void> {
    const deadline = performance.now() + LONGEST_MS;
    while (!condition()) {
      if (performance.now() > deadline) throw new Error('no query was permitted before a withdrawal');
      await sleep(1);
    }
  }
}
