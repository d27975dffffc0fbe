import { subjectOf } from '../person-record.js';
import type { Play } from './play.js';

/** What is on record of somebody held, let go of, and ordered to be erased. */
export async function retention(play: Play): Promise<void> {
  const person = await play.withPermission();
  const { body } = await play.ask(person);
  const reviewer = await play.gateway.as('northmoor-council-ig-2');
  const hold = { subject: subjectOf(person), reason: 'complaint', reference: 'C/2026/0001' };
  const key = { 'idempotency-key': `hold-${person.surname}` };
  const placed = await reviewer('POST', '/v1/legal-holds', hold, key);
  play.expect('201', placed);
  play.expect('201', await reviewer('POST', '/v1/legal-holds', hold, key));
  const { subject: _, ...rest } = hold;
  const bad: [string, object][] = [
    ['IDENTIFIER_INVALID', { ...hold, subject: { identifiers: [{ type: 'nhs-number', value: person.born }] } }],
    ['REQUEST_INVALID', { ...hold, reason: person.note }],
    ['REQUEST_INVALID', { ...hold, reference: person.nino }],
    ['REQUEST_INVALID', { ...hold, [play.memberName()]: person.telephone }],
    ['REQUEST_INVALID', { ...rest, exchanges: [person.nhsNumber] }],
    ['NOT_FOUND', { ...rest, agreement: person.surname.toLowerCase() }],
  ];
  for (const [code, one] of bad) play.expect(code, await reviewer('POST', '/v1/legal-holds', one));
  play.expect('200', await reviewer('GET', '/v1/legal-holds'));
  play.expect('REQUEST_INVALID', await reviewer('GET', `/v1/legal-holds?cursor=${person.nhsNumber}`));
  play.expect('200', await reviewer('POST', `/v1/legal-holds/${String(placed.body['id'])}/lift`));
  play.expect('NOT_FOUND', await reviewer('POST', `/v1/legal-holds/${person.nhsNumber}/lift`));
  const order = { exchanges: [body['exchangeId']], ground: 'request-of-the-person-upheld' };
  play.expect('201', await reviewer('POST', '/v1/erasures', order));
  play.expect('REQUEST_INVALID', await reviewer('POST', '/v1/erasures', { ...order, ground: person.note }));
  play.expect('REQUEST_INVALID', await reviewer('POST', '/v1/erasures', { ...order, exchanges: [person.nhsNumber] }));
  play.expect('200', await reviewer('GET', '/v1/erasures'));
}
