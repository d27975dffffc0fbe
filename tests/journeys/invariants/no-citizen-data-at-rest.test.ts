import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findIncompleteDisclosures } from '../../support/complete-stacks.js';
import { runAsOwner } from '../../support/database.js';
import { makePerson, PERSON_RECORD_DEFINITIONS, type Person } from '../../support/person-record.js';
import { playEveryRequest, type Played } from '../../support/every-request/index.js';
import { startSuppliedGateway, type SuppliedGateway } from '../../support/supplied-gateway.js';
import { dumpDatabase, findTraces, readFolder, type Sources } from '../../support/traces.js';

/** What is on record on purpose, and so must be found. */
const STAFF_ID = 'sw-4711';

describe('no citizen data at rest (invariant 1)', () => {
  let gateway: SuppliedGateway;
  let played: Played;
  const printed: string[] = [];
  const unwatch = watchOutput(printed);
  beforeAll(async () => {
    gateway = await startSuppliedGateway({ add: PERSON_RECORD_DEFINITIONS });
    played = await playEveryRequest(gateway);
  }, 60_000);
  afterAll(async () => {
    unwatch();
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
    expect(new Set(played.endings)).toEqual(
      new Set([
        ...['200 permit', '200 permit-partial', '201', '200'],
        ...['DENY_NO_LEGAL_BASIS', 'DENY_PURPOSE_MISMATCH', 'DENY_CONSENT_REQUIRED', 'DENY_AUTHORITY_SCOPE'],
        ...['DENY_NO_RELATIONSHIP', 'DENY_NOT_NECESSARY', 'DENY_RECIPIENT_CONDITION'],
        ...['DENY_AGREEMENT_PATTERN_NOT_ALLOWED'],
        ...['REQUEST_MALFORMED', 'REQUEST_INVALID', 'REQUEST_TOO_LARGE', 'MEDIA_TYPE_UNSUPPORTED'],
        ...['IDENTIFIER_INVALID', 'IDENTIFIER_TYPE_NOT_TAKEN', 'IDEMPOTENCY_KEY_REUSED'],
        ...['TOKEN_MISSING', 'TOKEN_INVALID', 'PROOF_INVALID', 'PROOF_REPLAYED'],
        ...['invalid_client', 'invalid_request'],
        ...['NOT_FOUND', 'METHOD_NOT_ALLOWED'],
        ...['SUPPLIER_REFUSED', 'SUPPLIER_UNAVAILABLE', 'SUPPLIER_ANSWER_UNUSABLE', 'SUPPLIER_TIMED_OUT'],
        ...['LOG_UNAVAILABLE', 'STORE_UNAVAILABLE'],
      ]),
    );
  });

  it('is searched for by a search that finds what is there, in every form and in every place', async () => {
    const marker = makePerson();
    const canaries = canariesOf([marker]);
    const { ownerUrl } = gateway.database;
    const file = path.join(gateway.varFolder, 'sandbox', 'self-check.txt');
    const written: [keyof Person, (text: string) => string][] = [
      ['nhsNumber', (text) => text],
      ['nino', (text) => Buffer.from(`.${text}`).toString('base64url')],
      ['uprn', (text) => Buffer.from(`..${text}.`).toString('base64')],
      ['surname', (text) => text.toUpperCase()],
      ['postcode', (text) => Buffer.from(text.replace(' ', '')).toString('hex')],
      ['caseReference', (text) => encodeURIComponent(`a/${text}`)],
    ];
    const text = written.map(([member, write]) => write(marker[member])).join(' ');
    const expected = written.map(([member]) => member).sort();
    await runAsOwner(ownerUrl, 'CREATE SCHEMA self_check CREATE TABLE noted (a text, b jsonb, c bytea)');
    try {
      const found = async (sources: Sources): Promise<string[]> =>
        [...new Set(findTraces(canaries, sources).map((trace) => trace.split(',')[0] ?? ''))].sort();
      for (const [columns, values] of [
        ['a', [text]],
        ['b', [JSON.stringify({ deep: [{ [text]: 1 }] })]],
        ['c', [Buffer.from(Object.values(marker).join(' '))]],
      ] as const) {
        await runAsOwner(ownerUrl, `INSERT INTO self_check.noted (${columns}) VALUES ($1)`, [...values]);
        const seen = await found(await atRest());
        expect(seen).toEqual(columns === 'c' ? Object.keys(marker).sort() : expected);
        await runAsOwner(ownerUrl, 'DELETE FROM self_check.noted');
      }
      await writeFile(file, text);
      expect(await found(await atRest())).toEqual(expected);
      await rm(file);
      gateway.logged.push(text);
      expect(await found(await atRest())).toEqual(expected);
      gateway.logged.splice(gateway.logged.indexOf(text), 1);
      process.stderr.write(text);
      expect(await found(await atRest())).toEqual(expected);
      printed.length = 0;
    } finally {
      await rm(file, { force: true });
      await runAsOwner(ownerUrl, 'DROP SCHEMA self_check CASCADE');
    }
    const sources = await atRest();
    expect(findTraces(canaries, sources)).toEqual([]);
    // What is there on purpose: the staff id in the log's bodies, and each exchange in the gateway's own log.
    expect(findTraces(new Map([[STAFF_ID, 'staff']]), sources)).toContain('staff, plain, in table public.log_bodies');
    expect(findTraces(new Map([[played.exchangeIds[0] ?? '', 'exchange']]), sources)).toContain(
      'exchange, plain, in the log',
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

/** Keeps what anything prints past the log, and prints it still. */
function watchOutput(printed: string[]): () => void {
  const streams = [process.stdout, process.stderr] as const;
  const writes = streams.map((stream) => stream.write.bind(stream));
  streams.forEach((stream, place) => {
    stream.write = ((chunk: string | Uint8Array, ...rest: []) => {
      printed.push(typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString());
      return writes[place]?.(chunk, ...rest) ?? true;
    }) as typeof stream.write;
  });
  return () => streams.forEach((stream, place) => void (stream.write = writes[place] ?? stream.write));
}
