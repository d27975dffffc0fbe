import { TARGETS, type Target } from './measure.js';
import type { Report } from './report.js';

const NAMES: Readonly<Record<Target, string>> = {
  direct: 'direct to the supplier',
  proxy: 'proxy, no checks',
  byHand: 'written by hand',
  gateway: 'gateway',
  gatewayWithPermission: 'gateway, with permission',
};

/** The report for a person. */
export function table(report: Report): string {
  const {
    machine,
    options,
    throughput,
    ratios,
    latencyMs,
    addedLatencyMs,
    latencyAtHalfMs,
    soak,
    inProcess,
    withdrawals,
  } = report;
  const rows = TARGETS.map((target) => {
    const peak = report.peakRssMb[target === 'gatewayWithPermission' ? 'gateway' : target];
    const { p50, p99 } = latencyMs[target];
    const numbers = [throughput[target].toFixed(0), p50.toFixed(1), p99.toFixed(1), peak.toFixed(0)];
    return [NAMES[target], ...numbers, report.cpuMsPerRequest[target].toFixed(2)];
  });
  const { gateway, byHand, direct } = latencyAtHalfMs;
  return [
    Object.entries(machine)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
    `${options.rounds} rounds of ${options.seconds} s, ${options.connections} connections, medians; ${report.requests} requests, ${report.errors} errors`,
    '',
    ...align([['', 'requests/s', 'p50 ms', 'p99 ms', 'peak MB', 'CPU ms/request'], ...rows]),
    '',
    `gateway to by-hand                   ${ratios.gatewayToByHand.toFixed(2)}`,
    `gateway to proxy                     ${ratios.gatewayToProxy.toFixed(2)}`,
    `gateway with permission to by-hand   ${ratios.gatewayWithPermissionToByHand.toFixed(2)}`,
    '',
    `At half of the gateway's maximum (${addedLatencyMs.atRate}/s, arrivals at random):`,
    `  gateway p50 ${gateway.p50} ms, p99 ${gateway.p99} ms; direct p50 ${direct.p50} ms, p99 ${direct.p99} ms; by-hand p50 ${byHand.p50} ms, p99 ${byHand.p99} ms`,
    `  added   p50 ${addedLatencyMs.p50} ms, p99 ${addedLatencyMs.p99} ms`,
    '',
    `Resident memory of the gateway: ${report.rssMb.start} MB after warm-up, ${report.rssMb.end} MB at the end`,
    ...soakLines(soak),
    '',
    `${withdrawals.withdrawals} withdrawals through one replica, with exchanges through another:`,
    `  permitted after the withdrawal was answered: ${withdrawals.permittedAfter}`,
    `  withdrawal answered p50 ${withdrawals.answeredMs.p50} ms, p99 ${withdrawals.answeredMs.p99} ms; then refused within p50 ${withdrawals.refusedMs.p50} ms, p99 ${withdrawals.refusedMs.p99} ms`,
    '',
    'In one process, without database or network:',
    ...inProcess.agreementLookup.map(
      ({ agreements, p50Us, p99Us }) => `  agreement in force among ${agreements}: p50 ${p50Us} µs, p99 ${p99Us} µs`,
    ),
    `  decisions ${inProcess.decisionsPerSecond.cold}/s cold, ${inProcess.decisionsPerSecond.memoised}/s memoised`,
    '',
  ].join('\n');
}

/** At most a dozen points of the curve. */
function soakLines(soak: Report['soak']): string[] {
  const step = Math.max(1, Math.ceil((soak.length - 1) / 10));
  const shown = soak.filter((_, place) => place % step === 0 || place === soak.length - 1);
  return shown.length < 2
    ? []
    : shown.map(({ exchanges, rssMb }) => `  ${String(exchanges).padStart(7)} exchanges  ${rssMb} MB`);
}

function align(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0)))
      .join('  '),
  );
}
