import { Injectable } from '@nestjs/common';
import { writeCsv } from '../../../agreement-documents/index.js';
import type { Alert } from '../../../alerts/index.js';
import { AlertsService } from '../../../alerts/alerts.module.js';
import { Problem } from '../../../api-contract/index.js';
import { RegisterService } from '../../../definitions/definitions.module.js';
import { ALERT_KIND_WORDS, ALERT_OUTCOME_WORDS, ALERT_STATUS_WORDS, alertInWords } from '../../alert-words.js';
import { ukTime } from '../../in-words.js';
import { csvFile, view, type ConsolePage, type PageAnswer, type PageRoute, type Visit } from '../../page.js';
import { pageOf } from '../../paging.js';

const PATH = '/console/operator-alerts' as const;
const OPERATORS = ['operator'] as const;
const SHOWN = { '': 'Open', all: 'Open and closed' } as const;
const COLUMNS = ['Alert', 'Kind', 'About', 'Raised', 'Status', 'Outcome'];

/** The alerts for whoever runs the gateway. They are about witnesses, time-stamps, the log and deliveries: of no exchange. */
@Injectable()
export class OperatorAlertsPage implements ConsolePage {
  readonly entry = { text: 'Operator alerts', path: PATH } as const;
  readonly routes: readonly PageRoute[] = [
    { method: 'GET', path: PATH, roles: OPERATORS, answer: (visit) => this.list(visit) },
    { method: 'GET', path: `${PATH}.csv`, roles: OPERATORS, answer: (visit) => this.csv(visit) },
  ];

  constructor(
    private readonly alerts: AlertsService,
    private readonly registers: RegisterService,
  ) {}

  private async list(visit: Visit): Promise<PageAnswer> {
    const { query } = visit;
    const found = await this.find(visit);
    return view('operator-alerts/operator-alerts', 'Operator alerts', {
      ...pageOf(found, PATH, query),
      which: query['which'] ?? '',
      choices: Object.entries(SHOWN).map(([value, text]) => ({ value, text })),
      statusWords: ALERT_STATUS_WORDS,
    });
  }

  private async csv(visit: Visit): Promise<PageAnswer> {
    const rows = (await this.find(visit)).map((one) => [
      one.id,
      one.kindText,
      one.about,
      ukTime(one.raisedAt),
      ALERT_STATUS_WORDS[one.status].text,
      one.outcomeText,
    ]);
    return csvFile('operator-alerts.csv', writeCsv(COLUMNS, rows));
  }

  private async find({ query }: Visit) {
    const which = query['which'] ?? '';
    if (!Object.hasOwn(SHOWN, which)) throw new Problem('REQUEST_INVALID');
    return (await this.alerts.listForOperator(which === 'all')).map((alert: Alert) => ({
      id: alert.id,
      raisedAt: alert.raisedAt,
      status: alert.status,
      kindText: ALERT_KIND_WORDS[alert.kind].text,
      meaning: ALERT_KIND_WORDS[alert.kind].meaning,
      about: alertInWords(alert, this.registers.current()),
      outcomeText: alert.outcome === null ? '' : ALERT_OUTCOME_WORDS[alert.outcome].text,
    }));
  }
}
