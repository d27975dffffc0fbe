import { Injectable } from '@nestjs/common';
import { hoursInWords } from '../../../agreements/index.js';
import { RegisterService } from '../../../definitions/definitions.module.js';
import { view, type ConsolePage, type PageAnswer, type PageRoute, type Visit } from '../../page.js';
import { ALERT_READERS } from '../alerts/alerts.page.js';

/**
 * By what exchanges of the agency's own staff come before its privacy officer. To be read: the plan stands in the agency's
 * definition, and no call of the API changes it.
 */
@Injectable()
export class SamplingPlanPage implements ConsolePage {
  readonly routes: readonly PageRoute[] = [
    {
      method: 'GET',
      path: '/console/alerts/sampling-plan',
      roles: ALERT_READERS,
      answer: (visit) => this.show(visit),
    },
  ];

  constructor(private readonly registers: RegisterService) {}

  private show({ officer }: Visit): PageAnswer {
    const plan = this.registers.current().agency(officer.agency)?.sampling;
    const { percentage, outOfHours, staff } = plan ?? {};
    return view('sampling-plan/sampling-plan', 'Sampling plan', {
      isPlanned: plan !== undefined,
      percentage,
      outOfHours: outOfHours && { percentage: outOfHours.percentage, hours: hoursInWords(outOfHours.hours) },
      staff: staff?.percentage,
    });
  }
}
