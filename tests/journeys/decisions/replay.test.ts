import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectFolder, systemClock } from '../../../src/config/index.js';
import { preparePolicies, readPolicyFiles, replayDecisions, type Replay } from '../../../src/policy/index.js';
import { startCommand, type Ended } from '../../support/command.js';
import { runAsOwner } from '../../support/database.js';
import { openDatabaseLine } from '../../support/database-line.js';
import { playEveryRequest } from '../../support/every-request/index.js';
import { PERSON_RECORD_DEFINITIONS } from '../../support/person-record.js';
import { startSuppliedGateway, type SuppliedGateway } from '../../support/supplied-gateway.js';

const POLICIES = path.join(projectFolder(), 'consent-policies');

describe('making recorded decisions again', () => {
  let gateway: SuppliedGateway;
  let candidate: string;
  beforeAll(async () => {
    const line = await openDatabaseLine();
    gateway = await startSuppliedGateway({ add: PERSON_RECORD_DEFINITIONS }, {}, systemClock, line);
    await playEveryRequest(gateway, line);
    candidate = await mkdtemp(path.join(tmpdir(), 'gatehouse-policies-'));
    await cp(POLICIES, candidate, { recursive: true });
    const refusals = path.join(candidate, 'refusals.cedar');
    const stricter = `
      @id("nobody-at-the-council")
      @reason("DENY_RECIPIENT_CONDITION")
      forbid (principal == Gatehouse::Agency::"northmoor-council", action == Gatehouse::Action::"disclose", resource);
    `;
    await writeFile(refusals, (await readFile(refusals, 'utf8')) + stricter);
  });
  afterAll(async () => {
    await rm(candidate, { recursive: true, force: true });
    await gateway.stop();
  });

  const sql = <Row extends object>(text: string, values?: readonly unknown[]): Promise<Row[]> =>
    runAsOwner<Row & Record<string, unknown>>(gateway.database.ownerUrl, text, values?.slice());
  const replay = (options?: Parameters<typeof replayDecisions>[1]): Promise<Replay> =>
    replayDecisions(sql as never, options);
  const command = (...args: string[]): Promise<Ended> =>
    startCommand(args, { DATABASE_URL: gateway.database.applicationUrl }).ended;

  it('finds no difference, whatever was decided', async () => {
    const { replayed, erased, differences } = await replay();
    expect(differences).toEqual([]);
    expect(erased).toBe(0);
    const [row] = await sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM log_bodies WHERE detail::jsonb ->> 'factsHash' IS NOT NULL`,
    );
    expect(replayed).toBe(row?.n);
    const outcomes = await sql<{ outcome: string }>(
      `SELECT DISTINCT claims::jsonb #>> '{decision,outcome}' AS outcome FROM log_bodies WHERE detail::jsonb ->> 'factsHash' IS NOT NULL`,
    );
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['permit', 'permit-partial', 'deny']));
  });

  it('passes over what was recorded earlier', async () => {
    const [row] = await sql<{ at: Date }>('SELECT max(recorded_at) AS at FROM log_entries');
    expect((await replay({ since: new Date(row!.at.getTime() + 1) })).replayed).toBe(0);
    expect((await replay({ since: new Date(0) })).replayed).toBe((await replay()).replayed);
  });

  const changed = [
    [
      'a decision that the log words otherwise',
      `UPDATE log_bodies SET claims = replace(claims, '"outcome":"deny"', '"outcome":"permit"')`,
      undefined,
    ],
    [
      'facts that were changed',
      `UPDATE decision_facts SET content = content || ' '`,
      'the archived facts were changed',
    ],
    ['facts that are gone', `DELETE FROM decision_facts`, 'the facts are not archived'],
    [
      'policies that were changed',
      `UPDATE policy_versions SET content = content || '{"more.json": "{}"}'`,
      'the archived policies were changed',
    ],
    ['policies that are gone', `DELETE FROM policy_versions`, 'the policies are not archived'],
  ] as const;
  it.each(changed)('reports %s', async (_what, tamper, expected) => {
    const rows = { bodies: 'log_bodies', facts: 'decision_facts', policies: 'policy_versions' };
    for (const [copy, table] of Object.entries(rows)) await sql(`CREATE TABLE kept_${copy} AS TABLE ${table}`);
    try {
      await sql(tamper);
      const { differences } = await replay();
      expect(differences.length).toBeGreaterThan(0);
      for (const { replayed } of differences) {
        if (expected !== undefined) expect(replayed).toBe(expected);
        else expect(JSON.stringify(replayed)).toContain('"outcome":"deny"');
      }
    } finally {
      for (const [copy, table] of Object.entries(rows)) {
        await sql(`DELETE FROM ${table}; INSERT INTO ${table} TABLE kept_${copy}; DROP TABLE kept_${copy}`);
      }
    }
  });

  it('says how many decisions are no longer known because their body was erased', async () => {
    await sql('CREATE TABLE kept AS TABLE log_bodies; DELETE FROM log_bodies');
    try {
      const { replayed, erased, differences } = await replay();
      expect([replayed, differences]).toEqual([0, []]);
      expect(erased).toBeGreaterThan(0);
    } finally {
      await sql('INSERT INTO log_bodies TABLE kept; DROP TABLE kept');
    }
  });

  it('says what other policies would have decided, for each exchange once', async () => {
    const policies = preparePolicies(readPolicyFiles(candidate));
    const { replayed, differences } = await replay({ candidate: policies });
    const [row] = await sql<{ n: number }>(
      `SELECT count(*)::int AS n FROM log_entries JOIN log_bodies USING (log_index)
       WHERE kind = 'decision' AND detail::jsonb ->> 'factsHash' IS NOT NULL`,
    );
    expect(replayed).toBe(row?.n);
    expect(differences.length).toBeGreaterThan(0);
    for (const { replayed: would } of differences) expect(would).toMatchObject({ outcome: 'deny' });
    const last = await replay({ candidate: policies, last: 3 });
    expect(last.replayed).toBeLessThanOrEqual(3);
    expect((await replay({ candidate: preparePolicies(readPolicyFiles(POLICIES)) })).differences).toEqual([]);
  });

  it('is a command that fails on a difference', async () => {
    const well = await command('decisions', 'replay');
    expect(well).toMatchObject({ code: 0, stderr: '' });
    expect(well.stdout).toMatch(
      /^\d+ recorded decisions were made again\.\nEvery one comes out as it was recorded\.\n$/,
    );
    await sql(`CREATE TABLE kept AS TABLE decision_facts; UPDATE decision_facts SET content = content || ' '`);
    try {
      const changedFacts = await command('decisions', 'replay');
      expect(changedFacts.code).toBe(1);
      expect(changedFacts.stderr).toMatch(/^\d+ do NOT come out as they were recorded\.\n$/);
      expect(changedFacts.stdout).toContain('->  the archived facts were changed');
    } finally {
      await sql('DELETE FROM decision_facts; INSERT INTO decision_facts TABLE kept; DROP TABLE kept');
    }
    const later = await command('decisions', 'replay', '--since', 'tomorrow');
    expect(later.code).not.toBe(0);
    expect(later.stderr).toContain('2026-11-22T09:30:00Z');
  });

  it('is a command that simulates and changes nothing', async () => {
    const before = await sql('SELECT count(*) FROM policy_versions');
    const { code, stdout } = await command('policy', 'simulate', '--with', candidate, '--last', '1000');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /\d+ decisions under [0-9a-f]{64}: [1-9]\d* would change\.\n( {2}\d+ .* -> deny\n| {2}.*\n)+$/,
    );
    expect(stdout).toContain('->  deny DENY_RECIPIENT_CONDITION');
    expect(await sql('SELECT count(*) FROM policy_versions')).toEqual(before);
  });
});
