import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CallingOfficer } from '../access/index.js';
import { Problem } from '../api-contract/index.js';
import { DisclosureLog, EntryStale, LogUnavailable, type AlertEntry, type Change } from '../disclosure-log/index.js';
import type { OpenAlerts } from '../observability/index.js';
import {
  NO_LONGER_SO,
  type Alert,
  type AlertKind,
  type AlertOutcome,
  type AlertStatus,
  type NewAlert,
  type Query,
} from './alert.js';
import { ALERTS } from './alert-rows.js';
import { judgeAlert, type AlertToJudge } from './judge-alert.js';
import { readOperatorAlerts } from './operator-alerts.js';
import { raiseAlerts } from './raise-alerts.js';

/** Which alerts an agency looks for. Absent: any. */
export interface AlertSearch {
  readonly status?: AlertStatus | undefined;
  readonly kind?: AlertKind | undefined;
  /** Raised at this instant or later. */
  readonly from?: Date | undefined;
  /** Raised before this instant. */
  readonly until?: Date | undefined;
  /** Most alerts on a page. */
  readonly limit: number;
  /** Id of the alert after which the page begins. */
  readonly after?: string | undefined;
}

/**
 * Alerts, and what officers do about them. INVARIANT: 8. Each agency sees its own; those of no agency are for whoever runs the
 * gateway.
 */
