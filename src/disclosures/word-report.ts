import { inWords, KIND_OF_PERMISSION } from '../agreement-documents/index.js';
import type { Register } from '../definitions/index.js';
import { ukTime } from '../explanations/index.js';
import type { LegalBasesCatalogue } from '../legal-bases/index.js';
import type { Permission } from '../permissions/index.js';
import type { SharingStatement } from '../statements/index.js';
import type { FoundDisclosure } from './disclosure.js';
import type { ReportedDisclosure, ReportedPermission, ReportedStatement } from './subject-access-report.js';

/** Says the same in every report, so that nobody can tell from it whether anything was left out. */
export const ABOUT_THE_REPORT: readonly string[] = [
  'This report says when information about you was asked for, by whom, why, and what was given. It also lists what you, or somebody for you, said about sharing.',
  'It is about what passed between this organisation and others through one exchange service. This organisation may have shared information in other ways too: ask it.',
  'The information itself is not in this report, because the exchange service does not keep it. You can ask the organisations named here for what they hold about you.',
  'The law lets organisations leave some kinds of records out of reports like this one. This paragraph stands in every report, whether or not anything was left out.',
  'If something here is wrong, or you do not agree with it, tell this organisation. You can also complain to the regulator for data protection, and you can ask a court to enforce your rights.',
];

export interface Wording {
  readonly register: Register;
  readonly catalogue: LegalBasesCatalogue;
}

/** Words records for the person: names in place of ids, as they are today; times as clocks in the United Kingdom show them. */
export class ReportWords {
  constructor(private readonly of: Wording) {}

  agency(id: string): string {
    return this.of.register.agency(id)?.name ?? inWords(id);
  }

  disclosure(found: FoundDisclosure): ReportedDisclosure {
    const { supplier, requester, askedBy, staffRole, purpose, agreement, kind } = found;
    const items = found.items.map((item) => ({ item, name: this.itemOf(found, item) }));
    const isGiven = (item: string): boolean => found.released.includes(item);
    return {
      reference: found.exchangeId,
      at: found.decidedAt.toISOString(),
      when: ukTime(found.decidedAt),
      askedBy: this.agency(requester ?? askedBy ?? ''),
      // Of a decision not to share it is the role of whoever decided.
      role: kind === 'exchange' && staffRole !== null ? inWords(staffRole) : null,
      askedOf: this.agency(supplier ?? ''),
      purpose: purpose === null ? null : this.purpose(purpose),
      whatHappened: whatHappened(found),
      given: items.filter(({ item }) => isGiven(item)).map(({ name }) => name),
      notGiven: items.filter(({ item }) => !isGiven(item)).map(({ name }) => name),
      law: found.legalBases.map((id) => this.of.catalogue.get(id)?.plainEnglish ?? inWords(id)),
      agreement: agreement === null ? null : (this.of.register.agreement(agreement)?.title ?? inWords(agreement)),
      withoutPermission: found.overrideReason !== null && found.released.length > 0,
    };
  }

  permission(permission: Permission, now: Date): ReportedPermission {
    const { answer, kind, purpose, recipients, items, givenBy, recordedAt } = permission;
    return {
      when: ukTime(recordedAt),
      said: answer === 'given' ? 'Agreed' : 'Refused',
      kind: KIND_OF_PERMISSION[kind],
      purpose: this.purpose(purpose),
      recipients: recipients.map((id) => this.agency(id)),
      items: items.map((item) => this.item(item)),
      saidBy: givenBy === 'self' ? 'You' : inWords(givenBy),
      state: stateOfPermission(permission, now),
    };
  }

  statement(statement: SharingStatement, now: Date): ReportedStatement {
    const { kind, says, purpose, recipients, items, recordedAt, liftedAt, validUntil } = statement;
    const hasEnded = validUntil !== null && validUntil <= now;
    return {
      when: ukTime(recordedAt),
      kind: inWords(kind),
      says: inWords(says),
      purpose: purpose === null ? 'every purpose' : this.purpose(purpose),
      recipients: recipients === null ? ['everybody'] : recipients.map((id) => this.agency(id)),
      items:
        kind === 'address-suppression'
          ? ['your address']
          : (items ?? ['*']).map((item) => (item === '*' ? 'everything' : this.item(item))),
      state: liftedAt ? `Ended on ${ukTime(liftedAt)}.` : hasEnded ? `Ended on ${ukTime(validUntil)}.` : 'Stands.',
    };
  }

  private purpose(code: string): string {
    return this.of.catalogue.purpose(code)?.title ?? inWords(code);
  }

  private itemOf({ kind, dataService }: FoundDisclosure, item: string): string {
    return this.item(kind === 'exchange' ? `${dataService ?? ''}#${item}` : item);
  }

  /** Of `<data service>#<item>`, or `<data service>#*`. */
  private item(reference: string): string {
    const [serviceId = '', id = ''] = reference.split('#');
    const service = this.of.register.dataService(serviceId);
    if (id === '*') return service?.description ?? inWords(serviceId);
    return service?.items.find((item) => item.id === id)?.name ?? inWords(id);
  }
}

const NOTHING_CAME: Readonly<Record<string, string>> = {
  'supplier-failed': 'Nothing was given, because it could not be fetched.',
  'permit-lapsed': 'Nothing was given, because something that it rested on ended first.',
};

function whatHappened({ kind, outcome, result, items, released }: FoundDisclosure): string {
  if (kind === 'decision-not-to-share') return 'A member of staff decided not to share it.';
  if (outcome === 'deny') return 'Nothing was given. The request was refused.';
  if (result !== 'disclosed') return NOTHING_CAME[result ?? ''] ?? 'Nothing was given.';
  if (released.length === 0) return 'Nothing was given.';
  return released.length < items.length
    ? 'Some of what was asked for was given.'
    : 'What was asked for was given, as far as the organisation that was asked holds it.';
}

function stateOfPermission({ answer, withdrawnAt, supersededBy, validUntil }: Permission, now: Date): string {
  if (withdrawnAt) return `Taken back on ${ukTime(withdrawnAt)}.`;
  if (supersededBy !== null) return 'A later answer took its place.';
  if (validUntil && validUntil <= now) return `Ended on ${ukTime(validUntil)}.`;
  return answer === 'given' && validUntil ? `Stands until ${ukTime(validUntil)}.` : 'Stands.';
}
