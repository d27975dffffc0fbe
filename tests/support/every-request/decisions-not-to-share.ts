import { PERSON_RECORD, subjectOf } from '../person-record.js';
import type { Play } from './play.js';

/** Decisions not to share about somebody, recorded, repeated and refused. */
export async function decisionsNotToShare(play: Play): Promise<void> {
  const person = play.somebody();
  const trust = await play.gateway.as('northmoor-nhs-trust-records');
  const decision = {
    items: [`${PERSON_RECORD}#*`],
    askedBy: 'northmoor-council',
    purpose: 'adult-social-care',
    reason: 'safety-of-somebody',
    legalBasis: [],
    decidedBy: { staffId: 'dsl-0032', role: 'safeguarding-lead' },
    subject: subjectOf(person),
  };
  const record = (change: object = {}, headers = {}) =>
    trust('POST', '/v1/decisions-not-to-share', { ...decision, ...change }, headers);
  const key = { 'idempotency-key': `${person.surname}-${person.nhsNumber}` };
  play.expect('201', await record({}, key));
  play.expect('201', await record({}, key));
  play.expect('IDEMPOTENCY_KEY_REUSED', await record({ reason: 'not-necessary' }, key));
  const bad: [string, object][] = [
    ['IDENTIFIER_INVALID', { subject: { identifiers: [{ type: 'nhs-number', value: person.born }] } }],
    ['REQUEST_INVALID', { decidedBy: { staffId: person.nhsNumber, role: 'clinician' } }],
    ['REQUEST_INVALID', { reason: person.note }],
    ['REQUEST_INVALID', { askedBy: person.surname.toLowerCase() }],
    ['REQUEST_INVALID', { legalBasis: [person.nino.toLowerCase()] }],
    ['REQUEST_INVALID', { [play.memberName()]: person.telephone }],
  ];
  for (const [code, change] of bad) play.expect(code, await record(change));
}
