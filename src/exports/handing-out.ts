import type { FastifyReply } from 'fastify';
import { Problem } from '../api-contract/index.js';

/** Content-Security-Policy of a page that brings its own style and nothing else. */
export const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";

/** Says that an answer is a file to be kept. @param fileName made by `fileName`, so that it needs no escaping */
export function asFile(reply: FastifyReply, mediaType: string, fileName: string): void {
  reply.header('content-type', mediaType);
  reply.header('content-disposition', `attachment; filename="${fileName}"`);
}

/** Reads a query of one optional member out of a closed list; the first is the default. @throws Problem `REQUEST_INVALID` */
export function readChoice<Choice extends string>(
  query: Readonly<Record<string, unknown>>,
  name: string,
  choices: readonly [Choice, ...Choice[]],
): Choice {
  const others = Object.keys(query).filter((member) => member !== name);
  const { [name]: value = choices[0] } = query;
  const chosen = choices.find((choice) => choice === value);
  if (chosen !== undefined && others.length === 0) return chosen;
  throw new Problem('REQUEST_INVALID', {
    pointers: [...(others.length > 0 ? [''] : []), ...(chosen === undefined ? [`/${name}`] : [])],
    detail: `${name} is ${choices.join(' or ')}, given once; nothing else is taken here.`,
  });
}
