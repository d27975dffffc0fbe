import { PERSON_RECORD } from '../person-record.js';
import type { Play } from './play.js';

/** Permissions given, repeated, withdrawn and refused. */
export async function permissions(play: Play): Promise<void> {
  const person = play.somebody();
  const other = play.somebody();
  const record = (body: unknown, headers = {}) => play.council('POST', '/v1/permissions', body, headers);
  const permission = play.permission(person);
  const key = { 'idempotency-key': `${person.surname}-${person.nhsNumber}` };
  const given = await record(permission, key);
  play.expect('201', given);
  play.expect('201', await record(permission, key));
  play.expect('IDEMPOTENCY_KEY_REUSED', await record(play.permission(other), key));
  const id = String(given.body['id']);
  play.expect('200', await play.council('GET', `/v1/permissions/${id}`));
  play.expect('200', await play.council('POST', `/v1/permissions/${id}/withdraw`));
  play.expect('DENY_CONSENT_REQUIRED', await play.ask(person));
  const bad: [string, object][] = [
    ['IDENTIFIER_INVALID', { subject: { identifiers: [{ type: 'nhs-number', value: other.born }] } }],
    ['REQUEST_INVALID', { wordingVersion: other.nhsNumber }],
    ['REQUEST_INVALID', { wordingVersion: other.note }],
    ['REQUEST_INVALID', { validUntil: other.born }],
    ['REQUEST_INVALID', { [`${other.surname} ${other.born}`]: other.telephone }],
    ['REQUEST_INVALID', { validFrom: other.surname }],
    ['REQUEST_INVALID', { givenBy: other.surname }],
    ['REQUEST_INVALID', { recipients: [other.nino.toLowerCase()] }],
    ['REQUEST_INVALID', { items: [`${PERSON_RECORD}#${other.nino.toLowerCase()}`] }],
    ['REQUEST_INVALID', { [play.memberName()]: other.telephone }],
  ];
  for (const [code, change] of bad) play.expect(code, await record({ ...permission, ...change }));
  play.expect('REQUEST_INVALID', await record(permission, { 'idempotency-key': `${other.surname} ${other.born}` }));
  play.expect('NOT_FOUND', await play.council('GET', `/v1/permissions/${other.nhsNumber}`));
  play.expect('NOT_FOUND', await play.council('POST', `/v1/permissions/${other.surname}/withdraw`));
}
