import { inWords as lower, KIND_OF_PERMISSION } from '../agreement-documents/index.js';
import type { ToldPermission } from '../permissions/index.js';
import { inWords } from './in-words.js';

/** What became of a permission, in a word, with the colour of its tag. */
export const PERMISSION_STATE_WORDS: Readonly<
  Record<ToldPermission['state'], { readonly text: string; readonly colour: string }>
> = {
  given: { text: 'Permitted', colour: 'green' },
  refused: { text: 'Refused', colour: 'red' },
  withdrawn: { text: 'Withdrawn', colour: 'orange' },
  superseded: { text: 'Asked again since', colour: 'grey' },
  expired: { text: 'Ended', colour: 'grey' },
};

const EVENT_WORDS: Readonly<Record<ToldPermission['events'][number]['state'], string>> = {
  given: 'Permitted',
  refused: 'Refused',
  withdrawn: 'Withdrawn',
  superseded: 'A later answer took its place',
};

const LANGUAGES = new Intl.DisplayNames(['en-GB'], { type: 'language', fallback: 'code' });

/** A permission as pages and files tell it. INVARIANT: 1. Without the handles of the person. */
export function permissionInWords({
  permission,
  state,
  purpose,
  items,
  recipients,
  retention,
  events,
}: ToldPermission) {
  const { id, kind, method, wordingVersion, language, askedBy, capacityStatement } = permission;
  return {
    id,
    state,
    isRefusal: permission.answer === 'refused',
    kind: inWords(KIND_OF_PERMISSION[kind]),
    purpose,
    items: items.map(({ name }) => name),
    recipients: recipients.map(({ name }) => name),
    givenBy: whoSpoke(permission),
    capacityStatement:
      capacityStatement &&
      `${inWords(capacityStatement.finding)} for this decision, as ${roleOf(capacityStatement.assessedBy)} found`,
    capacityAssessedOn: capacityStatement?.assessedOn,
    method: inWords(method),
    wordingVersion,
    language: LANGUAGES.of(language) ?? language,
    askedBy: askedBy ? roleOf(askedBy) : 'Nobody: a form was answered',
    recordedAt: permission.recordedAt,
    validUntil: permission.validUntil,
    retention,
    events: events.map(({ state: what, at }) => ({ text: EVENT_WORDS[what], at })),
  };
}

function whoSpoke({ givenBy, capacity }: ToldPermission['permission']): string {
  if (givenBy !== 'self') return `${inWords(givenBy)}, for the person (${lower(capacity)})`;
  return capacity === 'own' ? 'The person' : 'The person, a child who was judged competent for this decision';
}

const roleOf = ({ role, staffId }: { readonly role: string; readonly staffId: string }): string =>
  `${lower(role)}, staff id ${staffId}`;
