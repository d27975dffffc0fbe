import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hashLeaf, openCosignature, signCheckpoint, textOfNote } from '../../../src/disclosure-log/index.js';
import { GrowingTree } from '../../../src/disclosure-log/tree/merkle-tree.js';
import { MemoryInDatabase } from '../../../src/witnesses/memory-in-database.js';
import { MemoryInFolder } from '../../../src/witnesses/memory-in-folder.js';
import { Witness, type WitnessMemory } from '../../../src/witnesses/witness.js';
import { createTestDatabase } from '../../support/database.js';
import { connectTo } from '../../support/definitions.js';
import { fixedClock, FIXED_NOW } from '../../support/log.js';

const ORIGIN = 'gateway.example/log';
const log = { name: ORIGIN, key: generateKeyPairSync('ed25519').privateKey };
const signer = { name: 'partner.example/witness', key: generateKeyPairSync('ed25519').privateKey };

/** Two replicas of a witness share what they remember. */
interface Shared {
  readonly one: WitnessMemory;
  readonly other: WitnessMemory;
  end(): Promise<void>;
}

async function inDatabase(): Promise<Shared> {
  const database = await createTestDatabase();
  const [one, other] = [await connectTo(database.applicationUrl), await connectTo(database.applicationUrl)];
  return {
    one: new MemoryInDatabase(one),
    other: new MemoryInDatabase(other),
    async end() {
      await Promise.all([one.destroy(), other.destroy()]);
      await database.drop();
    },
  };
}

/** In a folder there is one process, and so one memory; it is read from the disk each time. */
async function inFolder(): Promise<Shared> {
  const folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-witness-'));
  const one = new MemoryInFolder(folder);
  return { one, other: one, end: async () => rm(folder, { recursive: true, force: true }) };
}

/** The first checkpoint of a log of one leaf, which differs by fork. */
function firstNote(fork: string): string {
  const tree = new GrowingTree(0, []);
  tree.add(hashLeaf(Buffer.from(fork)));
  return signCheckpoint({ origin: ORIGIN, size: 1, root: tree.root() }, log);
}

describe.each([
  ['a database', inDatabase],
  ['a folder', inFolder],
])('what a witness remembers in %s', (_name, begin) => {
  let shared: Shared;
  beforeEach(async () => {
    shared = await begin();
  });
  afterEach(async () => shared.end());

  const tree = (size: number, fill = size) => ({ size, root: Buffer.alloc(32, fill) });
  const newly = (size: number, fill = size) => ({ ...tree(size, fill), note: 'a note\n', at: FIXED_NOW });

  it('is nothing at first, and of no other log', async () => {
    expect(await shared.one.latest(ORIGIN)).toBeUndefined();
    await shared.one.moveOn(ORIGIN, undefined, newly(3));
    expect(await shared.one.latest('other.example/log')).toBeUndefined();
  });

  it('is what it moved on to last, for whoever shares it', async () => {
    expect(await shared.one.moveOn(ORIGIN, undefined, newly(3))).toBe(true);
    expect(await shared.other.latest(ORIGIN)).toEqual(tree(3));
    expect(await shared.other.moveOn(ORIGIN, tree(3), newly(5))).toBe(true);
    expect(await shared.one.latest(ORIGIN)).toEqual(tree(5));
  });

  it('does not move on from what it is no longer, neither in size nor in root', async () => {
    await shared.one.moveOn(ORIGIN, undefined, newly(3));
    expect(await shared.other.moveOn(ORIGIN, undefined, newly(4))).toBe(false);
    expect(await shared.other.moveOn(ORIGIN, tree(2), newly(4))).toBe(false);
    expect(await shared.other.moveOn(ORIGIN, tree(3, 9), newly(4))).toBe(false);
    expect(await shared.one.latest(ORIGIN)).toEqual(tree(3));
  });

  it('moves on once, when many want to at the same time', async () => {
    for (const from of [undefined, tree(1)]) {
      const size = (from?.size ?? 0) + 1;
      const moved = await Promise.all(
        Array.from({ length: 12 }, (_, i) =>
          (i % 2 ? shared.one : shared.other).moveOn(ORIGIN, from, newly(size, from ? 50 + i : 1)),
        ),
      );
      expect(moved.filter(Boolean)).toHaveLength(1);
    }
  });

  it('lets one of two histories be cosigned, when both are sent at the same time', async () => {
    const witnesses = [shared.one, shared.other].map(
      (memory) => new Witness({ signer, logs: [log], memory, clock: fixedClock }),
    );
    const forks = Array.from({ length: 10 }, (_, i) => firstNote(`fork ${i % 5}`));
    const answers = await Promise.all(forks.map((note, i) => witnesses[i % 2]!.addCheckpoint(`old 0\n\n${note}`)));
    const signed = answers.flatMap(({ status, body }, i) => (status === 200 ? [{ body, note: forks[i]! }] : []));
    expect(signed).toHaveLength(1);
    const [{ body, note }] = signed as [{ body: string; note: string }];
    expect(openCosignature(textOfNote(note)!, body, signer)?.at).toEqual(FIXED_NOW);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(9);
    // The very same may be cosigned again, as often as it is asked for.
    expect((await witnesses[0]!.addCheckpoint(`old 1\n\n${note}`)).status).toBe(200);
  });
});

describe('a damaged memory in a folder', () => {
  it('lets nothing be cosigned', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-witness-'));
    try {
      const memory = new MemoryInFolder(folder);
      const witness = new Witness({ signer, logs: [log], memory, clock: fixedClock });
      expect((await witness.addCheckpoint(`old 0\n\n${firstNote('a')}`)).status).toBe(200);
      const [file] = (await readdir(folder)).map((name) => path.join(folder, name));
      const whole = await readFile(file!, 'utf8');
      for (const damaged of ['', whole.slice(0, 40), whole.replace('"size": 1', '"size": "1"')]) {
        await writeFile(file!, damaged);
        await expect(witness.addCheckpoint(`old 0\n\n${firstNote('b')}`)).rejects.toThrow();
      }
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
