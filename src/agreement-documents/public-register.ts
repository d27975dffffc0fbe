import type { Agency } from '../agencies/index.js';
import type { AgreementSource } from './agreement-source.js';
import { writeCsv } from './csv.js';
import { basesOfKind, basisInWords, nameOf, purposeInWords, resolveLegs, type ResolvedLeg } from './resolve-legs.js';
import { inWords, NOT_STATED } from './words.js';

/**
 * The 18 fields of the public register of information sharing agreements under Digital Economy Act 2017 Part 5, as it was
 * published (registers.service.gov.uk, `information-sharing-agreement-0001`), in its order.
 *
 * What each field means, and that several values of one are separated by semicolons, is general knowledge: no form for
 * sending entries was found.
 */
export const PUBLIC_REGISTER_COLUMNS = [
  'Information sharing agreement 0001',
  'Name',
  'Purpose',
  'Information sharing benefits',
  'Legal power disclosure',
  'Disclosed information',
  'Controllers',
  'Controller names',
  'Information sharing method',
  'Processors',
  'Processor names',
  'Retention period',
  'Start date',
  'End date',
  'Review date',
  'Contact',
  'Areas',
  'Area names',
] as const;

/**
 * The agreement's row for the public register, as CSV; see `writeCsv` for its form. Dates are `YYYY-MM-DD`. The first field is
 * empty: the register numbers its entries itself. Controllers are named by an official code each, e.g. `ods:RZZ99`, areas by
 * the GSS codes of the parties that have one.
 *
 * Does NOT check that the agreement is one under Part 5, which alone belong in that register, or that every party has signed.
 */
export function writePublicRegisterRow(source: AgreementSource): string {
  const { agreement, register } = source;
  const legs = resolveLegs(source);
  const parties = agreement.parties.map((id) => ({ id, known: register.agency(id) }));
  const areas = parties.filter(({ known }) => known?.codes['gss'] !== undefined);
  const row: Record<(typeof PUBLIC_REGISTER_COLUMNS)[number], string> = {
    'Information sharing agreement 0001': '',
    Name: agreement.title,
    Purpose: agreement.purposes.map((code) => purposeInWords(source, code)).join('; '),
    'Information sharing benefits': NOT_STATED,
    'Legal power disclosure':
      distinct(
        legs.flatMap((leg) =>
          basesOfKind(leg, 'statutory-gateway', 'statutory-duty', 'law-enforcement').map(basisInWords),
        ),
      ).join('; ') || 'None named.',
    'Disclosed information': legs.map(disclosedOn).join('; '),
    Controllers: parties.map(({ id, known }) => codeOf(known) ?? id).join('; '),
    'Controller names': parties.map(nameOf).join('; '),
    'Information sharing method': `Through the gateway: ${distinct(legs.flatMap(({ leg }) => leg.patterns.map(inWords))).join(', ')}.`,
    Processors: NOT_STATED,
    'Processor names': NOT_STATED,
    'Retention period': agreement.retention.requester,
    'Start date': agreement.startsOn,
    'End date': agreement.endsOn,
    'Review date': agreement.reviewOn ?? NOT_STATED,
    Contact: distinct(parties.flatMap(({ known }) => known?.contact?.email ?? [])).join('; ') || NOT_STATED,
    Areas: areas.map(({ known }) => known?.codes['gss']).join('; ') || NOT_STATED,
    'Area names': areas.map(nameOf).join('; ') || NOT_STATED,
  };
  return writeCsv(PUBLIC_REGISTER_COLUMNS, [PUBLIC_REGISTER_COLUMNS.map((column) => row[column])]);
}

/** An official code of an agency, with the list that it is of. */
function codeOf(agency: Agency | undefined): string | undefined {
  const [code] = Object.entries(agency?.codes ?? {});
  return code && `${code[0]}:${code[1]}`;
}

const disclosedOn = ({ from, to, items }: ResolvedLeg): string =>
  `${nameOf(from)} to ${nameOf(to)}: ${items.map(nameOf).join(', ')}`;

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];
