import { setTimeout as sleep } from 'node:timers/promises';
import type { DatabaseLine } from '../database-line.js';
import { runAsOwner } from '../database.js';
import { PERSON_RECORD, recordOf, type Person } from '../person-record.js';
import { json, status, type Answer as SupplierAnswer } from '../supplier-stub.js';
import type { Play } from './play.js';

/** Released whole, in part, without a suppressed address, and about nobody whom the supplier knows. */
export async function permitted(play: Play): Promise<void> {
  const known = await play.withPermission();
  play.expect('200 permit', await play.ask(known));
  const partly = await play.withPermission({ items: [`${PERSON_RECORD}#identity`] });
  play.expect('200 permit-partial', await play.ask(partly));
  const suppressed = await play.withPermission();
  play.holds(suppressed, json(recordOf(suppressed, { suppressed: true })));
  play.expect('200 permit-partial', await play.ask(suppressed));
  const unknown = await play.withPermission();
  play.holds(unknown, status(404));
  play.expect('200 permit', await play.ask(unknown));
}

/** Each reason for a refusal. */
export async function refused(play: Play): Promise<void> {
  const known = await play.withPermission();
  const refusals: [string, object][] = [
    ['DENY_PURPOSE_MISMATCH', { purpose: 'housing-support' }],
    ['DENY_NO_LEGAL_BASIS', { dataItems: ['identity', 'secrets'] }],
    ['DENY_RECIPIENT_NOT_PARTY', { dataService: 'northmoor-nhs-trust/nothing' }],
    ['DENY_AGREEMENT_PATTERN_NOT_ALLOWED', { dataItems: ['referrals'] }],
    ['DENY_RECIPIENT_CONDITION', { requestedBy: { staffId: 'sw-4711', role: 'receptionist' } }],
    ['DENY_NO_RELATIONSHIP', { caseReference: undefined }],
    ['DENY_NOT_NECESSARY', { caseReference: `${known.surname}-${known.nhsNumber}` }],
  ];
  for (const [reason, change] of refusals) play.expect(reason, await play.ask(known, change));
  play.expect('DENY_CONSENT_REQUIRED', await play.ask(play.somebody()));
  const attorney = { givenBy: 'attorney', capacity: 'property-and-financial-affairs' };
  play.expect('DENY_AUTHORITY_SCOPE', await play.ask(await play.withPermission(attorney)));
  const stranger = await play.gateway.as('eastvale-council-adult-care');
  play.expect('DENY_RECIPIENT_NOT_PARTY', await stranger('POST', '/v1/queries', play.query(known)));
}

const FAULTS: Readonly<Record<string, (person: Person) => SupplierAnswer>> = {
  'SUPPLIER_UNAVAILABLE: 500': (person) => json({ error: recordOf(person) }, 500),
  'SUPPLIER_UNAVAILABLE: reset': (person) => (_seen, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write(JSON.stringify(recordOf(person)).slice(0, -3));
    setTimeout(() => response.destroy(), 20);
  },
  'SUPPLIER_REFUSED: 403': (person) => json({ error: recordOf(person) }, 403),
  'SUPPLIER_REFUSED: 422': (person) => json({ error: recordOf(person) }, 422),
  'SUPPLIER_ANSWER_UNUSABLE: redirect': (person) => status(302, { location: `/elsewhere/${person.nhsNumber}` }),
  'SUPPLIER_ANSWER_UNUSABLE: not JSON': (person) => (_seen, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(`{"person": ${person.surname} ${person.note}`);
  },
  'SUPPLIER_ANSWER_UNUSABLE: content type': (person) => json(recordOf(person), 200, 'text/html'),
  'SUPPLIER_ANSWER_UNUSABLE: wrong type': (person) => json(recordOf(person, { notes: person.note })),
  'SUPPLIER_ANSWER_UNUSABLE: wrong member': (person) =>
    json(recordOf(person, { identity: { surname: [person.surname] } })),
  'SUPPLIER_ANSWER_UNUSABLE: too large': (person) => json(recordOf(person, { more: person.note.repeat(2_000) })),
  'SUPPLIER_TIMED_OUT: slow': (person) => (seen, response, index) =>
    void sleep(1_500, undefined, { ref: false }).then(() => json(recordOf(person))(seen, response, index)),
};

/** Each fault of a supplier, whose answer holds everything about the person. */
export async function supplierFaults(play: Play): Promise<void> {
  const people = await Promise.all(
    Object.entries(FAULTS).map(async ([fault, answer]) => {
      const person = await play.withPermission();
      play.holds(person, answer(person));
      return { fault, person };
    }),
  );
  const answers = await Promise.all(
    people.map(async ({ fault, person }) => ({ fault, answer: await play.ask(person) })),
  );
  for (const { fault, answer } of answers) play.expect(fault.split(':')[0] ?? '', answer);
}

/** The log cannot be written; then the database is away. */
export async function databaseFaults(play: Play, line: DatabaseLine): Promise<void> {
  const known = await play.withPermission();
  const { ownerUrl } = play.gateway.database;
  const role = new URL(play.gateway.sandbox.databaseUrl).username;
  await runAsOwner(ownerUrl, `REVOKE INSERT ON log_bodies FROM ${role}`);
  play.expect('LOG_UNAVAILABLE', await play.ask(known));
  play.expect('LOG_UNAVAILABLE', await play.council('POST', '/v1/permissions', play.permission(play.somebody())));
  await runAsOwner(ownerUrl, `GRANT INSERT ON log_bodies TO ${role}`);
  line.cut();
  play.expect('STORE_UNAVAILABLE', await play.ask(known));
  line.mend();
  const ready = async () => (await fetch(`${play.gateway.publicUrl}/health/ready`)).ok;
  while (!(await ready())) await sleep(50);
  play.expect('200 permit', await play.ask(known));
}
