import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findIncompleteDisclosures } from '../../support/complete-stacks.js';
import { systemClock } from '../../../src/config/index.js';
import { runAsOwner } from '../../support/database.js';
import { openDatabaseLine } from '../../support/database-line.js';
import { makePerson, PERSON_RECORD_DEFINITIONS, type Person } from '../../support/person-record.js';
import { playEveryRequest, type Played } from '../../support/every-request/index.js';
import { startSuppliedGateway, type SuppliedGateway } from '../../support/supplied-gateway.js';
import { dumpDatabase, findTraces, readFolder, type Sources } from '../../support/traces.js';

/** Permits, reason codes of refusals, codes of problems, and the token endpoint's own errors. */
const EVERY_ENDING = [
  '200 permit | 200 permit-partial | 201 | 200 | DENY_NO_LEGAL_BASIS | DENY_RECIPIENT_NOT_PARTY | DENY_PURPOSE_MISMATCH',
  'DENY_CONSENT_REQUIRED | DENY_AUTHORITY_SCOPE | DENY_NO_RELATIONSHIP | DENY_NOT_NECESSARY',
  'DENY_RECIPIENT_CONDITION | DENY_AGREEMENT_PATTERN_NOT_ALLOWED | REQUEST_MALFORMED | REQUEST_INVALID',
  'REQUEST_TOO_LARGE | MEDIA_TYPE_UNSUPPORTED | IDENTIFIER_INVALID | IDENTIFIER_TYPE_NOT_TAKEN',
  'IDEMPOTENCY_KEY_REUSED | TOKEN_MISSING | TOKEN_INVALID | PROOF_INVALID | PROOF_REPLAYED',
  'invalid_client | invalid_request | NOT_FOUND | METHOD_NOT_ALLOWED | SUPPLIER_REFUSED',
  'SUPPLIER_UNAVAILABLE | SUPPLIER_ANSWER_UNUSABLE | SUPPLIER_TIMED_OUT | LOG_UNAVAILABLE',
  'STORE_UNAVAILABLE',
].join(' | ');

