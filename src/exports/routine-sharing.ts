import {
  agencyTypeInWords,
  basisInWords,
  nameOf,
  paragraph,
  purposeInWords,
  resolveLegs,
  table,
  writeCsv,
  type AgreementSource,
  type StructuredDocument,
} from '../agreement-documents/index.js';
import { bindingState } from '../agreements/index.js';
import type { Register } from '../definitions/index.js';
import type { LegalBasesCatalogue } from '../legal-bases/index.js';
import type { OwnExchange } from './own-exchanges.js';

/** Columns of the register, sorted by the first. */
export const ROUTINE_SHARING_COLUMNS = [
  'Category of recipient',
  'Recipient',
  'Agreement',
  'Data service',
  'Categories of personal data',
  'Purposes',
  'Legal basis',
  'How it is asked for',
  'Kept by the recipient',
  'Review by',
  'Ends on',
  'Disclosures in the period',
] as const;

/** Disclosures that were made, counted by what a leg of an agreement is told by. As large as there are different ones. */
export class RoutineDisclosures {
  private readonly counts = new Map<string, number>();

  constructor(private readonly agency: string) {}

  add(exchange: OwnExchange): void {
    if (exchange.shape !== 'brokered' || exchange.fate !== 'disclosed') return;
    const { supplier, requester, agreement, dataService, purpose } = exchange.claims;
    if (supplier !== this.agency || !agreement) return;
    const key = keyOf(agreement.id, dataService, requester.agency, purpose);
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }

  /** Under any version of an agreement, for any of the purposes. */
  count(agreement: string, dataService: string, recipient: string, purposes: readonly string[]): number {
    return purposes.reduce(
      (sum, purpose) => sum + (this.counts.get(keyOf(agreement, dataService, recipient, purpose)) ?? 0),
      0,
    );
  }

  total(): number {
    return [...this.counts.values()].reduce((sum, count) => sum + count, 0);
  }
}

const keyOf = (...parts: readonly (string | null)[]): string => parts.join('\n');

export interface RoutineSharingParts {
  readonly agency: string;
  readonly register: Register;
  readonly legalBases: LegalBasesCatalogue;
  readonly disclosures: RoutineDisclosures;
  /** The day whose agreements in force it lists, UTC, `YYYY-MM-DD`. */
  readonly on: string;
  readonly from: Date;
  readonly to: Date;
}

/**
 * What an agency routinely discloses, by category of recipient, as those who assess it against the Data Security and
 * Protection Toolkit ask for it: each leg of an agreement in force from the agency, and how often it was used.
 *
 * Legs that share a data service, recipient and purpose each count the disclosures of all of them. Does NOT list what the
 * agency receives (see the lines for Article 30), or anything that is shared outside the gateway.
 */
export class RoutineSharing {
  private readonly rows: readonly (readonly string[])[];

  constructor(private readonly parts: RoutineSharingParts) {
    this.rows = rowsOf(parts);
  }

  /** See `writeCsv` for its form. */
  toCsv(): string {
    return writeCsv(ROUTINE_SHARING_COLUMNS, this.rows);
  }

  toDocument(): StructuredDocument {
    const { agency, register, on, from, to, disclosures } = this.parts;
    const name = register.agency(agency)?.name ?? agency;
    const categories = Map.groupBy(this.rows, ([category = '']) => category);
    return {
      title: `Routine sharing by ${name}`,
      blocks: [
        paragraph(
          `Under agreements in force on ${on}. Disclosures are those recorded from ${from.toISOString()} until before ${to.toISOString()}: ${disclosures.total()} in all, under these agreements and under any that were in force then.`,
        ),
        paragraph('Only what goes through the gateway is in this register.'),
        ...(this.rows.length === 0
          ? [paragraph('The agency discloses nothing routinely: no agreement in force lets it.')]
          : []),
      ],
      sections: [...categories].map(([category, rows]) => ({
        heading: category,
        blocks: [
          table(
            `Recipients: ${category}`,
            ROUTINE_SHARING_COLUMNS.slice(1),
            rows.map((row) => row.slice(1)),
          ),
        ],
      })),
    };
  }
}

function rowsOf(parts: RoutineSharingParts): string[][] {
  const { agency, register, legalBases, disclosures, on } = parts;
  const inForce = register.agreementsOf(agency).filter((one) => bindingState(one, on) === 'in-force');
  const rows = inForce.flatMap(({ agreement, hash, signatures }) => {
    const source: AgreementSource = { agreement, hash, signatures, register, systems: [], legalBases, on };
    return resolveLegs(source)
      .filter(({ leg }) => leg.from === agency)
      .map(({ leg, to, service, items, bases }) => [
        to.known ? agencyTypeInWords(to.known.type) : 'not registered',
        nameOf(to),
        `${agreement.title} (${agreement.id}, version ${agreement.version})`,
        nameOf(service),
        items.map(nameOf).join('; '),
        leg.purposes.map((code) => purposeInWords(source, code)).join('; '),
        bases.map(basisInWords).join('; '),
        leg.patterns.map((pattern) => pattern.replaceAll('-', ' ')).join('; '),
        agreement.retention.requester,
        agreement.reviewOn,
        agreement.endsOn,
        String(disclosures.count(agreement.id, leg.dataService, leg.to, leg.purposes)),
      ]);
  });
  return rows.toSorted((one, other) => (one.slice(0, 4).join('\n') < other.slice(0, 4).join('\n') ? -1 : 1));
}
