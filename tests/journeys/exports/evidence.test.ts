import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { verifyExport, type LogKeys } from '../../../sdk/index.js';
import { startCommand } from '../../support/command.js';
import { runAsOwner } from '../../support/database.js';
import { PERIOD, PERSON, startExportsWorld, type ExportsWorld } from '../../support/exports-world.js';
import { needsQuery, type Answer, type Call } from '../../support/gateway.js';
import { logFindings, readLog } from '../../support/read-log.js';

/** A line of the file, as far as tests look into it. */
interface Line {
  readonly line: number;
  readonly index: number;
  readonly claims?: {
    readonly kind: string;
    readonly exchangeId: string;
    readonly requester?: { readonly staffId: string | null };
    readonly override?: { readonly authorisedBy: { readonly staffId: string | null } };
    readonly decision?: { outcome: string };
  };
  readonly withheld?: readonly string[];
  readonly erased?: true;
}

const textLines = (text: string): string[] => text.split('\n').slice(0, -1);
const linesOf = (text: string): Line[] =>
  textLines(text)
    .slice(1)
    .map((line) => JSON.parse(line) as Line);

describe('an export of evidence', () => {
  let world: ExportsWorld;
  let keys: LogKeys;
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-export-'));
    world = await startExportsWorld();
    keys = (await world.officers.council('GET', '/v1/log/keys')).body as unknown as LogKeys;
  });
  afterAll(async () => {
    await world.stop();
    await rm(folder, { recursive: true });
  });

  const exported = async (call: Call, more = ''): Promise<Answer> => {
    const answer = await call('GET', `/v1/exports/evidence?${PERIOD}${more}`);
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
    return answer;
  };

  it('proves every entry of the agency’s exchanges, in the order of the log', async () => {
    const { text } = await exported(world.officers.council);
    const { partly, refused, unread, overridden } = world.exchanges;
    expect(linesOf(text).map(({ claims }) => [claims?.kind, claims?.exchangeId])).toEqual([
      ['decision', partly],
      ['outcome', partly],
      ['decision', refused],
      ['decision', unread],
      ['decision', overridden],
      ['outcome', overridden],
    ]);
    expect(await verifyExport(textLines(text), keys)).toMatchObject({
      valid: true,
      heading: { agency: 'northmoor-council', total: 6, gateway: world.gateway.publicUrl },
      lines: 6,
      opened: 6,
      withheld: 0,
      findings: [],
    });
  });

  it('withholds staff ids of another agency, and opens in full for whoever is told them', async () => {
    const { text } = await exported(world.officers.trust);
    expect(text).not.toContain('sw-4711');
    expect(text).not.toContain('tm-0007');
    expect(text).toContain('dsl-0032');
    expect(linesOf(text).at(-2)).toMatchObject({
      claims: { requester: { staffId: null }, override: { authorisedBy: { staffId: null } } },
      withheld: ['/requester/staffId', '/override/authorisedBy/staffId'],
    });
    expect(await verifyExport(textLines(text), keys)).toMatchObject({ valid: true, opened: 1, withheld: 5 });
    const told = textLines(text).map((line) => {
      const { withheld: _, claimsDigest: __, signature: ___, claims, ...rest } = JSON.parse(line);
      if (!claims) return line;
      if (claims.requester) claims.requester.staffId = 'sw-4711';
      if (claims.override) claims.override.authorisedBy.staffId = 'tm-0007';
      return JSON.stringify({ ...rest, claims });
    });
    expect(await verifyExport(told, keys)).toMatchObject({ valid: true, opened: 6, withheld: 0 });
    const wronglyTold = told.map((line) => line.replaceAll('sw-4711', 'sw-4712'));
    expect(await verifyExport(wronglyTold, keys)).toMatchObject({ valid: false, opened: 1 });
  });

  it('has nothing of exchanges of others: what is not yours is not there', async () => {
    const { text, headers } = await exported(world.officers.fire);
    expect(linesOf(text)).toEqual([]);
    expect(headers.get('gatehouse-export-total')).toBe('0');
    expect(await verifyExport(textLines(text), keys)).toMatchObject({ valid: true, lines: 0 });
    const { text: ofTheCouncil } = await exported(world.officers.council);
    expect(ofTheCouncil).not.toContain(world.exchanges.outside);
  });

  it('holds nothing of a person: no identifier, no handle', async () => {
    for (const call of [world.officers.council, world.officers.trust]) {
      const { text } = await exported(call);
      for (const { detail } of await readLog(world.gateway.database.ownerUrl)) {
        const { requester = [], supplier = [] } = detail.subjectHandles ?? {};
        for (const handle of [...requester, ...supplier]) expect(text).not.toContain(handle);
      }
      for (const part of [PERSON, 'ASC-2026-00123', 'Casey Example']) expect(text).not.toContain(part);
    }
  });

  it('goes on after any line with the same bytes, however much was added to the log since', async () => {
    const { text, headers } = await exported(world.officers.council);
    const treeSize = headers.get('gatehouse-export-tree-size');
    await world.council('POST', '/v1/queries', needsQuery(PERSON));
    const lines = textLines(text);
    for (const [place, line] of linesOf(text).entries()) {
      const more = `&treeSize=${treeSize}&after=${line.index}`;
      const rest = await exported(world.officers.council, more);
      expect(rest.text).toBe(
        lines
          .slice(place + 2)
          .map((one) => `${one}\n`)
          .join(''),
      );
      expect(rest.headers.get('gatehouse-export-total')).toBe('6');
      expect(rest.headers.get('gatehouse-export-before')).toBe(String(place + 1));
    }
    const again = await exported(world.officers.council);
    expect(linesOf(again.text)).toHaveLength(8);
  });

  it('is of what was recorded from one instant until before another', async () => {
    const [first] = await readLog(world.gateway.database.ownerUrl, world.exchanges.refused);
    const [{ at } = { at: new Date() }] = await runAsOwner<{ at: Date }>(
      world.gateway.database.ownerUrl,
      'SELECT recorded_at AS at FROM log_entries WHERE log_index = $1',
      [first!.index],
    );
    const between = async (from: string, to: string): Promise<(string | undefined)[]> => {
      const { text } = await world.officers.council('GET', `/v1/exports/evidence?from=${from}&to=${to}`);
      return linesOf(text).map(({ claims }) => claims?.exchangeId);
    };
    const instant = at.toISOString();
    const { partly, refused, unread, overridden } = world.exchanges;
    const before = await between('2020-01-01T00:00:00Z', instant);
    expect(before).toEqual([partly, partly]);
    const from = await between(instant, '2100-01-01T00:00:00Z');
    expect(from.slice(0, 4)).toEqual([refused, unread, overridden, overridden]);
  });

  it.each([
    ['/from', 'to=2026-12-01T00:00:00Z'],
    ['/from', 'from=2026-02-30T00:00:00Z&to=2026-12-01T00:00:00Z'],
    ['/from', 'from=2026-11-01&to=2026-12-01T00:00:00Z'],
    ['/to', 'from=2026-11-01T00:00:00Z'],
    ['/to', 'from=2026-11-01T00:00:00Z&to=2026-11-01T00:00:00Z'],
    ['/treeSize', `${PERIOD}&after=3`],
    ['/after', `${PERIOD}&treeSize=3`],
    ['/treeSize', `${PERIOD}&treeSize=999999&after=3`],
    ['/after', `${PERIOD}&treeSize=3&after=3&after=4`],
    ['', `${PERIOD}&agency=northmoor-nhs-trust`],
  ])('is not begun when %s is at fault: %s', async (pointer, query) => {
    const { status, body } = await world.officers.council('GET', `/v1/exports/evidence?${query}`);
    expect([status, body['code'], body['pointers']]).toEqual([400, 'REQUEST_INVALID', [pointer]]);
  });

  it('is for officers, reviewers and oversight alone', async () => {
    const { status, body } = await world.council('GET', `/v1/exports/evidence?${PERIOD}`);
    expect([status, body['code']]).toEqual([403, 'ROLE_NOT_ALLOWED']);
  });

  it('is recorded for each call, with its form, its period and what it is pinned to', async () => {
    const entries = async () =>
      (await readLog(world.gateway.database.ownerUrl)).filter(({ kind }) => kind === 'disclosures-exported');
    const before = (await entries()).length;
    const { headers } = await exported(world.officers.trust);
    const treeSize = Number(headers.get('gatehouse-export-tree-size'));
    await exported(world.officers.trust, `&treeSize=${treeSize}&after=7`);
    const [begun, wentOn] = (await entries()).slice(before);
    expect(begun).toMatchObject({
      claims: {
        kind: 'disclosures-exported',
        form: 'evidence',
        exportedBy: { agency: 'northmoor-nhs-trust', officer: 'northmoor-nhs-trust-ig-2' },
        period: { from: '2020-01-01T00:00:00.000Z', to: '2100-01-01T00:00:00.000Z' },
        treeSize,
        after: null,
      },
      detail: {},
    });
    expect(wentOn).toMatchObject({ claims: { treeSize, after: 7 } });
  });

  it('hands nothing out when the log cannot be written', async () => {
    await runAsOwner(world.gateway.database.ownerUrl, 'ALTER TABLE log_checkpoints RENAME COLUMN note TO noted');
    try {
      const { status, text } = await world.officers.council('GET', `/v1/exports/evidence?${PERIOD}`);
      expect(status).toBe(503);
      expect(text).not.toContain(world.exchanges.partly);
    } finally {
      await runAsOwner(world.gateway.database.ownerUrl, 'ALTER TABLE log_checkpoints RENAME COLUMN noted TO note');
    }
    await exported(world.officers.council);
  });

  it('verifies by a command, with the file and the keys and nothing else', async () => {
    const { text } = await exported(world.officers.trust);
    const [file, keysFile] = [path.join(folder, 'evidence.jsonl'), path.join(folder, 'keys.json')];
    await writeFile(file, text);
    await writeFile(keysFile, JSON.stringify(keys));
    const verified = await startCommand(['log', 'verify-export', file, '--keys', keysFile]).ended;
    expect([verified.code, verified.stderr]).toEqual([0, '']);
    expect(verified.stdout).toContain('Entries of northmoor-nhs-trust from 2020-01-01T00:00:00.000Z');
    expect(verified.stdout).toContain('without staff ids of another agency');
    expect(verified.stdout).toContain('The export verifies');
    await writeFile(file, text.replace('"safety-of-somebody"', '"not-necessary"'));
    const changed = await startCommand(['log', 'verify-export', file, '--keys', keysFile]).ended;
    expect(changed.code).toBe(1);
    expect(changed.stderr).toMatch(
      /^The export does NOT verify:\n {2}Line \d+ is not as the log and the gateway have it\.\n$/,
    );
    const absent = await startCommand(['log', 'verify-export', path.join(folder, 'none'), '--keys', keysFile]).ended;
    expect([absent.code, absent.stderr]).toEqual([1, expect.stringContaining('no such file')]);
  });

  it('breaks off rather than hand out an entry that does not prove itself', async () => {
    const [entry] = await readLog(world.gateway.database.ownerUrl, world.exchanges.refused);
    const set = (claims: string): Promise<unknown> =>
      runAsOwner(world.gateway.database.ownerUrl, 'UPDATE log_bodies SET claims = $2 WHERE log_index = $1', [
        entry!.index,
        claims,
      ]);
    const [{ claims } = { claims: '' }] = await runAsOwner<{ claims: string }>(
      world.gateway.database.ownerUrl,
      'SELECT claims FROM log_bodies WHERE log_index = $1',
      [entry!.index],
    );
    await set(claims.replace('DENY_', 'PERMIT_'));
    try {
      await expect(world.officers.council('GET', `/v1/exports/evidence?${PERIOD}`)).rejects.toThrow();
      const said = world.gateway.logged.find((line) => line.includes('export-broken-off'));
      expect(said).toContain('EvidenceDoesNotHold');
    } finally {
      await set(claims);
    }
    await exported(world.officers.council);
  });

  it('lists what was erased by its place and leaf alone, and the rest still verifies', async () => {
    const before = await exported(world.officers.council);
    const { index } = linesOf(before.text)[0]!;
    const { ownerUrl } = world.gateway.database;
    const [body] = await runAsOwner(ownerUrl, 'DELETE FROM log_bodies WHERE log_index = $1 RETURNING *', [index]);
    const { text } = await exported(world.officers.council);
    await runAsOwner(ownerUrl, 'INSERT INTO log_bodies (log_index, claims, detail, salt) VALUES ($1, $2, $3, $4)', [
      index,
      body!['claims'],
      body!['detail'],
      body!['salt'],
    ]);
    expect(linesOf(text)[0]).toEqual({
      line: 1,
      index,
      leafHash: expect.any(String),
      inclusionProof: expect.any(Array),
      erased: true,
      signature: expect.any(String),
    });
    expect(await verifyExport(textLines(text), keys)).toMatchObject({ valid: true, erased: 1 });
    // A line is not made an erased one by whoever holds the file.
    const { claims: _, claimsSalt: __, detailDigest: ___, ...place } = JSON.parse(textLines(before.text)[1]!);
    const forged = textLines(before.text).with(1, JSON.stringify({ ...place, erased: true }));
    expect(await verifyExport(forged, keys)).toMatchObject({ valid: false, erased: 0 });
    // What was exported before the erasure still verifies.
    expect(await verifyExport(textLines(before.text), keys)).toMatchObject({ valid: true });
  });

  it('leaves a log that verifies', async () => {
    expect(await logFindings(world.gateway)).toEqual([]);
  });
});
