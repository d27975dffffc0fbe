import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import Strategy from 'passport-custom';
import { requestContext } from '../observability/index.js';
import type { CallerAuthenticator } from './authenticate-caller.js';
import type { Caller, CallingOfficer } from './caller.js';

/** What {@link DpopStrategy} is called with. */
export interface DpopOptions {
  readonly callers: CallerAuthenticator;
}

/**
 * The passport strategy `dpop`. passport keeps strategies for the whole process, so this one holds nothing of its own: the
 * guard of each application hands over its authenticator with every call.
 */
@Injectable()
export class DpopStrategy extends PassportStrategy(Strategy, 'dpop') {
  constructor() {
    super({ passOptionsToCallback: true });
  }

  async validate(request: FastifyRequest, { callers }: DpopOptions): Promise<Caller | CallingOfficer> {
    const caller = await callers.authenticateCaller({
      method: request.method,
      target: request.originalUrl,
      rawHeaders: request.raw.rawHeaders,
      remoteAddress: request.ip,
    });
    const context = requestContext(request.raw);
    if ('officer' in caller) context.officer = caller.officer;
    else context.system = caller.system;
    return caller;
  }
}
