import httpProxy from '@fastify/http-proxy';
import Fastify from 'fastify';
import { answerParent } from '../in-child.js';

const app = Fastify({ logger: false, keepAliveTimeout: 60_000, forceCloseConnections: true });

/** Passes everything on and checks nothing: what the least that could stand there costs. */
answerParent({
  start: async ({ supplierUrl }: { supplierUrl: string }) => {
    await app.register(httpProxy, { upstream: supplierUrl });
    return await app.listen({ port: 0, host: '127.0.0.1' });
  },
  stop: async () => app.close(),
});
