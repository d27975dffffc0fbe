import { createHash } from 'node:crypto';
import pg from 'pg';
import request from 'supertest';
import {
  openCheckpoint,
  readVerifierKey,
  verifyConsistency,
  type Checkpoint,
} from '../../../src/disclosure-log/index.js';
import { fillLog } from '../../support/fill-log.js';
import { decisionEntry } from '../../support/log.js';
import { startTestGateway, type TestGateway } from '../../support/gateway.js';

const sha256 = (...parts: Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest();

/** RFC 6962 section 2.1, of hashes that stand for complete subtrees of the same size. */
function mth(hashes: readonly Buffer[]): Buffer {
  if (hashes.length === 1) return hashes[0]!;
  let k = 1;
  while (k * 2 < hashes.length) k *= 2;
  return sha256(Buffer.of(1), mth(hashes.slice(0, k)), mth(hashes.slice(k)));
}

/** Roots of the complete subtrees that hashes side by side make up, largest first. */
function peaks(hashes: readonly Buffer[]): Buffer[] {
  if (hashes.length === 0) return [];
  const width = 2 ** Math.floor(Math.log2(hashes.length));
  return [mth(hashes.slice(0, width)), ...peaks(hashes.slice(width))];
}

/** Somebody who has nothing but the address of the log and the specification of C2SP tlog-tiles. */
class TileClient {
  constructor(private readonly url: string) {}

  async checkpoint(): Promise<Checkpoint> {
    const keys = (await (await fetch(`${this.url}/keys`)).json()) as { checkpoint: string };
    const note = await (await fetch(`${this.url}/checkpoint`)).text();
    return openCheckpoint(note, readVerifierKey(keys.checkpoint))!;
  }

  /** The root of the first `size` entries. Each hash of a level is checked to be the root of the full tile below it. */
  async root(size: number): Promise<Buffer> {
    let below: Buffer[] = [];
    /** Left to right. */
    let edge: Buffer[] = [];
    for (let level = 0, width = size; width > 0; level++, width = Math.floor(width / 256)) {
      const hashes = await this.level(level, width);
      const full = Math.floor(width / 256) * 256;
      if (level > 0) expect(hashes).toEqual(below);
      edge = [...peaks(hashes.slice(full)), ...edge];
      below = Array.from({ length: full / 256 }, (_, tile) => mth(hashes.slice(tile * 256, (tile + 1) * 256)));
    }
    return edge.reduceRight((right, left) => sha256(Buffer.of(1), left, right));
  }

  private async level(level: number, width: number): Promise<Buffer[]> {
    const tiles = await Promise.all(
      Array.from({ length: Math.ceil(width / 256) }, async (_, index) => {
        const hashes = await this.tile(level, index, Math.min(256, width - index * 256));
        return Array.from({ length: hashes.length / 32 }, (__, i) => hashes.subarray(i * 32, (i + 1) * 32));
      }),
    );
    return tiles.flat();
  }

  private async tile(level: number, index: number, width: number): Promise<Buffer> {
    const digits = String(index).padStart(index > 999 ? 6 : 3, '0');
    const name = digits.length === 6 ? `x${digits.slice(0, 3)}/${digits.slice(3)}` : digits;
    const answer = await fetch(`${this.url}/tile/${level}/${name}${width < 256 ? `.p/${width}` : ''}`);
    expect(answer.status).toBe(200);
    const hashes = Buffer.from(await answer.arrayBuffer());
    expect(hashes.length).toBe(width * 32);
    return hashes;
  }
}

describe('the hash tree as everyone may read it', () => {
  let gateway: TestGateway;
  let client: TileClient;
  let log: string;
  beforeAll(async () => {
    gateway = await startTestGateway();
    log = `${gateway.publicUrl}/v1/log`;
    client = new TileClient(log);
  });
  afterAll(async () => gateway.stop({ forged: true }));

  const size = async (): Promise<number> => (await client.checkpoint()).size;
  /** Lets the log grow to this size. */
  const grow = async (to: number): Promise<void> => {
    const { origin, size: from } = await client.checkpoint();
    const signer = { name: origin, key: gateway.sandbox.keys.log.privateKey };
    await fillLog(gateway.database.ownerUrl, signer, { count: to - from, entry: () => decisionEntry() });
  };

  it('is rebuilt from tiles alone, at many sizes, and has the root that was signed', async () => {
    const sizes = [await size(), 2, 3, 7, 8, 31, 100, 255, 256, 257, 300, 511, 512, 513, 1000, 4097];
    const roots = new Map<number, Buffer>();
    for (const next of sizes) {
      await grow(Math.max(next, await size()));
      const signed = await client.checkpoint();
      roots.set(signed.size, signed.root);
      expect(await client.root(signed.size)).toEqual(signed.root);
    }
    expect(roots.size).toBeGreaterThan(12);
    // The tiles of a smaller tree are served still, partial ones too.
    for (const [earlier, root] of roots) expect(await client.root(earlier)).toEqual(root);
  });

  it('is proven to begin with what it began with', async () => {
    const to = await client.checkpoint();
    for (const from of [1, 2, 17, 255, 256, 257, 1024, to.size - 1, to.size]) {
      const { body } = await request(log).get(`/consistency-proof?from=${from}&to=${to.size}`).expect(200);
      const { consistencyProof } = body as { consistencyProof: string[] };
      const proof = consistencyProof.map((hash) => Buffer.from(hash, 'base64'));
      expect(verifyConsistency(from, to.size, await client.root(from), to.root, proof)).toBe(true);
    }
    const newest = await request(log).get('/consistency-proof?from=100').expect(200);
    expect(newest.body).toMatchObject({ from: 100, to: to.size });
    const nothing = await request(log).get('/consistency-proof?from=0').expect(200);
    expect(nothing.body).toMatchObject({ from: 0, consistencyProof: [] });
  });

  it('lets full tiles be kept for ever, and partial ones for seconds', async () => {
    const full = await request(log).get('/tile/0/000').expect(200).expect('content-type', 'application/octet-stream');
    expect(full.headers['cache-control']).toMatch(/public.*max-age=31536000.*immutable/);
    const partial = await request(log).get('/tile/0/000.p/8').expect(200);
    expect(partial.headers['cache-control']).toBe('public, max-age=10');
    expect((full.body as Buffer).subarray(0, 256)).toEqual(partial.body);
    const none = await request(log).get('/tile/9/000').expect(404);
    expect(none.headers['cache-control']).toBe('no-store');
  });

  it.each([
    'tile/0/x999/000',
    'tile/0/016.p/2',
    'tile/0/016',
    'tile/2/000.p/1',
    'tile/63/000.p/1',
    'tile/64/000',
    'tile/0/0',
    'tile/0/x000/000',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/08',
    'tile/0/-01',
    'tile/0/000/',
    'tile/0/%30%30%30%00',
    "tile/0/000';--",
    'tile/0/x999/x999/x999/x999/999',
    'tile/entries/000',
    'tile/',
    'tile',
  ])('has nothing at %s', async (path) => {
    await request(log)
      .get(`/${path}`)
      .expect(404)
      .expect('content-type', /problem\+json/);
  });

  it.each([
    '',
    '?to=5',
    '?from=1&to=0',
    '?from=-1',
    '?from=1.5',
    '?from=01',
    '?from=1&from=2',
    '?from=1&x=2',
    '?from=',
  ])('takes no %j for the sizes of a consistency proof', async (query) => {
    const { body } = await request(log).get(`/consistency-proof${query}`).expect(400);
    expect(body).toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it('proves nothing of sizes that were never signed for', async () => {
    const beyond = (await size()) + 1;
    await request(log).get(`/consistency-proof?from=1&to=${beyond}`).expect(404);
    await request(log).get(`/consistency-proof?from=${beyond}`).expect(404);
    await request(log).get('/consistency-proof?from=1&to=999999999999999').expect(404);
  });

  it('serves no tile of entries that no checkpoint covers, and none that has a hole', async () => {
    const newest = await size();
    const owner = new pg.Client({ connectionString: gateway.database.ownerUrl });
    await owner.connect();
    try {
      await owner.query(
        `INSERT INTO log_entries SELECT log_index + 1, kind, exchange_id, recorded_at, requester_agency, supplier_agency, leaf_hash
         FROM log_entries WHERE log_index = $1 - 1`,
        [newest],
      );
      const beyond = `/tile/0/${String(Math.floor(newest / 256)).padStart(3, '0')}.p/${(newest % 256) + 1}`;
      await request(log).get(beyond).expect(404);
      await owner.query('DELETE FROM log_entries WHERE log_index = $1', [newest]);
      await owner.query('DELETE FROM log_nodes WHERE level = 8 AND node_index = 3');
      await request(log).get('/tile/1/000.p/3').expect(200);
      await request(log).get('/tile/1/000.p/4').expect(503);
    } finally {
      await owner.end();
    }
  });
});
