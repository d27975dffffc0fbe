import {
  canonicalAgreement,
  diffAgreements,
  type AgreementChange,
  type AgreementDraft,
  type ChangeEffect,
} from '../agreements/index.js';
import { StartUpError } from '../config/index.js';
import type { AgreementReport } from './agreement-report.js';
import { readAgreementFile } from './read-agreement-file.js';

/**
 * Says how the agreement of one file differs from an older version in another. Differences are no fault: all is well
 * whatever they are.
 * @param asJson One JSON object instead of words: `agreement`, `older` and `newer` (version and SHA-256), `changes`
 * @throws StartUpError when a file cannot be read, when the two are not the same agreement, or when the first is the newer
 */
export async function diffFiles(olderFile: string, newerFile: string, asJson = false): Promise<AgreementReport> {
  const { value: older } = await readAgreementFile(olderFile);
  const { value: newer } = await readAgreementFile(newerFile);
  if (older.id !== newer.id) {
    throw new StartUpError(
      `${olderFile} holds ${older.id} and ${newerFile} holds ${newer.id}: only versions of one agreement can be compared.`,
    );
  }
  if (older.version > newer.version) {
    throw new StartUpError(
      `${olderFile} holds version ${older.version} and ${newerFile} version ${newer.version}: name the older version first.`,
    );
  }
  const changes = diffAgreements(older, newer);
  return { ok: true, lines: asJson ? [inJson(older, newer, changes)] : inWords(older, newer, changes) };
}

function inJson(older: AgreementDraft, newer: AgreementDraft, changes: readonly AgreementChange[]): string {
  const named = (agreement: AgreementDraft) => ({
    version: agreement.version,
    sha256: canonicalAgreement(agreement).hash,
  });
  return JSON.stringify({ agreement: newer.id, older: named(older), newer: named(newer), changes }, null, 2);
}

const HEADINGS: Readonly<Record<ChangeEffect, string>> = {
  widens: 'Widens what may be shared:',
  changes: 'To be read, because it may do either or neither:',
  narrows: 'Narrows what may be shared:',
};

function inWords(older: AgreementDraft, newer: AgreementDraft, all: readonly AgreementChange[]): string[] {
  // The first line says the versions.
  const changes = all.filter(({ kind }) => kind !== 'version-changed');
  const widening = changes.filter(({ effect }) => effect === 'widens').length;
  const result =
    changes.length === 0
      ? 'nothing else differs'
      : `${changes.length} ${changes.length === 1 ? 'change' : 'changes'}, of which ${widening === 0 ? 'none widens' : widening === 1 ? '1 widens' : `${widening} widen`} what may be shared`;
  return [
    `${newer.id}, version ${older.version} to version ${newer.version}: ${result}.`,
    ...(changes.length > 0 && older.version === newer.version
      ? [`Both say version ${newer.version}: a change needs a new version, which every party signs anew.`]
      : []),
    ...(['widens', 'changes', 'narrows'] as const).flatMap((effect) => {
      const told = changes.filter((change) => change.effect === effect);
      return told.length === 0 ? [] : [HEADINGS[effect], ...told.map(lineOf)];
    }),
  ];
}

const lineOf = ({ leg, sentence }: AgreementChange): string =>
  `  ${sentence}${leg === undefined ? '' : ` (leg ${leg})`}`;
