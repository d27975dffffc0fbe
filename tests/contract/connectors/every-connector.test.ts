import net from 'node:net';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { SupplierFault } from '../../../src/connectors/index.js';
import { json, startSupplier, status, type Answer } from '../../support/supplier-stub.js';
import { IMPLEMENTATIONS, NHS_NUMBER, request, type Held, type Rig, type Tuning } from './implementations.js';

const HELD: Held = { family: 'Fiction', born: '1980-02-29', needs: ['bathing', 'meals'] };
const DATA = { family: 'Fiction', born: '1980-02-29', needs: ['bathing', 'meals'] };
const NOTHING = { family: null, born: null, needs: null };

describe.each(IMPLEMENTATIONS)('$title', (implementation) => {
  const { items, document, unknown, safe, type } = implementation;
  let rig: Rig;

  beforeAll(async () => {
    rig = await implementation.start();
  });
  beforeEach(() => {
    rig.supplier.seen.length = 0;
  });
  afterAll(async () => {
    await rig.close();
  });

  const answers = (held: Held): Answer => json(document(held), 200, type);
  const fetchWith = (answer: Answer, tuning?: Tuning, given: Parameters<typeof request>[1] = {}) => {
    rig.supplier.answer = answer;
    return rig.shared(tuning).fetchItems(request(items, given));
  };
  /** Connects, so that a short deadline is spent on what the test is about. */
  const warmUp = async (tuning: Tuning) => {
    await fetchWith(answers(HELD), tuning).catch(() => undefined);
    rig.supplier.seen.length = 0;
  };
  const faultWith = async (answer: Answer, tuning?: Tuning, given: Parameters<typeof request>[1] = {}) =>
    faultOf(fetchWith(answer, tuning, given));

  describe('the answer', () => {
    it('holds the value of each permitted item', async () => {
      await expect(fetchWith(answers(HELD))).resolves.toMatchObject({ matched: true, data: DATA });
    });

    it('holds permitted items only, whatever else was sent', async () => {
      const { data } = await fetchWith(
        answers({ ...HELD, beyond: { secret: 'CANARY' } }),
        {},
        { items: items.slice(0, 1) },
      );
      expect(data).toEqual({ family: 'Fiction' });
    });

    it('counts the values sent beyond the permitted items', async () => {
      const bare = await fetchWith(answers(HELD));
      const more = await fetchWith(answers({ ...HELD, beyond: { extra: { a: 1, b: [true, 'x'], c: null, d: {} } } }));
      const fewerItems = await fetchWith(answers(HELD), {}, { items: items.slice(0, 1) });
      expect(more.surplus - bare.surplus).toBe(3);
      expect(fewerItems.surplus - bare.surplus).toBe(3);
    });

    it('has the same shape for an unknown person as for a known one of whom nothing is held', async () => {
      const stranger = await fetchWith(unknown);
      const known = await fetchWith(answers({ needs: [] }));
      expect(stranger).toEqual({ matched: false, data: NOTHING, suppressed: [], surplus: 0 });
      expect(known).toMatchObject({ matched: true, data: NOTHING });
      expect(JSON.stringify(stranger.data)).toBe(JSON.stringify(known.data));
    });

    it('is a fault when a value is of the wrong type, and names the item, not the value', async () => {
      const fault = await faultWith(answers({ ...HELD, born: 'CANARY' }));
      expect(fault).toMatchObject({ code: 'wrong-type', detail: 'item born' });
    });

    it('is not given sooner than configured, whether the person is known or not', async () => {
      for (const answer of [answers(HELD), unknown]) {
        const start = performance.now();
        await fetchWith(answer, { answerNoSoonerThanMs: 50 });
        expect(performance.now() - start).toBeGreaterThanOrEqual(50);
      }
    });
  });

  describe('the request', () => {
    it('names the subject, the gateway and the trace', async () => {
      const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
      await fetchWith(answers(HELD), {}, { traceparent });
      const [seen] = rig.supplier.seen;
      expect(`${seen?.url}${seen?.body}`).toContain(NHS_NUMBER);
      expect(seen?.headers).toMatchObject({ 'user-agent': 'gatehouse', traceparent });
    });

    it('carries no trace context that is not one', async () => {
      await fetchWith(answers(HELD), {}, { traceparent: '00-CANARY' });
      expect(rig.supplier.seen[0]?.headers).not.toHaveProperty('traceparent');
    });

    it('is not sent when the subject lacks an identifier that a template names', async () => {
      const fault = await faultWith(answers(HELD), {}, { identifiers: { nino: 'CANARY' } });
      expect(fault).toMatchObject({ code: 'not-askable', detail: 'identifier nhs-number is needed and missing' });
      expect(rig.supplier.seen).toHaveLength(0);
    });

    it('is not sent when no item is permitted', async () => {
      expect(await faultWith(answers(HELD), {}, { items: [] })).toMatchObject({ code: 'not-askable' });
      expect(rig.supplier.seen).toHaveLength(0);
    });

    it('uses a connection again', async () => {
      const before = rig.supplier.connections;
      rig.supplier.answer = answers(HELD);
      const connector = rig.connector();
      for (let count = 0; count < 5; count++) await connector.fetchItems(request(items));
      // The pool opens a second one when the first has not quite done with an answer.
      expect(rig.supplier.connections - before).toBeLessThanOrEqual(2);
    });
  });

  describe('a supplier that refuses or fails', () => {
    it.each([
      [400, 'refused'],
      [401, 'refused'],
      [403, 'refused'],
      [422, 'refused'],
      [429, 'refused'],
      [500, 'unavailable'],
      [503, 'unavailable'],
      [202, 'not-understood'],
      [206, 'not-understood'],
    ])('with status %i is %s', async (code, fault) => {
      expect(await faultWith(status(code))).toMatchObject({ code: fault, detail: `status ${code}` });
    });

    it('by a redirect is not followed, and the other host sees no request', async () => {
      const other = await startSupplier(answers(HELD));
      const fault = await faultWith(status(302, { location: `${other.origin}/base/elsewhere` }));
      expect(fault).toMatchObject({ code: 'not-understood' });
      expect(other.seen).toHaveLength(0);
      await other.close();
    });

    it('by invalid JSON is not understood', async () => {
      const fault = await faultWith((_seen, response) => {
        response.writeHead(200, { 'content-type': type }).end('{"CANARY":');
      });
      expect(fault).toMatchObject({ code: 'not-understood', detail: 'invalid JSON' });
    });

    it('by text that is not UTF-8 is not understood', async () => {
      const fault = await faultWith((_seen, response) => {
        response.writeHead(200, { 'content-type': type }).end(Buffer.from([0x22, 0xe9, 0x22]));
      });
      expect(fault).toMatchObject({ code: 'not-understood', detail: 'not UTF-8' });
    });

    it('by JSON nested without end is not understood', async () => {
      const fault = await faultWith((_seen, response) => {
        const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
        response
          .writeHead(200, { 'content-type': type })
          .end(JSON.stringify(document(HELD)).replace('"Fiction"', deep));
      });
      expect(fault).toMatchObject({ code: 'not-understood', detail: 'nested too deeply' });
    });

    it.each(['text/html', 'application/json-seq', 'application/json; charset=iso-8859-1'])(
      'by the content type %s is not understood',
      async (contentType) => {
        expect(await faultWith(json(document(HELD), 200, contentType))).toMatchObject({ code: 'not-understood' });
      },
    );

    it('by a longer Content-Length than is read is too large, without reading it', async () => {
      const fault = await faultWith(
        (_seen, response) => {
          response.writeHead(200, { 'content-type': type, 'content-length': '1000000' }).flushHeaders();
        },
        { maxBytes: 1_000 },
      );
      expect(fault).toMatchObject({ code: 'too-large' });
    });

    it('by more bytes than are read, without saying how many, is too large', async () => {
      const fault = await faultWith(
        (_seen, response) => {
          response.writeHead(200, { 'content-type': type });
          for (let count = 0; count < 20; count++) response.write('x'.repeat(100));
        },
        { maxBytes: 1_000 },
      );
      expect(fault).toMatchObject({ code: 'too-large' });
    });

    it('by closing the connection within the answer is unavailable, and is not asked again', async () => {
      const fault = await faultWith((_seen, response) => {
        response.writeHead(200, { 'content-type': type });
        response.write('{"person":', () => response.destroy());
      });
      expect(fault).toMatchObject({ code: 'unavailable' });
      expect(rig.supplier.seen).toHaveLength(1);
    });

    it('by not listening is unavailable', async () => {
      const gone = await startSupplier(status(200));
      await gone.close();
      const connector = rig.connector({}, atPort(rig.supplier.origin, Number(new URL(gone.origin).port)));
      expect(await faultOf(connector.fetchItems(request(items)))).toMatchObject({
        code: 'unavailable',
        detail: 'connection ECONNREFUSED',
      });
    });
  });

  describe('a supplier that is slow', () => {
    const timedOut = { code: 'timed-out', detail: 'after 250 ms' };

    it('to answer at all is timed out', async () => {
      expect(await faultWith(() => undefined, { deadlineMs: 250 })).toMatchObject(timedOut);
    });

    it('within its headers is timed out', async () => {
      const fault = await faultWith(
        (_seen, response) => {
          response.socket?.write('HTTP/1.1 200 OK\r\nContent-Type: appli');
        },
        { deadlineMs: 250 },
      );
      expect(fault).toMatchObject(timedOut);
    });

    it('by sending a byte at a time is timed out', async () => {
      let drip: NodeJS.Timeout | undefined;
      const fault = await faultWith(
        (_seen, response) => {
          response.writeHead(200, { 'content-type': type });
          drip = setInterval(() => response.write(' '), 20);
        },
        { deadlineMs: 250 },
      );
      clearInterval(drip);
      expect(fault).toMatchObject(timedOut);
    });

    it('within an answer that nobody wants is timed out, and its connection is dropped', async () => {
      const dropped = Promise.withResolvers<void>();
      await warmUp({ deadlineMs: 300 });
      const fault = await faultWith(
        (_seen, response) => {
          response.on('close', () => dropped.resolve());
          response.writeHead(500).write('x');
        },
        { deadlineMs: 300 },
      );
      expect(fault).toMatchObject({ code: 'timed-out' });
      await dropped.promise;
    });

    it('to accept a connection is timed out', async () => {
      // A TLS handshake that nobody answers, or for http a server that accepts and says nothing.
      const mute = net.createServer();
      await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve));
      const { port } = mute.address() as AddressInfo;
      const sockets: net.Socket[] = [];
      mute.on('connection', (socket) => sockets.push(socket.on('error', () => undefined)));
      const connector = rig.connector({ deadlineMs: 80 }, atPort(rig.supplier.origin, port));
      expect(await faultOf(connector.fetchItems(request(items)))).toMatchObject({ code: 'timed-out' });
      sockets.forEach((socket) => socket.destroy());
      await new Promise((resolve) => mute.close(resolve));
    });
  });

  describe('retries', () => {
    const times = safe ? 2 : 1;

    it.each([502, 503, 504])(
      `sends a request ${times === 2 ? 'once more' : 'no second time'} after status %i`,
      async (code) => {
        await faultWith(status(code));
        expect(rig.supplier.seen).toHaveLength(times);
      },
    );

    it.each([400, 401, 403, 422, 429, 500, 501])('sends no second request after status %i', async (code) => {
      await faultWith(status(code));
      const renewal = code === 401 && implementation.title.endsWith('client-credentials') ? 1 : 0;
      expect(rig.supplier.seen).toHaveLength(1 + renewal);
    });

    it(`sends a request ${times === 2 ? 'once more' : 'no second time'} after a connection that broke before the answer`, async () => {
      const result = fetchWith((seen, response, index) => {
        if (index === 0) response.socket?.destroy();
        else answers(HELD)(seen, response, index);
      });
      if (safe) await expect(result).resolves.toMatchObject({ data: DATA });
      else expect(await faultOf(result)).toMatchObject({ code: 'unavailable' });
      expect(rig.supplier.seen).toHaveLength(times);
    });

    it('does not ask again a supplier that says when to come back', async () => {
      await faultWith(status(503, { 'retry-after': '1' }));
      expect(rig.supplier.seen).toHaveLength(1);
    });

    it('does not ask again when most of the deadline is gone', async () => {
      await warmUp({ deadlineMs: 400 });
      await faultWith(
        (_seen, response) => {
          setTimeout(() => response.writeHead(503).end(), 220);
        },
        { deadlineMs: 400 },
      );
      expect(rig.supplier.seen).toHaveLength(1);
    });
  });

  describe('many requests at once', () => {
    it('turns away what is beyond the number that may be under way, and takes more when they are done', async () => {
      const waiting: (() => void)[] = [];
      rig.supplier.answer = (seen, response, index) => waiting.push(() => answers(HELD)(seen, response, index));
      const connector = rig.connector({ maxConcurrent: 2 });
      const first = [connector.fetchItems(request(items)), connector.fetchItems(request(items))];
      expect(await faultOf(connector.fetchItems(request(items)))).toMatchObject({ code: 'busy' });
      while (waiting.length < 2) await pause(5);
      waiting.forEach((answer) => answer());
      await Promise.all(first);
      rig.supplier.answer = answers(HELD);
      await expect(connector.fetchItems(request(items))).resolves.toMatchObject({ data: DATA });
      expect(rig.supplier.seen).toHaveLength(3);
    });
  });

  describe('a caller that gives up', () => {
    it('has sent nothing if it gave up before', async () => {
      const fault = await faultWith(answers(HELD), {}, { signal: AbortSignal.abort() });
      expect(fault).toMatchObject({ code: 'abandoned' });
      expect(rig.supplier.seen).toHaveLength(0);
    });

    it('drops the connection at once', async () => {
      const stop = new AbortController();
      const dropped = Promise.withResolvers<void>();
      const result = faultWith(
        (_seen, response) => {
          response.on('close', () => dropped.resolve());
          stop.abort();
        },
        {},
        { signal: stop.signal },
      );
      expect(await result).toMatchObject({ code: 'abandoned' });
      await dropped.promise;
    });

    it('is let go while its answer is held back', async () => {
      const stop = new AbortController();
      const result = faultOf(fetchWith(answers(HELD), { answerNoSoonerThanMs: 20_000 }, { signal: stop.signal }));
      while (rig.supplier.seen.length === 0) await pause(5);
      await pause(50);
      stop.abort();
      expect(await result).toMatchObject({ code: 'abandoned' });
    });
  });

  describe('closing', () => {
    it('lets what is under way finish and takes nothing new', async () => {
      const asked = Promise.withResolvers<() => void>();
      rig.supplier.answer = (seen, response, index) => asked.resolve(() => answers(HELD)(seen, response, index));
      const connector = rig.connector();
      const underWay = connector.fetchItems(request(items));
      const answer = await asked.promise;
      const closed = connector.close();
      expect(await faultOf(connector.fetchItems(request(items)))).toMatchObject({ code: 'unavailable' });
      answer();
      await expect(underWay).resolves.toMatchObject({ data: DATA });
      await closed;
    });
  });

  it('names nothing of the person or of the request in any fault', async () => {
    const secret = { identifiers: { 'nhs-number': 'CANARY-1' } };
    const beyond = { extra: 'CANARY' };
    const faults = [
      await faultWith(json({ CANARY: 'CANARY' }, 400, type), {}, secret),
      await faultWith(json('CANARY', 200, 'text/CANARY'), {}, secret),
      await faultWith(answers({ ...HELD, born: 'CANARY', beyond }), {}, secret),
      await faultWith((_seen, response) => response.writeHead(200, { 'content-type': type }).end('CANARY'), {}, secret),
      await faultWith((_seen, response) => response.socket?.end('CANARY\r\n\r\n'), {}, secret),
      await faultWith(status(302, { location: 'https://CANARY.example/' }), {}, secret),
      await faultWith(answers(HELD), {}, { identifiers: { 'nhs-number': 'CANARY\ud800' } }),
    ];
    for (const fault of faults) {
      expect(fault.name).toBe('SupplierFault');
      const text = `${fault.message} ${fault.stack} ${JSON.stringify(fault)} ${String(fault.cause)}`;
      expect(text).not.toMatch(/CANARY|127\.0\.0\.1|Fiction/);
    }
  });
});

function atPort(origin: string, port: number): string {
  const url = new URL(origin);
  url.port = String(port);
  return url.origin;
}

async function faultOf(promise: Promise<unknown>): Promise<SupplierFault> {
  try {
    await promise;
  } catch (error) {
    return error as SupplierFault;
  }
  throw new Error('there was no fault');
}
