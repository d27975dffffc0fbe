import { Injectable } from '@nestjs/common';
import { type AlertKind, type NewAlert } from '../alerts/index.js';
import { AlertsService } from '../alerts/alerts.module.js';
import { TimeStamps } from '../time-stamps/time-stamps.module.js';
import { Witnesses } from '../witnesses/witnesses.module.js';
import type { FullVerification } from './full-verifications.js';

/** Most findings that an alert names. */
const MOST_NAMED = 20;
/** Of what the log as a whole is told of, there is one alert at a time. */
const WHOLE_LOG = 'the log';

/** Tells whoever runs the gateway what is wrong with the log, and that it is no longer so. */
@Injectable()
export class IntegrityAlerts {
  constructor(
    private readonly alerts: AlertsService,
    private readonly witnesses: Witnesses,
    private readonly timeStamps: TimeStamps,
  ) {}

  /** Who owes this log a cosignature or a time-stamp, as of now. @throws whatever the database throws */
  async tellOfEvidence(): Promise<void> {
    const witnesses = await this.witnesses.missingWitnesses();
    await this.tell(
      'witness-missing',
      witnesses.map(({ witness, cosignedSize }) => ({ about: witness, detail: { witness, treeSize: cosignedSize } })),
    );
    const authorities = await this.timeStamps.missingAuthorities();
    await this.tell(
      'time-stamp-missing',
      authorities.map(({ authority, stampedSize }) => ({
        about: authority,
        detail: { authority, treeSize: stampedSize },
      })),
    );
  }

  /** @param since when the last verification began, where the next is overdue */
  async tellOfOverdue(since: Date | undefined): Promise<void> {
    const overdue = since ? [{ about: WHOLE_LOG, detail: { since: since.toISOString() } }] : [];
    await this.tell('verification-overdue', overdue);
  }

  async tellOfVerification({ treeSize, findings }: FullVerification): Promise<void> {
    const detail = { treeSize, findings: findings.length, found: findings.slice(0, MOST_NAMED) };
    await this.tell('verification-failed', findings.length > 0 ? [{ about: WHOLE_LOG, detail }] : []);
  }

  /** Raises what is so, and settles what is open of this kind and no longer so. */
  private async tell(kind: AlertKind, found: readonly Pick<NewAlert, 'about' | 'detail'>[]): Promise<void> {
    for (const one of found) await this.alerts.raise({ kind, agency: null, ...one });
    const stillSo = new Set(found.map(({ about }) => about));
    const open = (await this.alerts.listForOperator()).filter((alert) => alert.kind === kind);
    for (const { about } of open) {
      if (!stillSo.has(about)) await this.alerts.settle({ kind, agency: null, about });
    }
  }
}
