import {
  openCheckpoint,
  openCosignature,
  readVerifierKey,
  textOfNote,
  type Checkpoint,
} from '../../../src/disclosure-log/index.js';
import { witnessStandings } from '../../../src/witnesses/index.js';
import { Witnesses } from '../../../src/witnesses/witnesses.module.js';
import { runAsOwner } from '../../support/database.js';
import { needsQuery, type TestGateway } from '../../support/gateway.js';
import { planGateway, type PlannedGateway } from '../../support/partners.js';
import { until } from '../../support/until.js';

const SYSTEM = 'northmoor-council-adult-care';

describe('two gateways that are witnesses of each other', () => {
  let council: PlannedGateway;
  let trust: PlannedGateway;
  let first: TestGateway;
  let second: TestGateway;
  beforeAll(async () => {
    [council, trust] = [await planGateway('council.test'), await planGateway('trust.test')];
    const partners = (other: PlannedGateway) => ({
      witnesses: `# the partner\n${other.witnessKey} ${other.url}/v1/witness/\n`,
      logs: `${other.logKey}\n`,
    });
    first = await council.start(partners(trust));
    second = await trust.start(partners(council));
  });
  afterAll(async () => {
    await first.stop();
    await second.stop();
    await Promise.all([council.remove(), trust.remove()]);
  });

  const noteOf = async (of: { url: string }): Promise<string> => (await fetch(`${of.url}/v1/log/checkpoint`)).text();
  /** The checkpoint that a gateway shows, where the other has cosigned it. */
  const cosigned = (note: string, log: PlannedGateway, witness: PlannedGateway): Checkpoint | undefined =>
    openCosignature(textOfNote(note) ?? '', note, readVerifierKey(witness.witnessKey, 'cosignature')) &&
    openCheckpoint(note, readVerifierKey(log.logKey));
  const numberOf = async ({ database }: TestGateway, sql: string): Promise<number> =>
    Number((await runAsOwner<{ number: string }>(database.ownerUrl, `SELECT (${sql}) AS number`))[0]?.number);
  const sizeOf = (gateway: TestGateway) => numberOf(gateway, 'SELECT max(tree_size) FROM log_checkpoints');
  const ask = async (gateway: TestGateway, replica?: string): Promise<number> =>
    (await (await gateway.as(SYSTEM, replica))('POST', '/v1/queries', needsQuery())).status;

  it('give the keys that partners configure', async () => {
    expect(await (await fetch(`${council.url}/v1/witness/key`)).text()).toBe(`${council.witnessKey}\n`);
    expect(await (await fetch(`${council.url}/v1/log/keys`)).json()).toMatchObject({ checkpoint: council.logKey });
  });

  it('show checkpoints that the other cosigned, and go on doing so as they grow', async () => {
    for (let round = 0; round < 3; round += 1) {
      expect(await ask(first)).toBe(403);
      const size = await sizeOf(first);
      await until(async () => (cosigned(await noteOf(council), council, trust)?.size ?? 0) >= size);
    }
    await until(async () => cosigned(await noteOf(trust), trust, council) !== undefined);
    expect(await numberOf(first, 'SELECT count(*) FROM log_cosignatures')).toBeGreaterThanOrEqual(3);
    expect(await first.sandbox.gateway.app.get(Witnesses, { strict: false }).missingWitnesses()).toEqual([]);
    const metrics = await (await fetch(`${council.url}/metrics`)).text();
    expect(metrics).toMatch(/evidence_missing\{by="witness",name="trust.test\/witness\+\w{8}"\} 0/);
  });

  it('answer the other as the protocol says, whatever the type of the body', async () => {
    const send = async (body: string, type?: string): Promise<number> => {
      const response = await fetch(`${trust.url}/v1/witness/add-checkpoint`, {
        method: 'POST',
        body: type === undefined ? Buffer.from(body) : body,
        ...(type !== undefined && { headers: { 'content-type': type } }),
      });
      return response.status;
    };
    const note = await noteOf(council);
    expect(await send(`old 0\n\n${await noteOf(trust)}`)).toBe(404);
    expect(await send(`old 0\n\n${note.split('\n\n')[0]}\n\n`)).toBe(403);
    expect(await send('old\n\n')).toBe(400);
    expect(await send('old\n\n', 'application/octet-stream')).toBe(400);
    expect(await send(`old 0\n\n${note}`, 'text/plain')).toBe(409);
    expect(await send('x'.repeat(20_000), 'application/json')).toBe(413);
  });

  it('still refuse a body of another type everywhere else, and know nothing where nothing is', async () => {
    const post = async (path: string): Promise<number> =>
      (await fetch(`${council.url}${path}`, { method: 'POST', body: 'a', headers: { 'content-type': 'text/plain' } }))
        .status;
    expect(await post('/v1/log/checkpoint')).toBe(405);
    expect(await post('/v1/queries')).toBe(415);
    expect(await post('/v1/nothing')).toBe(404);
  });

  it('refuse a log that was rewound and went on differently, which keeps answering, and shows it', async () => {
    await until(async () => (cosigned(await noteOf(council), council, trust)?.size ?? 0) === (await sizeOf(first)));
    const before = cosigned(await noteOf(council), council, trust)!;
    // Behind the gateway's back: the newest two checkpoints never were. Its owner starts it anew.
    const [, , earlier] = await runAsOwner<{ tree_size: string }>(
      first.database.ownerUrl,
      'SELECT tree_size FROM log_checkpoints ORDER BY tree_size DESC LIMIT 3',
    );
    const kept = Number(earlier!.tree_size);
    await runAsOwner(
      first.database.ownerUrl,
      `DELETE FROM log_bodies WHERE log_index >= ${kept}; DELETE FROM log_entries WHERE log_index >= ${kept};
       DELETE FROM log_checkpoints WHERE tree_size > ${kept};
       DELETE FROM log_nodes WHERE (node_index + 1) << level > ${kept}`,
    );
    await first.sandbox.gateway.close();
    const rewound = await first.addReplica();
    const results = async (): Promise<string> => (await fetch(`${rewound.url}/metrics`)).text();
    expect(await ask(first, rewound.url)).toBe(403);
    await until(async () => /result="(ahead|conflict|refused)"\} [1-9]/.test(await results()));
    // Also once it is larger than what was cosigned: it cannot prove that it begins with that.
    while ((await sizeOf(first)) <= before.size) expect(await ask(first, rewound.url)).toBe(403);
    await until(async () => /result="refused"\} [1-9]/.test(await results()));
    const [remembered] = await runAsOwner<{ tree_size: string; root_hash: Buffer }>(
      second.database.ownerUrl,
      `SELECT tree_size, root_hash FROM witnessed_logs WHERE origin = 'council.test/log'`,
    );
    expect([Number(remembered?.tree_size), remembered?.root_hash]).toEqual([before.size, before.root]);
    // No cosignature stands beside anything of the new history.
    expect(cosigned(await noteOf(rewound), council, trust)?.size ?? 0).toBeLessThanOrEqual(kept);
    const [standing] = await witnessStandings(
      (sql, values) => runAsOwner(first.database.ownerUrl, sql, values),
      rewound.app.get(Witnesses, { strict: false }).configured,
      new Date(Date.now() + 61_000),
    );
    expect(standing).toMatchObject({ missing: true, url: `${trust.url}/v1/witness/add-checkpoint` });
  });
});
