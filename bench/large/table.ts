import type { LargeLogFigures, Times } from './measure.js';

/** The figures of a large log for a person. */
export function largeLogTable({ entries, madeInSeconds, append, ...of }: LargeLogFigures): string {
  const times = ({ p50, p95, p99 }: Times): string =>
    `p50 ${p50.toFixed(1)}, p95 ${p95.toFixed(1)}, p99 ${p99.toFixed(1)} ms`;
  const { seconds, entriesPerSecond } = of.verification;
  return [
    `A log of ${entries} entries, made in ${madeInSeconds.toFixed(0)} s`,
    '',
    `disclosures by time        ${times(of.searchByTime)}`,
    `disclosures by subject     ${times(of.searchBySubject)}`,
    `inclusion proof            ${times(of.inclusionProof)}`,
    `gateway to by-hand         ${append.empty.toFixed(2)} on an empty log, ${append.large.toFixed(2)} on this one: ${append.ratio.toFixed(2)}`,
    `full verification          ${entriesPerSecond.toFixed(0)} entries/s, ${seconds.toFixed(0)} s`,
  ].join('\n');
}
