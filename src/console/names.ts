import { Injectable } from '@nestjs/common';
import { RegisterService } from '../definitions/definitions.module.js';
import { projectLegalBases } from '../legal-bases/index.js';
import { REASON_CODES } from '../policy/index.js';
import { IDENTIFIER_TYPES, isIdentifierType } from '../subject-handles/index.js';
import { inWords } from './in-words.js';

/** What ids and codes of records are called today; the id itself where nobody knows it any more. */
@Injectable()
export class Names {
  private readonly catalogue = projectLegalBases();

  constructor(private readonly registers: RegisterService) {}

  agency(id: string): string {
    return this.registers.current().agency(id)?.name ?? id;
  }

  agreement(id: string): string {
    return this.registers.current().agreement(id)?.title ?? id;
  }

  dataService(id: string): string {
    return this.registers.current().dataService(id)?.name ?? id;
  }

  item(dataService: string | null, item: string): string {
    const items = this.registers.current().dataService(dataService ?? '')?.items;
    return items?.find(({ id }) => id === item)?.name ?? inWords(item);
  }

  identifierType(type: string): string {
    return isIdentifierType(type) ? IDENTIFIER_TYPES[type].title : inWords(type);
  }

  purpose(code: string): string {
    return this.catalogue.purpose(code)?.title ?? inWords(code);
  }

  /** Instrument and provision, e.g. `Care Act 2014 s.6`. */
  legalBasis(id: string): string {
    const basis = this.catalogue.get(id);
    return basis ? `${basis.instrument} ${basis.provision}` : id;
  }

  /** The sentence of a reason code. */
  reason(code: string): string {
    return (REASON_CODES as Readonly<Record<string, string>>)[code] ?? inWords(code);
  }
}
