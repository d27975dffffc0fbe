import { formatDefinitionError } from '../definitions/index.js';
import type { Candidates, Simulation } from '../exchange/index.js';
import type { Difference } from '../policy/index.js';
import { describeDifference } from './decisions.js';

/** What would become of a decision: in part is with other items, or on other grounds. */
type Change = 'permitted' | 'refused' | 'in part' | 'not made again';

function changeOf({ recorded, replayed }: Difference): Change {
  if (typeof replayed === 'string') return 'not made again';
  const [before, now] = [recorded.outcome === 'deny', replayed.outcome === 'deny'];
  if (before === now) return 'in part';
  return now ? 'refused' : 'permitted';
}

function countChanges({ replayed, differences }: Simulation): Record<'same' | Change, number> {
  const counts = { same: replayed - differences.length, permitted: 0, refused: 0, 'in part': 0, 'not made again': 0 };
  for (const difference of differences) counts[changeOf(difference)] += 1;
  return counts;
}

/** What lint says, each change with what it assumes, and the counts. */
export function describeSimulation(candidates: Candidates, simulation: Simulation): string[] {
  const { findings, differences, replayed, restated, erased } = simulation;
  const counts = countChanges(simulation);
  const lines = [
    ...findings.map(formatDefinitionError),
    ...differences.flatMap((difference) => [
      describeDifference(difference),
      ...difference.assumptions.map((sentence) => `    assumed: ${sentence}`),
    ]),
  ];
  if (lines.length > 0) lines.push('');
  lines.push(
    `${replayed} decisions under ${namesOf(candidates).join(', ')}: ${differences.length} would change.`,
    `  ${counts.same} would be the same`,
    `  ${counts.permitted} would be permitted`,
    `  ${counts.refused} would be refused`,
    `  ${counts['in part']} would change in part`,
  );
  if (counts['not made again'] > 0) lines.push(`  ${counts['not made again']} cannot be made again`);
  if (candidates.definitions.agreements.length > 0) lines.push(`The agreements have a say in ${restated} of them.`);
  if (erased > 0) lines.push(`${erased} were erased with the body of their entry.`);
  return lines;
}

const namesOf = ({ policies, definitions }: Candidates): string[] => [
  ...(policies ? [policies.version] : []),
  ...definitions.agreements.map(({ value: { id, version } }) => `${id} version ${version}`),
];

/** The same as one JSON value. */
export function simulationAsJson(candidates: Candidates, simulation: Simulation): object {
  const { findings, differences, replayed, restated, erased } = simulation;
  const { 'in part': inPart, 'not made again': notMadeAgain, ...counts } = countChanges(simulation);
  return {
    policyVersion: candidates.policies?.version ?? null,
    agreements: candidates.definitions.agreements.map(({ value: { id, version } }) => ({ id, version })),
    findings,
    decisions: replayed,
    underAgreements: restated,
    erased,
    counts: { ...counts, inPart, notMadeAgain },
    changes: differences.map(({ recorded: from, replayed: to, ...rest }) => ({ ...rest, from, to })),
  };
}
