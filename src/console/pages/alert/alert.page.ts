import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import {
  ALERT_OUTCOMES,
  isIncidentReference,
  REFERENCE_RULE,
  type Alert,
  type AlertOutcome,
  type AlertToJudge,
  type ExchangeToJudge,
  type RecentHistory,
} from '../../../alerts/index.js';
import { AlertsService } from '../../../alerts/alerts.module.js';
import { Problem } from '../../../api-contract/index.js';
import { RegisterService } from '../../../definitions/definitions.module.js';
import { ALERT_KIND_WORDS, ALERT_OUTCOME_WORDS, ALERT_STATUS_WORDS, alertInWords } from '../../alert-words.js';
import { Names } from '../../names.js';
import {
  ACTORS,
  opens,
  redirect,
  view,
  type ConsolePage,
  type Fault,
  type PageAnswer,
  type PageRoute,
  type Visit,
} from '../../page.js';
import { ALERT_READERS } from '../alerts/alerts.page.js';

const ALERT = '/console/alerts/:id' as const;

const DONE: ReadonlyMap<string | undefined, string> = new Map([
  ['investigate', 'You are looking into this alert. Your colleagues see that.'],
  ['close', 'The alert is closed.'],
]);

/** One alert with all that it is judged by, and what officers do about it. */
@Injectable()
export class AlertPage implements ConsolePage {
  readonly routes: readonly PageRoute[] = [
    { method: 'GET', path: ALERT, roles: ALERT_READERS, answer: (visit) => this.show(visit) },
    { method: 'POST', path: `${ALERT}/investigate`, roles: ACTORS, answer: (visit) => this.investigate(visit) },
    { method: 'GET', path: `${ALERT}/close`, roles: ACTORS, answer: (visit) => this.ask(visit) },
    { method: 'POST', path: `${ALERT}/close`, roles: ACTORS, answer: (visit) => this.ask(visit) },
    { method: 'POST', path: `${ALERT}/close/check`, roles: ACTORS, answer: (visit) => this.check(visit) },
    { method: 'POST', path: `${ALERT}/close/record`, roles: ACTORS, answer: (visit) => this.close(visit) },
  ];

  constructor(
    private readonly alerts: AlertsService,
    private readonly registers: RegisterService,
    private readonly names: Names,
  ) {}

  private async show(visit: Visit): Promise<PageAnswer> {
    const { officer, query } = visit;
    const judged = await this.find(visit);
    const { alert, exchanges, person, staff } = judged;
    const isAboutCaller = alert.detail.staffId === officer.officer;
    const mayAct = opens(ACTORS, officer) && !isAboutCaller && alert.status !== 'closed';
    return view('alert/alert', ALERT_KIND_WORDS[alert.kind].text, {
      ...this.about(alert),
      outcomeWords: alert.outcome === null ? undefined : ALERT_OUTCOME_WORDS[alert.outcome],
      isAboutCaller: isAboutCaller && alert.status !== 'closed',
      mayInvestigate: mayAct && alert.status === 'new',
      mayClose: mayAct,
      done: DONE.get(query['done']),
      agreement: alert.detail.agreement !== undefined && {
        id: alert.detail.agreement,
        version: alert.detail.version,
        title: this.names.agreement(alert.detail.agreement),
      },
      exchanges: exchanges.map((one) => this.exchange(one)),
      staffId: alert.detail.staffId ?? exchanges[0]?.staffId,
      person: person && this.history(person),
      staff: staff && this.history(staff),
    });
  }

  private async investigate({ officer, params }: Visit): Promise<PageAnswer> {
    const id = known(params);
    await this.alerts.investigate(officer, id);
    return redirect(`/console/alerts/${id}?done=investigate`);
  }

  /** What was filled in never stands in an address: nobody can tell what somebody wrote into a field. */
  private async ask(visit: Visit): Promise<PageAnswer> {
    const { outcome, reference } = checkForm(visit);
    return this.form((await this.find(visit)).alert, { outcome, reference });
  }

