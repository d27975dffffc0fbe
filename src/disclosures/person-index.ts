import { Inject, Injectable } from '@nestjs/common';
import { RegisterService } from '../definitions/definitions.module.js';
import { GATEWAY_KEYS, type GatewayKeys } from '../keys/index.js';
import type { Query } from '../policy/index.js';
import { IDENTIFIER_TYPES, subjectHandle, type Identifier, type IdentifierRule } from '../subject-handles/index.js';
import { linkHandles } from './find-disclosures.js';

/** A person as an agency knows them. INVARIANT: 1. Handles only. */
export interface KnownPerson {
  /** Of the identifiers that were searched by. */
  readonly given: readonly string[];
  /** All of them: given, and linked to those. */
  readonly handles: readonly string[];
  /** `null`: linking led to more than one person has, so that none was followed. */
  readonly linked: number | null;
}

/** Finds the handles that stand for a person. */
@Injectable()
export class PersonIndex {
  constructor(
    private readonly registers: RegisterService,
    @Inject(GATEWAY_KEYS) private readonly keys: GatewayKeys,
  ) {}

  /** Starts from identifiers of persons alone: a place is shared, and who else was there is somebody else. */
  async know(query: Query, agency: string, identifiers: readonly Identifier[]): Promise<KnownPerson> {
    const handleOf = (identifier: Identifier): string => subjectHandle(this.keys.subjectHandle, agency, identifier);
    const given = identifiers.map(handleOf);
    const ofPersons = identifiers.filter(({ type }) => namesPerson(type)).map(handleOf);
    const linked = await linkHandles(query, agency, ofPersons, this.linkingServices());
    if (!linked) return { given, handles: given, linked: null };
    const handles = [...new Set([...given, ...linked])];
    return { given, handles, linked: handles.length - given.length };
  }

  /** Data services that are asked by identifiers of persons alone, so that two in one exchange are of the same person. */
  private linkingServices(): string[] {
    return this.registers
      .current()
      .dataServices()
      .filter(({ identifierTypes }) => identifierTypes.every(namesPerson))
      .map(({ id }) => id);
  }
}

/** Whether identifiers of a type stand for a person. */
export function namesPerson(type: string): boolean {
  const rules: Readonly<Record<string, IdentifierRule>> = IDENTIFIER_TYPES;
  return Object.hasOwn(rules, type) && rules[type]?.names === 'person';
}
