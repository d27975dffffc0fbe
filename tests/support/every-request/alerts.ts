import { AlertDetection, AlertsService } from '../../../src/alerts/alerts.module.js';
import type { Play } from './play.js';

/** Alerts made from the log of what was played, and an officer who writes about a person where nothing of one belongs. */
export async function alerts(play: Play): Promise<void> {
  const person = play.somebody();
  const { app } = play.gateway.sandbox.gateway;
  const officer = await play.gateway.as('northmoor-council-ig-1');
  await app.get(AlertDetection).round();
  const kind = 'budget-reached';
  await app.get(AlertsService).raise({ kind, agency: 'northmoor-council', about: 'a budget', detail: {} });
  const list = await officer('GET', `/v1/alerts?kind=${kind}`);
  play.expect('200', list);
  const [{ id } = { id: '' }] = list.body['alerts'] as { id: string }[];
  play.expect('200', await officer('GET', `/v1/alerts/${id}`));
  play.expect('200', await officer('GET', '/v1/alert-webhook'));
  play.expect('NOT_FOUND', await officer('GET', `/v1/alerts/${person.nhsNumber}`));
  play.expect('REQUEST_INVALID', await officer('GET', `/v1/alerts?kind=${person.surname}`));
  play.expect('REQUEST_INVALID', await officer('GET', `/v1/alerts?${play.memberName()}=1`));
  const { nhsNumber, nino, surname, note, born, telephone } = person;
  for (const reference of [nhsNumber, `IG-${nhsNumber}`, nino, surname, note, `DOB-${born}`, telephone]) {
    play.expect('REQUEST_INVALID', await officer('POST', `/v1/alerts/${id}/close`, { outcome: 'mistake', reference }));
  }
  play.expect('REQUEST_INVALID', await officer('POST', `/v1/alerts/${id}/close`, { outcome: note }));
  play.expect('REQUEST_INVALID', await officer('POST', `/v1/alerts/${id}/close`, { outcome: 'mistake', note }));
  play.expect('200', await officer('POST', `/v1/alerts/${id}/investigate`));
  play.expect('200', await officer('POST', `/v1/alerts/${id}/close`, { outcome: 'mistake', reference: 'IG-1' }));
}
