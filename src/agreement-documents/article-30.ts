import type { AgreementSource } from './agreement-source.js';
import { writeCsv } from './csv.js';
import {
  basesOfKind,
  basisInWords,
  nameOf,
  purposeInWords,
  resolveLegs,
  type Named,
  type ResolvedLeg,
} from './resolve-legs.js';
import type { LegalBasis } from '../legal-bases/index.js';
import { inWords, NOT_STATED, years } from './words.js';

/** What UK GDPR Art. 30(1) asks for, with the lawful basis and the links of DPA 2018 Sch. 1 para. 41; the first four say which line it is. */
export const ARTICLE_30_COLUMNS = [
  'Agreement',
  'Version',
  'Leg',
  'Side',
  'Controller',
  'Contact of the controller',
  'Joint controllers',
  'Data protection officer',
  'Purposes',
  'Categories of data subjects',
  'Categories of personal data',
  'Special category and criminal offence data',
  'Recipients',
  'Source',
  'Transfers to third countries and safeguards',
  'Time limits for erasure',
  'Security measures',
  'Lawful basis',
  'Conditions (Art. 9, Art. 10, DPA 2018 Sch. 1)',
  'Powers and duties',
  'Duty of confidence',
  'Appropriate policy document',
] as const;

const SECURITY =
  'Disclosed through the gateway only: deny by default, key-bound tokens, permitted items only, tamper-evident log, no personal data kept in the gateway. Of the controller’s own systems: ';

/**
 * Lines for the records of processing activities of both sides of each leg, as CSV; see `writeCsv` for its form.
 *
 * Does NOT decide which side keeps its record under DPA 2018 s.61 (law enforcement) instead: what a leg names of DPA 2018
 * Part 3 stands under the lawful basis.
 */
export function writeArticle30(source: AgreementSource): string {
  return writeCsv(
    ARTICLE_30_COLUMNS,
    resolveLegs(source).flatMap((resolved) => [
      lineOf(source, resolved, 'discloses'),
      lineOf(source, resolved, 'receives'),
    ]),
  );
}

function lineOf(source: AgreementSource, resolved: ResolvedLeg, side: 'discloses' | 'receives'): string[] {
  const { agreement } = source;
  const { leg, items } = resolved;
  const controller = side === 'discloses' ? resolved.from : resolved.to;
  const sensitive = items.filter(({ known }) => known !== undefined && known.sensitivity !== 'standard');
  const log = `Record of the disclosure in the gateway’s log: ${years(agreement.retention.logBodyYears)}.`;
  const line: Record<(typeof ARTICLE_30_COLUMNS)[number], string> = {
    Agreement: agreement.id,
    Version: String(agreement.version),
    Leg: leg.id,
    Side: side,
    Controller: nameOf(controller),
    'Contact of the controller': NOT_STATED,
    'Joint controllers': NOT_STATED,
    'Data protection officer': NOT_STATED,
    Purposes: leg.purposes.map((code) => purposeInWords(source, code)).join('; '),
    'Categories of data subjects': NOT_STATED,
    'Categories of personal data': items.map(nameOf).join('; '),
    'Special category and criminal offence data':
      sensitive.map((item) => `${nameOf(item)} (${inWords(item.known?.sensitivity ?? '')})`).join('; ') || 'None.',
    Recipients: side === 'discloses' ? nameOf(resolved.to) : NOT_STATED,
    Source: side === 'receives' ? nameOf(resolved.from) : NOT_STATED,
    'Transfers to third countries and safeguards': NOT_STATED,
    'Time limits for erasure': `${side === 'receives' ? agreement.retention.requester : NOT_STATED} ${log}`,
    'Security measures': SECURITY + NOT_STATED,
    'Lawful basis': inOneCell(basesOfKind(resolved, 'lawful-basis', 'law-enforcement')),
    'Conditions (Art. 9, Art. 10, DPA 2018 Sch. 1)': inOneCell(
      basesOfKind(resolved, 'special-category-condition', 'criminal-offence-condition'),
    ),
    'Powers and duties': inOneCell(basesOfKind(resolved, 'statutory-gateway', 'statutory-duty')),
    'Duty of confidence': inOneCell(basesOfKind(resolved, 'confidentiality')),
    'Appropriate policy document': agreement.policyDocument
      ? `${agreement.policyDocument.reference}. ${agreement.policyDocument.retentionSummary}`
      : NOT_STATED,
  };
  return ARTICLE_30_COLUMNS.map((column) => line[column]);
}

const inOneCell = (bases: readonly Named<LegalBasis>[]): string => bases.map(basisInWords).join('; ') || 'None named.';
