import type { Agency } from '../agencies/index.js';
import type { Leg } from '../agreements/index.js';
import type { DataItem, DataService } from '../catalogue/index.js';
import {
  requiredPermissions,
  type LegalBasis,
  type LegalBasisKind,
  type PermissionKind,
} from '../legal-bases/index.js';
import type { AgreementSource } from './agreement-source.js';

/** A name that the agreement uses, and what the register or the catalogue knows of it. */
export interface Named<T> {
  readonly id: string;
  /** `undefined` for what is not known. */
  readonly known: T | undefined;
}

export interface ResolvedItem extends Named<DataItem> {
  /** The kinds of permission that its disclosure relies on, for one purpose of the leg or another. */
  readonly permissions: readonly PermissionKind[];
}

/** A leg with everything that it names looked up. */
export interface ResolvedLeg {
  readonly leg: Leg;
  readonly from: Named<Agency>;
  readonly to: Named<Agency>;
  readonly service: Named<DataService>;
  readonly items: readonly ResolvedItem[];
  readonly bases: readonly Named<LegalBasis>[];
  /** What an override rests on; empty where the leg has none. */
  readonly overrideBases: readonly Named<LegalBasis>[];
}

/**
 * Looks up what the legs of an agreement name.
 *
 * Does NOT check that a leg is sound or its legal basis stack complete (see `lintAgreement` of `agreements`).
 */
export function resolveLegs(source: AgreementSource): ResolvedLeg[] {
  const { register, legalBases } = source;
  const basisOf = (id: string): Named<LegalBasis> => ({ id, known: legalBases.get(id) });
  return source.agreement.legs.map((leg) => {
    const service = register.dataService(leg.dataService);
    const ends = { from: register.agency(leg.from), to: register.agency(leg.to) };
    return {
      leg,
      from: { id: leg.from, known: ends.from },
      to: { id: leg.to, known: ends.to },
      service: { id: leg.dataService, known: service },
      items: leg.items.map((id) => {
        const known = service?.items.find((item) => item.id === id);
        return { id, known, permissions: permissionsFor(source, leg, known, ends) };
      }),
      bases: leg.legalBasis.map(basisOf),
      overrideBases: (leg.override?.legalBasis ?? []).map(basisOf),
    };
  });
}

/** What an item relies on; everything that the stack names where the register does not know enough to say less. */
function permissionsFor(
  { agreement, legalBases, on }: AgreementSource,
  leg: Leg,
  item: DataItem | undefined,
  { from, to }: { from: Agency | undefined; to: Agency | undefined },
): PermissionKind[] {
  if (!item || !from || !to) {
    const named = leg.legalBasis.map((id) => legalBases.get(id)?.permission ?? null);
    return [...new Set([...named, ...(leg.asks ?? [])])].filter((kind) => kind !== null);
  }
  const kinds = leg.purposes.flatMap((purpose) =>
    requiredPermissions(legalBases, leg.legalBasis, {
      from: from.type,
      to: to.type,
      purpose,
      sensitivity: item.sensitivity,
      confidential: item.confidential,
      on: dayWithin(agreement, on),
      policyDocument: agreement.policyDocument !== undefined,
    }),
  );
  return [...new Set([...kinds, ...(leg.asks ?? [])])];
}

/** The day itself, or the nearest on which the agreement binds. */
function dayWithin({ startsOn, endsOn }: { startsOn: string; endsOn: string }, on: string): string {
  if (on < startsOn) return startsOn;
  return on > endsOn ? endsOn : on;
}

/** The name of an agency, data service or item; its id, said to be unknown, where the register has none. */
export const nameOf = ({ id, known }: Named<{ readonly name: string }>): string =>
  known?.name ?? `${id} (not registered)`;

/** Instrument and section, e.g. `Care Act 2014, s.6`. */
export const provisionOf = ({ id, known }: Named<LegalBasis>): string =>
  known ? `${known.instrument}, ${known.provision}` : `${id} (not in the catalogue of legal bases)`;

/** The title and section of a basis in one line. */
export const basisInWords = (basis: Named<LegalBasis>): string =>
  basis.known ? `${provisionOf(basis)} (${basis.known.title})` : provisionOf(basis);

/** The bases of a leg that are of one of these kinds in law. */
export const basesOfKind = ({ bases }: ResolvedLeg, ...kinds: LegalBasisKind[]): Named<LegalBasis>[] =>
  bases.filter(({ known }) => known !== undefined && kinds.includes(known.kind));

/** The title of a purpose, with its code. */
export function purposeInWords({ legalBases }: AgreementSource, code: string): string {
  return legalBases.purpose(code)?.title ?? `${code} (not in the catalogue of purposes)`;
}
