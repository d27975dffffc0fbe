import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, readFile, realpath, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { StartUpError, type Clock } from '../config/index.js';
import { verifierKey, type NoteKey } from '../disclosure-log/index.js';
import type { Log } from '../observability/index.js';
import { MemoryInFolder, syncFolder, writeDurably } from './memory-in-folder.js';
import { MAX_CHECKPOINT_BYTES, Witness, type WitnessAnswer } from './witness.js';

/** Longest time a request may take to arrive in full, milliseconds. */
const REQUEST_TIMEOUT_MS = 10_000;

/** A witness that runs alone. */
export interface ServedWitness {
  readonly url: string;
  /** C2SP verifier key of its cosignatures. */
  readonly verifierKey: string;
  close(): Promise<void>;
}

export interface WitnessOptions {
  readonly name: string;
  readonly logs: readonly NoteKey[];
  /** Holds its key, made at the first start, and what it remembers. It MUST NOT be lost or put back to an earlier state. */
  readonly folder: string;
  readonly host: string;
  readonly port: number;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Serves a witness: `POST /add-checkpoint` (C2SP `tlog-witness`) and nothing else. It needs no database; TLS is for a proxy in
 * front.
 * @throws StartUpError in one sentence, e.g. when another process serves from the same folder
 */
export async function serveWitness(options: WitnessOptions): Promise<ServedWitness> {
  const { name, logs, clock, log, host, port } = options;
  await mkdir(options.folder, { recursive: true, mode: 0o700 });
  const folder = await realpath(options.folder);
  const release = await takeFolder(folder);
  try {
    const key = await readOrMakeKey(folder);
    const witness = new Witness({ signer: { name, key }, logs, memory: new MemoryInFolder(folder), clock });
    const server = createServer({ requestTimeout: REQUEST_TIMEOUT_MS }, (request, response) => {
      answer(request, response, witness).catch((error: unknown) => {
        log.error('witness-failed', { err: error });
        if (!response.headersSent) response.writeHead(503);
        response.end();
      });
    });
    server.listen(port, host);
    await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
      throw new StartUpError(`The witness cannot listen on ${host}, port ${port} (${error.code}): set HOST and PORT.`);
    });
    return {
      url: `http://${host}:${(server.address() as AddressInfo).port}`,
      verifierKey: verifierKey({ name, key }, 'cosignature'),
      async close() {
        server.close();
        server.closeIdleConnections();
        await once(server, 'close');
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

async function answer(request: IncomingMessage, response: ServerResponse, witness: Witness): Promise<void> {
  if (request.method !== 'POST' || request.url !== '/add-checkpoint') {
    response.writeHead(404, { connection: 'close' }).end();
    return;
  }
  const body = await readAtMost(request, MAX_CHECKPOINT_BYTES);
  if (body === undefined) {
    response.writeHead(413, { connection: 'close' }).end();
    return;
  }
  const { status, contentType, body: text }: WitnessAnswer = await witness.addCheckpoint(body);
  response.writeHead(status, { 'content-type': contentType }).end(text);
}

/** `undefined` when it is longer. */
async function readAtMost(request: IncomingMessage, limit: number): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** One process at a time: two with a memory each could cosign two histories. */
async function takeFolder(folder: string): Promise<() => Promise<void>> {
  const file = path.join(folder, 'process');
  const holder = Number(await readFile(file, 'utf8').catch(() => ''));
  if (holder > 0 && holder !== process.pid && isRunning(holder)) {
    throw new StartUpError(`Process ${holder} serves a witness from ${folder}: stop it first, or remove ${file}.`);
  }
  await rm(file, { force: true });
  await writeDurably(file, `${process.pid}\n`, 'wx').catch((error: unknown) => {
    throw new StartUpError(`Another process is starting a witness from ${folder}.`, { cause: error });
  });
  return async () => rm(file, { force: true });
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** The witness's key; made, and on disk, before anything is signed with it. */
async function readOrMakeKey(folder: string): Promise<KeyObject> {
  const file = path.join(folder, 'witness.pem');
  const pem = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (pem !== undefined) {
    try {
      const key = createPrivateKey(pem);
      if (key.asymmetricKeyType !== 'ed25519') throw new Error('wrong type');
      return key;
    } catch (error) {
      throw new StartUpError(`The key file ${file} does not hold a key of type ed25519.`, { cause: error });
    }
  }
  const { privateKey } = generateKeyPairSync('ed25519');
  await writeDurably(file, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 'wx');
  await syncFolder(folder);
  return privateKey;
}
