import type { Play } from './play.js';

/** A permission withdrawn that data went on, its notice seen and taken note of. */
export async function withdrawalNotices(play: Play): Promise<void> {
  const person = play.somebody();
  const given = await play.council('POST', '/v1/permissions', play.permission(person));
  play.expect('200 permit', await play.ask(person));
  const id = String(given.body['id']);
  play.expect('200', await play.council('POST', `/v1/permissions/${id}/withdraw`));
  const seen = await play.council('GET', '/v1/withdrawal-notices?limit=1');
  play.expect('200', seen);
  if (!seen.text.includes(id)) play.expect('a notice', seen);
  play.expect('200', await play.council('POST', `/v1/withdrawal-notices/${id}/acknowledge`));
  play.expect('200', await play.council('GET', '/v1/withdrawal-notices?acknowledged=true'));
  play.expect('REQUEST_INVALID', await play.council('GET', `/v1/withdrawal-notices?after=${person.nhsNumber}`));
  play.expect('REQUEST_INVALID', await play.council('GET', `/v1/withdrawal-notices?${play.memberName()}=1`));
  play.expect('NOT_FOUND', await play.council('POST', `/v1/withdrawal-notices/${person.nino}/acknowledge`));
}
