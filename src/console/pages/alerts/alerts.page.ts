import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { writeCsv } from '../../../agreement-documents/index.js';
import {
  AGENCY_ALERT_KINDS,
  ALERT_STATUSES,
  type Alert,
  type AlertKind,
  type AlertStatus,
} from '../../../alerts/index.js';
import { AlertsService } from '../../../alerts/alerts.module.js';
import { Problem } from '../../../api-contract/index.js';
import { RegisterService } from '../../../definitions/definitions.module.js';
import { ALERT_KIND_WORDS, ALERT_OUTCOME_WORDS, ALERT_STATUS_WORDS, alertInWords } from '../../alert-words.js';
import { ukTime } from '../../in-words.js';
import { csvFile, view, type ConsolePage, type PageAnswer, type PageRoute, type Visit } from '../../page.js';

/** Who sees alerts: as by the API. */
export const ALERT_READERS = ['officer', 'reviewer', 'oversight'] as const;

/** Most alerts on one page, and read at once for a file. */
const PER_PAGE = 50;
const READ_AT_ONCE = 500;

const COLUMNS = [
  'Alert',
  'Kind',
  'About',
  'Exchange',
  'Raised',
  'Status',
  'Looked into by',
  'Closed by',
  'Closed',
  'Outcome',
  'Reference',
];

/** The alerts of the officer's agency, and so the queue of its sampling plan. */
@Injectable()
export class AlertsPage implements ConsolePage {
  readonly entry = { text: 'Alerts', path: '/console/alerts' } as const;
  readonly routes: readonly PageRoute[] = [
    { method: 'GET', path: '/console/alerts', roles: ALERT_READERS, answer: (visit) => this.list(visit) },
    { method: 'GET', path: '/console/alerts.csv', roles: ALERT_READERS, answer: (visit) => this.csv(visit) },
  ];

  constructor(
    private readonly alerts: AlertsService,
    private readonly registers: RegisterService,
  ) {}

  private async list({ officer, query }: Visit): Promise<PageAnswer> {
    const search = readSearch(query);
    const after = query['after'] || undefined;
    if (after !== undefined && !isUUID(after)) throw new Problem('REQUEST_INVALID');
    const [found, count] = await Promise.all([
      this.alerts.list(officer, { ...search, limit: PER_PAGE + 1, after }),
      this.alerts.count(officer, { ...search, limit: PER_PAGE }),
    ]);
    const rows = found.slice(0, PER_PAGE);
    return view('alerts/alerts', 'Alerts', {
      rows: rows.map((alert) => ({ ...alert, about: this.about(alert) })),
      count,
      csv: addressOf('/console/alerts.csv', search),
      ...search,
      statuses: ALERT_STATUSES.map((value) => ({ value, text: ALERT_STATUS_WORDS[value].text })),
      kinds: AGENCY_ALERT_KINDS.map((value) => ({ value, text: ALERT_KIND_WORDS[value].text })),
      statusWords: ALERT_STATUS_WORDS,
      kindWords: ALERT_KIND_WORDS,
      first: after && addressOf('/console/alerts', search),
      next: found.length > PER_PAGE ? addressOf('/console/alerts', { ...search, after: rows.at(-1)?.id }) : undefined,
    });
  }

  private async csv({ officer, query }: Visit): Promise<PageAnswer> {
    const search = readSearch(query);
    const rows: string[][] = [];
    for (let after: string | undefined; ;) {
      const found = await this.alerts.list(officer, { ...search, limit: READ_AT_ONCE, after });
      rows.push(...found.map((alert) => this.row(alert)));
      if (found.length < READ_AT_ONCE) return csvFile('alerts.csv', writeCsv(COLUMNS, rows));
      after = found.at(-1)?.id;
    }
  }

  private row(alert: Alert): string[] {
    const { id, kind, detail, raisedAt, status, investigatedBy, closedBy, closedAt, outcome, reference } = alert;
    return [
      id,
      ALERT_KIND_WORDS[kind].text,
      this.about(alert),
      detail.exchangeId ?? '',
      ukTime(raisedAt),
      ALERT_STATUS_WORDS[status].text,
      investigatedBy ?? '',
      closedBy ?? '',
      closedAt ? ukTime(closedAt) : '',
      outcome === null ? '' : ALERT_OUTCOME_WORDS[outcome].text,
      reference ?? '',
    ];
  }

  private about(alert: Alert): string {
    return alertInWords(alert, this.registers.current());
  }
}

interface Search {
  readonly status: AlertStatus | undefined;
  readonly kind: AlertKind | undefined;
}

/** @throws Problem REQUEST_INVALID for what is no status or kind */
function readSearch(query: Readonly<Record<string, string>>): Search {
  const status = ALERT_STATUSES.find((one) => one === query['status']);
  const kind = AGENCY_ALERT_KINDS.find((one) => one === query['kind']);
  if ((query['status'] && !status) || (query['kind'] && !kind)) throw new Problem('REQUEST_INVALID');
  return { status, kind };
}

function addressOf(path: string, of: Search & { readonly after?: string | undefined }): string {
  const filled = Object.entries(of).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return filled.length > 0 ? `${path}?${new URLSearchParams(filled).toString()}` : path;
}
