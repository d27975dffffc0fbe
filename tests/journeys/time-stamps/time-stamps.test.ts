import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { DataSource } from 'typeorm';
import { listTimeStamps } from '../../../src/cli/list-time-stamps.js';
import { systemClock } from '../../../src/config/index.js';
import { DisclosureLog, openCheckpoint, readVerifierKey } from '../../../src/disclosure-log/index.js';
import { LogReader } from '../../../src/disclosure-log/disclosure-log.module.js';
import { TimeStamps } from '../../../src/time-stamps/time-stamps.module.js';
import { haveStamped, stampingFault } from '../../../src/time-stamps/stamping.js';
import { createAuthority, type TestAuthority } from '../../support/certificates.js';
import { startCommand, type Ended } from '../../support/command.js';
import { runAsOwner } from '../../support/database.js';
import { needsQuery, startTestGateway, type TestGateway } from '../../support/gateway.js';
import { startTimeStamper, type TimeStamper } from '../../support/time-stamper.js';
import { until } from '../../support/until.js';

describe('time-stamps over checkpoints, by an authority that is a real one (OpenSSL)', () => {
  let folder: string;
  let root: TestAuthority;
  let stamper: TimeStamper;
  let server: Server;
  let gateway: TestGateway;
  /** What the authority does with a request. */
  let answer: (request: Buffer, response: ServerResponse) => unknown;
  let asked = 0;

  const granted = async (request: Buffer, response: ServerResponse): Promise<void> => {
    const reply = await stamper.answer(request);
    response.writeHead(200, { 'content-type': 'application/timestamp-reply' }).end(reply);
  };
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-stamps-'));
    root = createAuthority();
    stamper = await startTimeStamper(root.issueForTimeStamping());
    answer = () => undefined;
    server = createServer(async (request, response) => {
      asked += 1;
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      await answer(Buffer.concat(chunks), response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await writeFile(path.join(folder, 'root.pem'), root.certificate);
    await writeFile(
      path.join(folder, 'authorities.yaml'),
      `- name: openssl\n  url: http://127.0.0.1:${port}/tsr\n  certificates: root.pem\n`,
    );
    gateway = await startTestGateway(settings());
  });
  afterAll(async () => {
    await gateway.stop();
    server.closeAllConnections();
    server.close();
    await stamper.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const settings = () => ({
    TIME_STAMP_AUTHORITIES: path.join(folder, 'authorities.yaml'),
    TIME_STAMP_SECONDS: '1',
  });
  /** Asks for a disclosure, which is refused and recorded: sooner than the authority is given up, which is after 10 s. */
  const ask = async (): Promise<void> => {
    const call = await gateway.as('northmoor-council-adult-care');
    let [status, took] = [503, 0];
    // On a machine that is busy the log may give up a commit by its own deadline, and says so.
    for (let attempt = 0; attempt < 5 && status === 503; attempt += 1) {
      const began = performance.now();
      ({ status } = await call('POST', '/v1/queries', needsQuery()));
      took = performance.now() - began;
    }
    expect(status).toBe(403);
    expect(took).toBeLessThan(5_000);
  };
  const stored = () => gateway.sandbox.gateway.app.get(TimeStamps, { strict: false }).storedTimeStamps();
  const metrics = async (): Promise<string> => (await fetch(`${gateway.publicUrl}/metrics`)).text();
  const results = async (): Promise<string[]> =>
    [...(await metrics()).matchAll(/by="time-stamping-authority",name="openssl",result="([a-z-]+)"\} [1-9]/g)].map(
      ([, result]) => result!,
    );
  const command = async (change: Record<string, string> = {}, ...args: string[]): Promise<Ended> =>
    await startCommand(['log', 'time-stamps', ...args], {
      GATEHOUSE_VAR: gateway.varFolder,
      DATABASE_URL: gateway.sandbox.databaseUrl,
      ...settings(),
      ...change,
    }).ended;

  it('are not there while the authority hangs, and no exchange waits for it', async () => {
    await until(() => asked === 1);
    for (let i = 0; i < 5; i += 1) await ask();
    await until(async () => (await results()).includes('timed-out'));
    expect(await stored()).toEqual([]);
  });

  /** Asks once, beside the gateway's own asking, which pauses after a failure. */
  const askOnce = async (): Promise<unknown> => {
    const { app } = gateway.sandbox.gateway;
    const [authority] = app.get(TimeStamps, { strict: false }).authorities;
    const dataSource = app.get(DataSource, { strict: false });
    const query = (sql: string, values?: unknown[]) => dataSource.query(sql, values);
    const parts = { reader: app.get(LogReader, { strict: false }), query, clock: systemClock, intervalMs: 0 };
    return await haveStamped(authority!, parts, new AbortController().signal).catch(stampingFault);
  };
  /** An answer to another request. */
  const other = async (digest: string) => stamper.answer(await stamper.request(digest));
  const imprintOf = (request: Buffer): string =>
    request.subarray(request.indexOf(Buffer.from([0x04, 0x20])) + 2).toString('hex', 0, 32);

  it.each<[string, string, typeof answer]>([
    ['a server error', 'unavailable', (_, response) => response.writeHead(503).end()],
    ['a redirect', 'refused', (_, response) => response.writeHead(302, { location: '/tsr' }).end()],
    ['a page', 'not-understood', (_, response) => response.end('<html>')],
    ['endless', 'too-large', (_, response) => response.end(Buffer.alloc(100_000))],
    ['cut off', 'unavailable', (_, response) => response.destroy()],
    ['of something else', 'wrong-imprint', async (_, response) => response.end(await other('ab'.repeat(32)))],
    ['made for another', 'wrong-nonce', async (asks, response) => response.end(await other(imprintOf(asks)))],
  ])('are not there when the answer is %s', async (_name, fault, becomes) => {
    answer = becomes;
    expect(await askOnce()).toBe(fault);
    expect(await stored()).toEqual([]);
  });

  it('come as soon as the authority answers, and only where the log has grown', async () => {
    answer = granted;
    await until(async () => (await stored()).length === 1);
    const [first] = await stored();
    const seen = asked;
    await sleep(3_000);
    expect(asked).toBe(seen);
    await ask();
    await until(async () => (await stored()).length === 2);
    const all = await stored();
    expect(all.map(({ authority, inLog }) => [authority, inLog])).toEqual(Array(2).fill(['openssl', true]));
    expect(all[1]!.size).toBeGreaterThan(first!.size);
    const { text } = gateway.sandbox.gateway.app.get(DisclosureLog, { strict: false }).verifier();
    expect(openCheckpoint(all[1]!.note, readVerifierKey(text))?.size).toBe(all[1]!.size);
    expect(await metrics()).toContain('evidence_missing{by="time-stamping-authority",name="openssl"} 0');
  });

  it('are listed and verified by a command, and written for OpenSSL, which verifies them too', async () => {
    const files = path.join(folder, 'files');
    const { code, stdout } = await command({}, '--to', files);
    expect([code, stdout.match(/openssl {2}verified/g)?.length]).toEqual([0, 2]);
    for (const { size } of await stored()) {
      const [token, note] = [`${size}-openssl.tst`, `${size}-openssl.txt`].map((name) => path.join(files, name));
      const data = await readFile(note!, 'utf8');
      expect(await stamper.verifies(await readFile(token!), data, root.certificate)).toBe(true);
    }
  });

  it('do not verify under another authority, nor when they were changed, nor when their checkpoint is gone', async () => {
    const owner = gateway.database.ownerUrl;
    const { app } = gateway.sandbox.gateway;
    const { key } = app.get(DisclosureLog, { strict: false }).verifier();
    const [authority] = app.get(TimeStamps, { strict: false }).authorities;
    const foreign = { ...authority!, trusted: [new X509Certificate(createAuthority().certificate).raw] };
    const list = async (authorities = [authority!]): Promise<string> => {
      const { lines, faults } = await listTimeStamps((sql, values) => runAsOwner(owner, sql, values), key, authorities);
      return `${faults} ${lines[0]?.split('  ').at(-1)}`;
    };
    expect(await list()).toBe('0 verified');
    expect(await list([foreign])).toBe('2 wrong-certificate');
    expect(await list([])).toBe('2 unknown-authority');
    const tampered = async (changes: string): Promise<string> => {
      await runAsOwner(owner, 'CREATE TABLE before AS SELECT * FROM log_time_stamps');
      await runAsOwner(
        owner,
        `UPDATE log_time_stamps SET ${changes} WHERE tree_size = (SELECT min(tree_size) FROM log_time_stamps)`,
      );
      const found = await list();
      await runAsOwner(
        owner,
        'TRUNCATE log_time_stamps; INSERT INTO log_time_stamps SELECT * FROM before; DROP TABLE before',
      );
      return found;
    };
    expect(await tampered(`stamped_at = stamped_at - interval '1 day'`)).toBe('1 another-time');
    expect(await tampered(`note = note || 'x'`)).toBe('1 not-a-checkpoint-of-this-log');
    expect(await tampered('note = (SELECT max(note) FROM log_time_stamps)')).toBe('1 not-a-checkpoint-of-this-log');
    expect(await tampered('token = (SELECT token FROM log_time_stamps ORDER BY tree_size DESC LIMIT 1)')).toBe(
      '1 wrong-imprint',
    );
    expect(await tampered(`root_hash = '\\x00'`)).toBe('1 no-longer-in-the-log');
    expect(await list()).toBe('0 verified');
  });

  it('are not listed with a file of authorities that cannot be used, which is said in one sentence', async () => {
    const { code, stderr } = await command({ TIME_STAMP_AUTHORITIES: path.join(folder, 'root.pem') });
    expect([code, stderr]).toEqual([1, 'The file of TIME_STAMP_AUTHORITIES must hold a list.\n']);
  });
});
