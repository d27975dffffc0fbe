import type { LawEnforcementClaim, Outcome } from '../disclosure-log/index.js';
import type { LegalBasesCatalogue, LegalBasis } from '../legal-bases/index.js';
import type { Decision } from '../policy/index.js';
import { supplierOf, type DisclosureRequest } from './disclosure-request.js';

/**
 * Why data held under Part 3 of the Data Protection Act 2018 are consulted and disclosed: a closed list, because a free text
 * would carry what must not stay. The first six are the law enforcement purposes of s.31; the next is s.36(4).
 */
export const LAW_ENFORCEMENT_JUSTIFICATIONS = [
  'prevention-of-offences',
  'investigation-of-offences',
  'detection-of-offences',
  'prosecution-of-offences',
  'execution-of-penalties',
  'public-security',
  'other-purpose-authorised-by-law',
] as const;
export type LawEnforcementJustification = (typeof LAW_ENFORCEMENT_JUSTIFICATIONS)[number];

/** Where the request gives none: the purpose that the parties have signed, which stands beside it. */
const AS_AGREED = 'purpose-of-the-agreement';

/**
 * The agencies that process under Part 3 in an exchange: the supplier, where a permitted item rests on a lawful basis of that Part;
 * the requester too, where no lawful basis of the UK GDPR stands beside it. None for a deny.
 */
export function agenciesUnderPart3(
  request: DisclosureRequest,
  { outcome, items }: Pick<Decision, 'outcome' | 'items'>,
  catalogue: LegalBasesCatalogue,
): string[] {
  if (outcome === 'deny') return [];
  const stacks = items
    .filter((item) => item.outcome === 'permit')
    .map(({ legalBasis }) => legalBasis.flatMap((id) => catalogue.get(id) ?? []).filter(isLawfulBasis))
    .filter((bases) => bases.some(isOfPart3));
  if (stacks.length === 0) return [];
  const requesterToo = stacks.some((bases) => bases.every(isOfPart3));
  return [...new Set([supplierOf(request), ...(requesterToo ? [request.caller.agency] : [])])];
}

const isLawfulBasis = ({ supplies }: LegalBasis): boolean => supplies.includes('lawful-basis');
const isOfPart3 = ({ kind }: LegalBasis): boolean => kind === 'law-enforcement';

/** What the record of a permit says for DPA 2018 s.62; `undefined` where no agency processes under Part 3. */
export function lawEnforcementClaim(
  request: DisclosureRequest,
  agencies: readonly string[] = [],
): LawEnforcementClaim | undefined {
  if (agencies.length === 0) return undefined;
  const { caller, requestedBy } = request;
  return {
    agencies,
    operations: [{ agency: supplierOf(request), operation: 'consultation' }],
    justification: request.lawEnforcementJustification ?? AS_AGREED,
    consultedBy: { agency: caller.agency, ...requestedBy },
    recipient: caller.agency,
  };
}

/** The same for what became of the permit: what was released was disclosed by the one and collected by the other. */
export function withOutcome(
  claim: LawEnforcementClaim,
  { result }: Outcome,
  of: { readonly supplier: string | null; readonly dataService: string | null },
): LawEnforcementClaim {
  if (result !== 'disclosed' || of.supplier === null || of.dataService === null) return { ...claim, operations: [] };
  const collects = claim.agencies.includes(claim.recipient);
  return {
    ...claim,
    operations: [
      { agency: of.supplier, operation: 'disclosure' },
      ...(collects ? [{ agency: claim.recipient, operation: 'collection' } as const] : []),
    ],
    disclosedBy: { agency: of.supplier, dataService: of.dataService },
  };
}
