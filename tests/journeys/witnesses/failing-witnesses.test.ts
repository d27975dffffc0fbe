import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  cosign,
  hashLeaf,
  openCosignature,
  readCheckpoint,
  readVerifierKey,
  signCheckpoint,
  textOfNote,
  verifierKey,
} from '../../../src/disclosure-log/index.js';
import { GrowingTree } from '../../../src/disclosure-log/tree/merkle-tree.js';
import { readAddCheckpoint } from '../../../src/witnesses/index.js';
import { Witnesses } from '../../../src/witnesses/witnesses.module.js';
import { startCommand, type RunningCommand } from '../../support/command.js';
import { freePort, needsQuery, type TestGateway } from '../../support/gateway.js';
import { planGateway, type PlannedGateway } from '../../support/partners.js';
import { startSupplier, type Answer, type SupplierStub } from '../../support/supplier-stub.js';
import { until } from '../../support/until.js';

const ORIGIN = 'council.test/log';

/** For a process to start on a busy machine, milliseconds. */
const LONGEST_START_MS = 90_000;

/** A witness that answers as a test says. */
interface Stub {
  readonly key: string;
  readonly server: SupplierStub;
}

describe('a log with one good witness and many that fail', () => {
  let folder: string;
  let council: PlannedGateway;
  let gateway: TestGateway;
  let port: number;
  let alone: RunningCommand;
  let aloneKey: string;
  const stubs: Record<string, Stub> = {};
  const foreign = generateKeyPairSync('ed25519').privateKey;

  const startAlone = async (): Promise<string> => {
    alone = startCommand(['witness', path.join(folder, 'witness')], {
      PORT: String(port),
      WITNESS_NAME: 'alone.test/witness',
      WITNESSED_LOGS: path.join(folder, 'logs'),
    });
    await until(() => alone.stdout().includes('Its key: '), LONGEST_START_MS);
    return /Its key: (\S+)/.exec(alone.stdout())![1]!;
  };
  const stub = async (name: string, answer: Answer): Promise<void> => {
    const key = { name: `${name}.test/witness`, key: generateKeyPairSync('ed25519').publicKey };
    stubs[name] = { key: verifierKey(key, 'cosignature'), server: await startSupplier(answer) };
  };
  const text =
    (status: number, body: string): Answer =>
    (_seen, response) =>
      response.writeHead(status).end(body);

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-witnesses-'));
    council = await planGateway('council.test');
    await writeFile(path.join(folder, 'logs'), `${council.logKey}\n`);
    port = await freePort();
    aloneKey = await startAlone();
    await stub('hanging', () => undefined);
    await stub('lying', ({ body }, response) => {
      const signed = textOfNote(readAddCheckpoint(body)!.note)!;
      response.end(cosign(signed, { name: 'lying.test/witness', key: foreign }, new Date()));
    });
    let size = 0;
    await stub('changing', (_seen, response) => response.writeHead(409).end(`${(size += 1) % 3}\n`));
    await stub('ahead', text(409, '999999999\n'));
    await stub('moved', (_seen, response) =>
      response.writeHead(307, { location: stubs['ahead']!.server.origin }).end(),
    );
    await stub('endless', text(200, 'x'.repeat(100_000)));
    const lines = Object.values(stubs).map(({ key, server }) => `${key} ${server.origin}`);
    const witnesses = [`${aloneKey} http://127.0.0.1:${port}`, ...lines, ''].join('\n');
    gateway = await council.start({ witnesses }, { WITNESS_QUORUM: '1' });
  });
  afterAll(async () => {
    await gateway.stop();
    alone.child.kill('SIGKILL');
    await alone.ended;
    await Promise.all(Object.values(stubs).map(({ server }) => server.close()));
    await council.remove();
    await rm(folder, { recursive: true, force: true });
  });

  const shown = async (): Promise<string> => (await fetch(`${council.url}/v1/log/checkpoint`)).text();
  const cosignedSize = async (): Promise<number> => {
    const note = await shown();
    const found = openCosignature(textOfNote(note)!, note, readVerifierKey(aloneKey, 'cosignature'));
    return found ? readCheckpoint(note)!.size : 0;
  };
  /** Asks for a disclosure, which is refused and recorded: sooner than a witness is given up, which is after 5 s. */
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
  const results = async (): Promise<Record<string, string>> => {
    const metrics = await (await fetch(`${council.url}/metrics`)).text();
    return Object.fromEntries(
      [...metrics.matchAll(/by="witness",name="(\w+)\.test[^"]*",result="([a-z-]+)"\} [1-9]/g)].map(
        ([, name, result]) => [name!, result!],
      ),
    );
  };

  it('is cosigned by the good one, and no exchange waits for any', async () => {
    for (let i = 0; i < 5; i += 1) await ask();
    const before = await cosignedSize();
    await ask();
    await until(async () => (await cosignedSize()) > before);
    const lines = (await shown()).split('\n\n')[1]!.trim().split('\n');
    expect(lines.map((line) => line.split(' ')[1])).toEqual([ORIGIN, 'alone.test/witness']);
  });

  it('says of each what is wrong, and calls no address but those configured', async () => {
    await until(async () => Object.keys(await results()).length === 7);
    expect(await results()).toEqual({
      alone: 'given',
      hanging: 'timed-out',
      lying: 'wrong-signature',
      changing: 'conflict',
      ahead: 'ahead',
      moved: 'not-understood',
      endless: 'too-large',
    });
    for (const { server } of Object.values(stubs)) {
      expect(new Set(server.seen.map(({ method, url }) => `${method} ${url}`))).toEqual(
        new Set(['POST /add-checkpoint']),
      );
    }
    const witnesses = gateway.sandbox.gateway.app.get(Witnesses, { strict: false });
    const standings = await witnesses.standings();
    expect(standings.filter(({ cosignedSize: size }) => size > 0).map(({ witness }) => witness.split('+')[0])).toEqual([
      'alone.test/witness',
    ]);
  });

  it('is cosigned again after the witness was killed and came back, with the same key, which forgot nothing', async () => {
    for (let round = 0; round < 2; round += 1) {
      const before = await cosignedSize();
      alone.child.kill('SIGKILL');
      await alone.ended;
      await ask();
      expect(await startAlone()).toBe(aloneKey);
      await until(async () => (await cosignedSize()) > before, 60_000);
    }
    const kept = (await readdir(path.join(folder, 'witness'))).find((name) => name.endsWith('.json'));
    const { origin, size } = JSON.parse(await readFile(path.join(folder, 'witness', kept!), 'utf8')) as {
      origin: string;
      size: number;
    };
    expect([origin, size]).toEqual([ORIGIN, await cosignedSize()]);
    // What the log's own key signs of another history is refused: of the same size, and of a larger one.
    const fork = new GrowingTree(0, []);
    const statuses: number[] = [];
    while (fork.size <= size) {
      fork.add(hashLeaf(Buffer.from(`fork ${fork.size}`)));
      if (fork.size < size) continue;
      const signer = { name: ORIGIN, key: council.keys.log.privateKey };
      const note = signCheckpoint({ origin: ORIGIN, size: fork.size, root: fork.root() }, signer);
      const url = `http://127.0.0.1:${port}/add-checkpoint`;
      statuses.push((await fetch(url, { method: 'POST', body: `old ${size}\n\n${note}` })).status);
      statuses.push((await fetch(url, { method: 'POST', body: `old 0\n\n${note}` })).status);
    }
    expect(statuses).toEqual([409, 409, 422, 409]);
  });

  it('has a witness that serves from its folder alone, and only what the protocol has', async () => {
    const second = await startCommand(['witness', path.join(folder, 'witness')], {
      PORT: '0',
      WITNESS_NAME: 'alone.test/witness',
      WITNESSED_LOGS: path.join(folder, 'logs'),
    }).ended;
    expect([second.code, second.stderr]).toEqual([1, expect.stringContaining('stop it first')]);
    const url = `http://127.0.0.1:${port}`;
    expect((await fetch(`${url}/add-checkpoint`)).status).toBe(404);
    expect((await fetch(`${url}/witness.pem`, { method: 'POST' })).status).toBe(404);
    expect((await fetch(`${url}/add-checkpoint`, { method: 'POST', body: 'x'.repeat(20_000) })).status).toBe(413);
    expect((await fetch(`${url}/add-checkpoint`, { method: 'POST', body: 'x' })).status).toBe(400);
    const unnamed = await startCommand(['witness', path.join(folder, 'other')]).ended;
    expect(unnamed.stderr).toBe('A witness needs these settings: WITNESS_NAME, WITNESSED_LOGS.\n');
  });
});
