import { agreementState } from '../agreements/index.js';
import { partiesStillToSign, type AgreementSource } from './agreement-source.js';
import { writeCsv } from './csv.js';
import { basesOfKind, basisInWords, nameOf, purposeInWords, resolveLegs, type ResolvedLeg } from './resolve-legs.js';
import { inWords, NOT_STATED } from './words.js';

/**
 * The fields that the public register of information sharing agreements under Digital Economy Act 2017 Part 5 shows for an
 * agreement: names as in the source code of its web site (github.com/co-cddo/dea-register-frontend,
 * app/views/agreements/show.html.erb); `Powers`, `Controllers` and `Processors` are the lists that it shows beside them.
 *
 * What each field means, and that several values of one are separated by semicolons, is general knowledge: no form for
 * sending entries was found.
 */
export const PUBLIC_REGISTER_COLUMNS = [
  'Name',
  'Purpose',
  'Benefits',
  'Disclosed Information',
  'Method',
  'Contact',
  'Start_date',
  'End_date',
  'Review_date',
  'Retention Period',
  'ISA_status',
  'ID',
  'Notes',
  'Powers',
  'Controllers',
  'Processors',
] as const;

/**
 * The agreement's row for the public register, as CSV; see `writeCsv` for its form. Dates are `YYYY-MM-DD`. `ID` is empty: the
 * register numbers its entries itself.
 *
 * Does NOT check that the agreement is one under Part 5, which alone belong in that register: `Powers` says what it relies on.
 */
export function writePublicRegisterRow(source: AgreementSource): string {
  const { agreement, hash } = source;
  const legs = resolveLegs(source);
  const row: Record<(typeof PUBLIC_REGISTER_COLUMNS)[number], string> = {
    Name: agreement.title,
    Purpose: agreement.purposes.map((code) => purposeInWords(source, code)).join('; '),
    Benefits: NOT_STATED,
    'Disclosed Information': legs.map(disclosedOn).join('; '),
    Method: `Through the gateway: ${distinct(legs.flatMap(({ leg }) => leg.patterns.map(inWords))).join(', ')}.`,
    Contact: NOT_STATED,
    Start_date: agreement.startsOn,
    End_date: agreement.endsOn,
    Review_date: agreement.reviewOn ?? NOT_STATED,
    'Retention Period': agreement.retention.requester,
    ISA_status: partiesStillToSign(source).length > 0 ? 'draft' : inWords(agreementState(agreement, source.on)),
    ID: '',
    Notes: `${agreement.id}, version ${agreement.version}, SHA-256 ${hash}. Status as on ${source.on}.`,
    Powers:
      distinct(
        legs.flatMap((leg) =>
          basesOfKind(leg, 'statutory-gateway', 'statutory-duty', 'law-enforcement').map(basisInWords),
        ),
      ).join('; ') || 'None named.',
    Controllers: agreement.parties.map((id) => nameOf({ id, known: source.register.agency(id) })).join('; '),
    Processors: NOT_STATED,
  };
  return writeCsv(PUBLIC_REGISTER_COLUMNS, [PUBLIC_REGISTER_COLUMNS.map((column) => row[column])]);
}

const disclosedOn = ({ from, to, items }: ResolvedLeg): string =>
  `${nameOf(from)} to ${nameOf(to)}: ${items.map(nameOf).join(', ')}`;

const distinct = (texts: readonly string[]): string[] => [...new Set(texts)];
