import { Problem } from '../api-contract/index.js';
import { looksLikePersonIdentifier } from '../subject-handles/index.js';
import { DIRECTIONS, DISCLOSURE_KINDS, DISCLOSURE_OUTCOMES, DISCLOSURE_RESULTS } from './disclosure.js';

/** A filter of `GET /v1/disclosures`: what it takes, and how it is described. */
export interface Filter {
  readonly description: string;
  readonly example: string;
  /** A closed list, or a form. */
  readonly takes: readonly string[] | RegExp;
}

const NAME = /^[a-z][a-z0-9-]{1,63}$/;

/** Everything that disclosures are filtered by, beside the time. All that are given must be so. */
export const FILTERS = {
  kind: {
    description: 'Exchanges, or decisions not to share that people of your agency made.',
    example: 'exchange',
    takes: DISCLOSURE_KINDS,
  },
  direction: {
    description: '`requested`: your agency asked. `supplied`: your agency was asked.',
    example: 'supplied',
    takes: DIRECTIONS,
  },
  agency: { description: 'The other agency.', example: 'northmoor-council', takes: NAME },
  purpose: { description: 'Code of the purpose.', example: 'adult-social-care', takes: NAME },
  legalBasis: {
    description: 'A legal basis that something was released on, by its id.',
    example: 'care-2014-s6',
    takes: NAME,
  },
  pattern: {
    description: 'Pattern of sharing.',
    example: 'query',
    takes: ['query', 'eligibility-check', 'composite-view', 'referral', 'life-event', 'bulk-match'],
  },
  outcome: { description: 'What was decided.', example: 'permit-partial', takes: DISCLOSURE_OUTCOMES },
  result: { description: 'What became of a permit.', example: 'disclosed', takes: DISCLOSURE_RESULTS },
  reason: {
    description: 'A reason code of the decision or of an item; of a decision not to share, its reason.',
    example: 'DENY_CONSENT_REQUIRED',
    takes: /^[A-Za-z][A-Za-z0-9_-]{1,63}$/,
  },
  override: { description: 'Whether somebody authorised an override.', example: 'yes', takes: ['yes', 'no'] },
  staffRole: { description: 'Role of the member of staff.', example: 'social-worker', takes: NAME },
  staffId: {
    description: 'Your own id of a member of staff of yours; finds nothing of another agency’s.',
    example: 'sw-4711',
    takes: /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/,
  },
  agreement: {
    description: 'Id of an agreement, in any version.',
    example: 'adult-care-assessed-needs',
    takes: NAME,
  },
} as const satisfies Record<string, Filter>;

export type FilterName = keyof typeof FILTERS;
export const FILTER_NAMES = Object.keys(FILTERS) as FilterName[];

/** What an officer looks for. */
export interface DisclosureSearch {
  readonly filters: Readonly<Partial<Record<FilterName, string>>>;
  /** First instant, and the first no longer within. */
  readonly from?: Date;
  readonly to?: Date;
  /** Most disclosures on a page. */
  readonly limit: number;
  readonly after?: DisclosurePlace;
}

/** A place in the order of disclosures, the newest first, in a log of one size: a reading does not change under the reader. */
export interface DisclosurePlace {
  /** Size of the log when the reading began: what came later is not in it. */
  readonly logSize: number;
  readonly decidedAt: Date;
  readonly logIndex: number;
}

export const DEFAULT_PER_PAGE = 50;
export const MOST_PER_PAGE = 100;

/**
 * Reads the query of `GET /v1/disclosures`, strictly. INVARIANT: 1. What has the form of a person's identifier is refused.
 * @throws Problem REQUEST_INVALID naming each member that is unknown, given twice or of the wrong form
 */
export function readDisclosureSearch(query: Readonly<Record<string, unknown>>): DisclosureSearch {
  const { from, to, limit = String(DEFAULT_PER_PAGE), cursor, ...filters } = query;
  const after = cursor === undefined ? undefined : placeOf(cursor);
  const [begins, ends] = [instantOf(from), instantOf(to)];
  const wrong = [
    ...Object.entries(filters).flatMap(([name, value]) =>
      isFilter(name) && isTaken(FILTERS[name], value) ? [] : [name],
    ),
    ...(from === undefined || begins ? [] : ['from']),
    ...(to === undefined || ends ? [] : ['to']),
    ...(cursor === undefined || after ? [] : ['cursor']),
    ...(typeof limit === 'string' && /^[1-9]\d{0,2}$/.test(limit) && Number(limit) <= MOST_PER_PAGE ? [] : ['limit']),
  ];
  if (wrong.length > 0) {
    throw new Problem('REQUEST_INVALID', {
      pointers: wrong.slice(0, 20).map((name) => (/^[A-Za-z]{1,32}$/.test(name) ? `/${name}` : '')),
      detail: `The query takes from, to, limit, cursor, ${FILTER_NAMES.join(', ')}, each once; from and to are a day or an instant (RFC 3339), limit is from 1 to ${MOST_PER_PAGE}.`,
    });
  }
  return {
    filters: filters as DisclosureSearch['filters'],
    limit: Number(limit),
    ...(begins && { from: begins }),
    ...(ends && { to: ends }),
    ...(after && { after }),
  };
}

const isFilter = (name: string): name is FilterName => Object.hasOwn(FILTERS, name);

function isTaken({ takes }: Filter, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  return takes instanceof RegExp ? takes.test(value) && !looksLikePersonIdentifier(value) : takes.includes(value);
}

/** A day is its first instant in UTC. */
export function instantOf(text: unknown): Date | undefined {
  if (typeof text !== 'string') return undefined;
  const isWellFormed = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const instant = new Date(text);
  return isWellFormed && !Number.isNaN(instant.getTime()) ? instant : undefined;
}

/** The cursor that goes on after a place. */
export const cursorAfter = ({ logSize, decidedAt, logIndex }: DisclosurePlace): string =>
  Buffer.from(`${logSize} ${decidedAt.toISOString()} ${logIndex}`).toString('base64url');

export function placeOf(cursor: unknown): DisclosurePlace | undefined {
  if (typeof cursor !== 'string') return undefined;
  const text = Buffer.from(cursor, 'base64url').toString('utf8');
  const [, logSize, at, logIndex] = /^(\d{1,15}) (\d{4}-\d\d-\d\dT[\d:.]{8,12}Z) (\d{1,15})$/.exec(text) ?? [];
  const decidedAt = instantOf(at);
  if (!decidedAt) return undefined;
  return { logSize: Number(logSize), decidedAt, logIndex: Number(logIndex) };
}
