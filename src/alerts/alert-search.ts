import { isRFC3339, isUUID } from 'class-validator';
import { Problem } from '../api-contract/index.js';
import { AGENCY_ALERT_KINDS, ALERT_STATUSES, type AlertKind, type AlertStatus } from './alert.js';
import type { AlertSearch } from './alerts.service.js';

const MEMBERS = ['status', 'kind', 'from', 'until', 'limit', 'cursor'];
const DEFAULT_PER_PAGE = 50;
const MOST_PER_PAGE = 100;

/** Reads the query of `GET /v1/alerts`, strictly. @throws Problem `REQUEST_INVALID` naming each member at fault */
export function readAlertSearch(query: Readonly<Record<string, unknown>>): AlertSearch {
  const { status, kind, from, until, limit = String(DEFAULT_PER_PAGE), cursor } = query;
  const isLimit = typeof limit === 'string' && /^[1-9]\d{0,2}$/.test(limit) && Number(limit) <= MOST_PER_PAGE;
  const wrong = [
    ...(Object.keys(query).every((name) => MEMBERS.includes(name)) ? [] : ['']),
    ...(status === undefined || isOneOf(ALERT_STATUSES, status) ? [] : ['/status']),
    ...(kind === undefined || isOneOf(AGENCY_ALERT_KINDS, kind) ? [] : ['/kind']),
    ...(from === undefined || isInstant(from) ? [] : ['/from']),
    ...(until === undefined || isInstant(until) ? [] : ['/until']),
    ...(isLimit ? [] : ['/limit']),
    ...(cursor === undefined || isUUID(cursor) ? [] : ['/cursor']),
  ];
  if (wrong.length > 0) {
    throw new Problem('REQUEST_INVALID', {
      pointers: wrong,
      detail: `The query takes ${MEMBERS.join(', ')}, each once; status is ${ALERT_STATUSES.join(' or ')}, from and until are instants (RFC 3339), limit at most ${MOST_PER_PAGE}.`,
    });
  }
  return {
    status: status as AlertStatus | undefined,
    kind: kind as AlertKind | undefined,
    from: from === undefined ? undefined : new Date(from as string),
    until: until === undefined ? undefined : new Date(until as string),
    limit: Number(limit),
    after: cursor as string | undefined,
  };
}

const isOneOf = (list: readonly string[], value: unknown): boolean => list.includes(value as string);

const isInstant = (value: unknown): boolean => isRFC3339(value) && !Number.isNaN(Date.parse(value as string));