@Injectable()
export class AlertsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly log: DisclosureLog,
  ) {}

  /**
   * Raises an alert, unless one of the same kind and agency about the same is open.
   * @returns whether it was raised
   * @throws whatever the database throws
   */
  async raise(alert: NewAlert): Promise<boolean> {
    return (await raiseAlerts(this.run, [alert], { at: this.log.clock.now(), again: true })) === 1;
  }

  /** Closes the open alert about what is no longer so, if there is one. @throws whatever the database throws */
  async settle({ kind, agency, about }: Pick<NewAlert, 'kind' | 'agency' | 'about'>): Promise<void> {
    await this.run(SETTLE, [kind, agency, about, this.log.clock.now(), NO_LONGER_SO]);
  }

  /** The newest first. @throws Problem STORE_UNAVAILABLE */
  async list({ agency }: Pick<CallingOfficer, 'agency'>, search: AlertSearch): Promise<Alert[]> {
    const { after, limit } = search;
    return await this.query<Alert>(
      `${ALERTS} ${OF_SEARCH} AND ($6::uuid IS NULL OR id < $6) ORDER BY id DESC LIMIT $7`,
      [...valuesOf(agency, search), after ?? null, limit],
    );
  }

  /** How many {@link list} gives in all, on all pages. @throws Problem STORE_UNAVAILABLE */
  async count({ agency }: Pick<CallingOfficer, 'agency'>, search: AlertSearch): Promise<number> {
    const [row] = await this.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM alerts ${OF_SEARCH}`,
      valuesOf(agency, search),
    );
    return row?.count ?? 0;
  }

  /**
   * An alert with what is needed to judge it. The look is recorded before it is given.
   * @throws Problem NOT_FOUND when there is none, or none of the officer's agency; LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async find(officer: CallingOfficer, id: string): Promise<AlertToJudge> {
    const alert = await this.read(officer.agency, id);
    const toJudge = await judgeAlert(this.query, alert, officer.agency, this.log.clock.now());
    await this.record('alert-read', alert, officer);
    return toJudge;
  }

  /** Begins to look into a new alert. @throws Problem NOT_FOUND, ALERT_ABOUT_CALLER, ALERT_NOT_IN_STATUS, LOG_UNAVAILABLE */
  async investigate(officer: CallingOfficer, id: string): Promise<Alert> {
    const alert = await this.readToDealWith(officer, id);
    const values = [id, officer.officer, this.log.clock.now()];
    await this.record('alert-investigated', alert, officer, { change: { sql: INVESTIGATE, values } });
    return await this.read(officer.agency, id);
  }

  /**
   * Closes an alert with what was found. Nothing opens it again.
   * @param reference MUST satisfy `isIncidentReference`. INVARIANT: 1. It stands beside the alert and is erased with it; the
   *   log, which nothing is taken from so easily, does not have it.
   * @throws Problem NOT_FOUND, ALERT_ABOUT_CALLER, ALERT_NOT_IN_STATUS, LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async close(
    officer: CallingOfficer,
    id: string,
    { outcome, reference }: { readonly outcome: AlertOutcome; readonly reference?: string | undefined },
  ): Promise<Alert> {
    const alert = await this.readToDealWith(officer, id);
    const values = [id, officer.officer, this.log.clock.now(), outcome, reference ?? null];
    await this.record('alert-closed', alert, officer, { outcome, change: { sql: CLOSE, values } });
    return await this.read(officer.agency, id);
  }

  /**
   * The alerts for whoever runs the gateway, the oldest first. MUST be shown to nobody else.
   * @param closed those that are closed, too
   * @throws Problem STORE_UNAVAILABLE
   */
  async listForOperator(closed = false): Promise<Alert[]> {
    return await readOperatorAlerts(this.query, closed);
  }

  /** How many alerts are open, by whom they are for. @throws whatever the database throws */
  async countOpen(): Promise<OpenAlerts[]> {
    return await this.run<OpenAlerts>(
      `SELECT agency, kind, status, count(*)::int AS count FROM alerts WHERE status <> 'closed'
       GROUP BY agency, kind, status ORDER BY agency, kind, status`,
    );
  }

  private async read(agency: string, id: string): Promise<Alert> {
    const [found] = await this.query<Alert>(`${ALERTS} WHERE agency = $1 AND id = $2`, [agency, id]);
    if (!found) throw new Problem('NOT_FOUND');
    return found;
  }

  /** Four eyes: whom an alert is about neither looks into it nor closes it. */
  private async readToDealWith({ agency, officer }: CallingOfficer, id: string): Promise<Alert> {
    const alert = await this.read(agency, id);
    if (alert.detail.staffId === officer) throw new Problem('ALERT_ABOUT_CALLER');
    return alert;
  }

  private async record(
    kind: AlertEntry['claims']['kind'],
    alert: Alert,
    { agency, officer }: CallingOfficer,
    { outcome, change }: { readonly outcome?: AlertOutcome; readonly change?: Change } = {},
  ): Promise<void> {
    const entry: AlertEntry = {
      claims: {
        kind,
        at: this.log.clock.now().toISOString(),
        alert: alert.id,
        alertKind: alert.kind,
        by: { agency, officer },
        outcome: outcome ?? null,
      },
      detail: {},
    };
    try {
      await this.log.append(entry, {}, change);
    } catch (error) {
      if (error instanceof EntryStale) throw new Problem('ALERT_NOT_IN_STATUS');
      if (error instanceof LogUnavailable) throw new Problem('LOG_UNAVAILABLE', {}, { cause: error });
      throw error;
    }
  }

  private readonly run: Query = async <Row>(sql: string, values: readonly unknown[] = []) =>
    (await this.dataSource.query(sql, [...values])) as Row[];

  private readonly query: Query = async <Row>(sql: string, values: readonly unknown[] = []) => {
    try {
      return await this.run<Row>(sql, values);
    } catch (error) {
      throw new Problem('STORE_UNAVAILABLE', {}, { cause: error });
    }
  };
}

const OF_SEARCH = `WHERE agency = $1 AND ($2::text IS NULL OR status = $2) AND ($3::text IS NULL OR kind = $3)
  AND ($4::timestamptz IS NULL OR raised_at >= $4) AND ($5::timestamptz IS NULL OR raised_at < $5)`;

const valuesOf = (agency: string, { status, kind, from, until }: AlertSearch): unknown[] => [
  agency,
  status ?? null,
  kind ?? null,
  from ?? null,
  until ?? null,
];

/** Under the log's lock, so that of two officers at once the second finds what the first did. */
const INVESTIGATE = `UPDATE alerts SET status = 'under-investigation', investigated_by = $2, investigated_at = $3
  WHERE id = $1 AND status = 'new'`;

const CLOSE = `UPDATE alerts SET status = 'closed', closed_by = $2, closed_at = $3, outcome = $4, reference = $5
  WHERE id = $1 AND status <> 'closed'`;

const SETTLE = `UPDATE alerts SET status = 'closed', closed_at = $4, outcome = $5
  WHERE kind = $1 AND agency IS NOT DISTINCT FROM $2 AND about = $3 AND status <> 'closed'`;
