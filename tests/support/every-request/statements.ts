import { PERSON_RECORD } from '../person-record.js';
import type { Play } from './play.js';

/** Statements about sharing of every kind recorded, repeated, refused and lifted; and a permission told in every form. */
export async function statements(play: Play): Promise<void> {
  const person = await play.withPermission();
  const subject = (play.query(person) as { readonly subject: object }).subject;
  const sharing = {
    subject,
    purpose: 'adult-social-care',
    recipients: ['northmoor-council'],
    items: [`${PERSON_RECORD}#notes`],
  };
  const decidedBy = { staffId: 'sw-4711', role: 'social-worker' };
  const capacityStatement = { finding: 'lacks-capacity', assessedBy: decidedBy, assessedOn: '2026-01-01' };
  const validUntil = new Date(Date.now() + 86_400_000).toISOString();
  const bodies: [string, object][] = [
    ['objections', { ...sharing, reason: 'confidentiality' }],
    ['hold-backs', { ...sharing, reason: 'serious-harm', decidedBy }],
    [
      'best-interests-decisions',
      { ...sharing, decision: 'do-not-share', decidedBy, consulted: ['carer'], capacityStatement, validUntil },
    ],
    ['address-suppressions', { subject }],
  ];
  for (const [path, body] of bodies) {
    const key = { 'idempotency-key': `${path}-${person.surname}` };
    const made = await play.council('POST', `/v1/${path}`, body, key);
    play.expect('201', made);
    play.expect('201', await play.council('POST', `/v1/${path}`, body, key));
    const stranger = { subject: { identifiers: [{ type: 'nhs-number', value: person.born }] } };
    play.expect('IDENTIFIER_INVALID', await play.council('POST', `/v1/${path}`, { ...body, ...stranger }));
    const unknown = { ...body, [play.memberName()]: person.note };
    play.expect('REQUEST_INVALID', await play.council('POST', `/v1/${path}`, unknown));
    const one = `/v1/${path}/${String(made.body['id'])}`;
    play.expect('200', await play.council('GET', one));
    play.expect('NOT_FOUND', await play.council('GET', `/v1/${path}/${person.nhsNumber}`));
    if (path === 'address-suppressions') play.expect('200 permit-partial', await play.ask(person));
    play.expect('200', await play.council('POST', `${one}/lift`));
  }
  const given = await play.council('POST', '/v1/permissions', play.permission(person));
  for (const form of ['receipt', 'fhir-consent']) {
    play.expect('200', await play.council('GET', `/v1/permissions/${String(given.body['id'])}/${form}`));
  }
}