describe('no citizen data at rest (invariant 1)', () => {
  let gateway: SuppliedGateway;
  let played: Played;
  const printed: string[] = [];
  const output = watchOutput(printed);
  beforeAll(async () => {
    const line = await openDatabaseLine();
    gateway = await startSuppliedGateway({ add: PERSON_RECORD_DEFINITIONS }, {}, systemClock, line);
    played = await playEveryRequest(gateway, line);
  });
  afterAll(async () => {
    output.end();
    await gateway.stop();
  });

  /** Everything that outlives an exchange. */
  const atRest = async (): Promise<Sources> => ({
    ...(await dumpDatabase(gateway.database.ownerUrl)),
    ...(await readFolder(gateway.varFolder)),
    'the log': gateway.logged.join(''),
    'standard output and error': printed.join(''),
    ...Object.fromEntries(
      await Promise.all(
        ['/metrics', '/health/live', '/health/ready', '/v1/log/checkpoint'].map(
          async (page) => [page, await (await fetch(`${gateway.publicUrl}${page}`)).text()] as const,
        ),
      ),
    ),
  });

  it('is tested with requests that end in every way', () => {
    expect(played.unexpected).toEqual([]);
    expect(new Set(played.endings)).toEqual(new Set(EVERY_ENDING.split('|').map((ending) => ending.trim())));
  });

  it('is searched for by a search that finds what is there, in every form and in every place', async () => {
    const marker = makePerson();
    const written = [
      marker.nhsNumber,
      Buffer.from(`.${marker.nino}`).toString('base64url'),
      Buffer.from(`..${marker.uprn}.`).toString('base64'),
      marker.surname.toUpperCase(),
      Buffer.from(marker.postcode.replace(' ', '')).toString('hex'),
      encodeURIComponent(`a/${marker.caseReference}`),
    ].join(' ');
    const { ownerUrl } = gateway.database;
    const file = path.join(gateway.varFolder, 'sandbox', 'self-check.txt');
    await runAsOwner(
      ownerUrl,
      'CREATE SCHEMA own CREATE TABLE as_text (a text) CREATE TABLE as_json (a jsonb) CREATE TABLE as_bytes (a bytea)',
    );
    await runAsOwner(ownerUrl, 'INSERT INTO own.as_text VALUES ($1)', [written]);
    await runAsOwner(ownerUrl, 'INSERT INTO own.as_json VALUES ($1)', [JSON.stringify({ deep: [{ [written]: 1 }] })]);
    await runAsOwner(ownerUrl, 'INSERT INTO own.as_bytes VALUES ($1)', [Buffer.from(Object.values(marker).join(' '))]);
    await writeFile(file, written);
    gateway.logged.push(written);
    output.forSearch(written);
    const found = findTraces(canariesOf([marker]), await atRest());
    await runAsOwner(ownerUrl, 'DROP SCHEMA own CASCADE');
    await rm(file);
    gateway.logged.splice(gateway.logged.indexOf(written), 1);
    printed.length = 0;

    const forms = [
      ['nhsNumber', 'plain'],
      ['nino', 'base64'],
      ['uprn', 'base64'],
      ['surname', 'plain'],
      ['postcode', 'hexadecimal'],
      ['caseReference', 'plain'],
    ].map((form) => form.join(', '));
    const places = ['table own.as_text', 'table own.as_json', `file ${file}`, 'the log', 'standard output and error'];
    const expected = [
      ...places.flatMap((place) => forms.map((form) => `${form}, in ${place}`)),
      ...Object.keys(marker).map((member) => `${member}, hexadecimal, in table own.as_bytes`),
    ];
    expect(found.toSorted()).toEqual(expected.toSorted());
    // And what is on record on purpose: a staff id in the log's bodies, each exchange in the gateway's own log.
    const onPurpose = new Map([
      ['sw-4711', 'staff'],
      [played.exchangeIds[0] ?? '', 'exchange'],
    ]);
    expect(findTraces(onPurpose, await atRest())).toEqual(
      expect.arrayContaining(['staff, plain, in table public.log_bodies', 'exchange, plain, in the log']),
    );
  });

  it('stands in no row of the database, log line, metric, health answer or file, in any form', async () => {
    const canaries = new Map([...canariesOf(played.people), ...played.words]);
    for (const name of played.memberNames) canaries.set(name, 'name of a member');
    expect(findTraces(canaries, await atRest())).toEqual([]);
  });

  it('stands in no answer but the data that was disclosed: not in an error, a header or a receipt', () => {
    expect(findTraces(new Map([...canariesOf(played.people), ...played.words]), played.said)).toEqual([]);
    // The requests did carry the values, and what was disclosed does hold them.
    const [known] = played.people;
    expect(findTraces(canariesOf(known ? [known] : []), { disclosed: played.disclosed }).length).toBeGreaterThan(3);
  });

  it('is not needed to show that every disclosure had its legal basis', async () => {
    const { disclosures, lacking } = await findIncompleteDisclosures(gateway.database.ownerUrl);
    expect(lacking).toEqual([]);
    expect(disclosures).toBeGreaterThan(2);
  });
});

function canariesOf(people: readonly Person[]): Map<string, string> {
  return new Map(
    people.flatMap((person) => Object.entries(person).map(([member, value]) => [String(value), member] as const)),
  );
}

/** Keeps what anything prints past the log, and prints it still unless it is for the search alone. */
function watchOutput(printed: string[]): { forSearch(text: string): void; end(): void } {
  const streams = [process.stdout, process.stderr] as const;
  const writes = streams.map((stream) => stream.write.bind(stream));
  let quiet = false;
  streams.forEach((stream, place) => {
    stream.write = ((chunk: string | Uint8Array, ...rest: []) => {
      printed.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      return quiet || (writes[place]?.(chunk, ...rest) ?? true);
    }) as typeof stream.write;
  });
  return {
    forSearch(text) {
      quiet = true;
      process.stderr.write(text);
      quiet = false;
    },
    end: () => streams.forEach((stream, place) => void (stream.write = writes[place] ?? stream.write)),
  };
}