  private async check(visit: Visit): Promise<PageAnswer> {
    const { alert } = await this.find(visit);
    const { faults, ...filled } = checkForm(visit);
    if (faults.length > 0) return this.form(alert, filled, faults);
    const outcomeWords = ALERT_OUTCOME_WORDS[filled.outcome as AlertOutcome];
    return view('alert/check', 'Check before you close the alert', { ...this.about(alert), ...filled, outcomeWords });
  }

  private async close(visit: Visit): Promise<PageAnswer> {
    const { faults, outcome, reference } = checkForm(visit);
    if (faults.length > 0) return this.form((await this.find(visit)).alert, { outcome, reference }, faults);
    const id = known(visit.params);
    await this.alerts.close(visit.officer, id, {
      outcome: outcome as AlertOutcome,
      ...(reference !== '' && { reference }),
    });
    return redirect(`/console/alerts/${id}?done=close`);
  }

  private form(alert: Alert, { outcome, reference }: Filled, faults: readonly Fault[] = []): PageAnswer {
    const data = {
      ...this.about(alert),
      reference,
      referenceRule: REFERENCE_RULE,
      outcomes: ALERT_OUTCOMES.map((value) => ({
        value,
        ...ALERT_OUTCOME_WORDS[value],
        checked: value === outcome,
      })),
    };
    return view('alert/close', 'Close the alert', data, faults);
  }

  private about(alert: Alert): object {
    return {
      alert,
      address: `/console/alerts/${alert.id}`,
      words: ALERT_KIND_WORDS[alert.kind],
      sentence: alertInWords(alert, this.registers.current()),
      statusWords: ALERT_STATUS_WORDS,
    };
  }

  private exchange(exchange: ExchangeToJudge): object {
    const { dataService, supplier, purpose, agreement } = exchange;
    const stacks = exchange.items.map(({ legalBasis }) => legalBasis.join(' '));
    return {
      ...exchange,
      requesterName: this.names.agency(exchange.requester),
      supplierName: supplier === null ? undefined : this.names.agency(supplier),
      purposeName: purpose === null ? undefined : this.names.purpose(purpose),
      agreementTitle: agreement === null ? undefined : this.names.agreement(agreement.id),
      reasons: exchange.reasonCodes.map((code) => this.names.reason(code)),
      items: exchange.items.map(({ dataItem, outcome, legalBasis }) => ({
        name: this.names.item(dataService, dataItem),
        outcome,
        legalBasis: legalBasis.map((id) => this.names.legalBasis(id)),
      })),
      oneStack: new Set(stacks).size === 1,
    };
  }

  private history(history: RecentHistory): object {
    return {
      ...history,
      exchanges: history.exchanges.map((one) => ({
        ...one,
        requesterName: this.names.agency(one.requester),
        supplierName: one.supplier === null ? '' : this.names.agency(one.supplier),
        purposeName: one.purpose === null ? '' : this.names.purpose(one.purpose),
      })),
    };
  }

  private async find({ officer, params }: Visit): Promise<AlertToJudge> {
    return await this.alerts.find(officer, known(params));
  }
}

/** @throws Problem NOT_FOUND for what no alert is called */
function known({ id }: Visit['params']): string {
  if (!isUUID(id)) throw new Problem('NOT_FOUND');
  return String(id);
}

interface Filled {
  readonly outcome: string | undefined;
  /** Empty where none was given. */
  readonly reference: string;
}

const readForm = ({ form }: Visit): Filled => ({
  outcome: form['outcome']?.[0],
  reference: (form['reference']?.[0] ?? '').trim(),
});

/** INVARIANT: 1. A reference that is refused is not given back: it may be about a person. */
function checkForm(visit: Visit): Filled & { readonly faults: readonly Fault[] } {
  const { outcome, reference } = readForm(visit);
  const isAccepted = reference === '' || isIncidentReference(reference);
  const faults = [
    ...((ALERT_OUTCOMES as readonly unknown[]).includes(outcome)
      ? []
      : [{ field: 'outcome', text: 'Choose what you found' }]),
    ...(isAccepted
      ? []
      : [{ field: 'reference', text: 'Give a reference such as IG-2026-0042, or leave the field empty' }]),
  ];
  return { outcome, reference: isAccepted ? reference : '', faults };
}
