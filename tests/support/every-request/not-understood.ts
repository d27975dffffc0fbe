import type { Play } from './play.js';

/** Bodies that are refused before anything is decided. */
export async function notUnderstood(play: Play): Promise<void> {
  const person = play.somebody();
  const wrongDigit = person.nhsNumber.slice(0, 9) + String((Number(person.nhsNumber[9]) + 1) % 10);
  play.note(wrongDigit, 'number with a wrong check digit');
  const named = (type: string, value: string) => ({ subject: { identifiers: [{ type, value }] } });
  const invalid: [string, object][] = [
    ['IDENTIFIER_INVALID', named('nhs-number', wrongDigit)],
    ['IDENTIFIER_INVALID', named('nino', person.surname)],
    ['IDENTIFIER_INVALID', named('name-dob-postcode', `${person.surname}|1899-02-30|${person.postcode}`)],
    ['IDENTIFIER_INVALID', named(`x-${play.word('type of an identifier')}`, person.nhsNumber)],
    ['IDENTIFIER_TYPE_NOT_TAKEN', named('upn', 'B801200005001')],
    ['REQUEST_INVALID', { [`${person.surname} ${person.born}`]: person.note }],
    [
      'REQUEST_INVALID',
      { requestedBy: { staffId: 'sw-4711', role: 'social-worker', [play.memberName()]: person.surname } },
    ],
    ['REQUEST_INVALID', { purpose: { [person.surname]: person.note } }],
    ['REQUEST_INVALID', { caseReference: [person.caseReference] }],
    ['REQUEST_INVALID', { caseReference: `${person.surname} ${person.born}` }],
    ['REQUEST_INVALID', { dataItems: [person.note] }],
    ['REQUEST_INVALID', { dataItems: [person.nino.toLowerCase()] }],
    ['REQUEST_INVALID', { purpose: person.nino.toLowerCase() }],
    ['REQUEST_INVALID', { requestedBy: { staffId: person.nhsNumber, role: 'social-worker' } }],
    ['REQUEST_INVALID', { requestedBy: { staffId: 'sw-4711', role: person.nino.toLowerCase() } }],
    ['REQUEST_INVALID', { justification: person.note }],
    ['REQUEST_INVALID', { permission: person.nhsNumber }],
    ['REQUEST_INVALID', { subject: { identifiers: person.nhsNumber } }],
  ];
  for (const [code, change] of invalid) play.expect(code, await play.ask(person, change));
  const body = JSON.stringify(play.query(person));
  const { surname, note } = person;
  const malformed: [string, string][] = [
    ['REQUEST_MALFORMED', body.slice(0, -1)],
    ['REQUEST_MALFORMED', body.replace('{', `{"purpose":"${surname}","purpose":"${note}",`)],
    ['REQUEST_MALFORMED', `{"__proto__":{"${surname}":"${note}"}}`],
    ['REQUEST_MALFORMED', `{"a":${'['.repeat(40)}"${surname}"${']'.repeat(40)}}`],
    ['REQUEST_MALFORMED', `${surname}${body}`],
    ['REQUEST_TOO_LARGE', JSON.stringify({ a: note.repeat(20_000) })],
  ];
  for (const [code, text] of malformed) play.expect(code, await play.council('POST', '/v1/queries', text));
  const type = { 'content-type': `text/${play.word('content type')}` };
  play.expect('MEDIA_TYPE_UNSUPPORTED', await play.council('POST', '/v1/queries', body, type));
}
