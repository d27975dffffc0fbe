import type { DataSource } from 'typeorm';
import { findDueDates, type Agreement, type DueDate } from '../agreements/index.js';
import { readDefinedRegister, readStoredDefinitions, type DefinitionRules } from '../definitions/index.js';
import type { AgreementReport } from './agreement-report.js';

/**
 * The agreements that are to be reviewed or end within so many days, the nearest first.
 * @param asJson One JSON list of {@link DueDate} instead of words
 */
export function reportDue(
  agreements: readonly Agreement[],
  now: Date,
  within: number,
  asJson = false,
): AgreementReport {
  const due = findDueDates(agreements, now.toISOString().slice(0, 10), within);
  if (asJson) return { ok: true, lines: [JSON.stringify(due, null, 2)] };
  const count = `${agreements.length} ${agreements.length === 1 ? 'agreement' : 'agreements'}`;
  const none = due.length === 0;
  return {
    ok: true,
    lines: [
      ...due.map(lineOf),
      none
        ? `${count}: none is to be reviewed or ends within ${within} days.`
        : `${count}: ${due.length === 1 ? '1 date' : `${due.length} dates`} within ${within} days.`,
    ],
  };
}

function lineOf({ agreement, version, date, on, daysLeft }: DueDate): string {
  const [comes, passed] = date === 'review' ? ['to be reviewed by', 'was to be reviewed by'] : ['ends on', 'ended on'];
  const days = Math.abs(daysLeft) === 1 ? '1 day' : `${Math.abs(daysLeft)} days`;
  const when = daysLeft === 0 ? 'today' : daysLeft > 0 ? `${days} left` : `${days} ago`;
  return `${agreement} version ${version}: ${daysLeft < 0 ? passed : comes} ${on} (${when})`;
}

/** The newest version of each agreement that was applied. */
export const readAppliedAgreements = async (dataSource: DataSource): Promise<Agreement[]> =>
  [...(await readStoredDefinitions(dataSource)).agreements.values()].map(({ document }) => document);

/** The newest version of each agreement of a folder. @throws DefinitionsRefused */
export const readDefinedAgreements = async (folder: string, rules: DefinitionRules): Promise<readonly Agreement[]> =>
  (await readDefinedRegister(folder, rules)).agreements;
