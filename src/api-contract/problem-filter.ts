import { Catch, Inject, NotFoundException, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Log, Metrics, requestContext } from '../observability/index.js';
import { refineNotFound, sendProblem } from './http-adapter.js';
import { toProblem } from './problem-answer.js';
import { Problem } from './problem.js';

/**
 * Answers whatever a route threw as a problem of the catalogue (RFC 9457).
 *
 * INVARIANT: 1. The answer is built from the catalogue and the problem's declared details; what was thrown is reduced to
 * its class and code for the log, and its message goes nowhere.
 */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    @Inject(HttpAdapterHost) private readonly host: HttpAdapterHost,
    @Inject(Log) private readonly log: Log,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = this.#problemOf(thrown, request, reply);
    this.metrics.problem(problem.code);
    this.#report(problem, request);
    // Too late to answer: end what was begun, rather than let a half look whole.
    if (reply.sent || reply.raw.headersSent) reply.raw.destroy();
    else sendProblem(reply, problem);
  }

  #problemOf(thrown: unknown, request: FastifyRequest, reply: FastifyReply): Problem {
    const noRoute = thrown instanceof NotFoundException && request.is404;
    return noRoute ? refineNotFound(this.host.httpAdapter, request, reply) : toProblem(thrown);
  }

  /** Only what an operator should look at; every refusal is in the access log with its code. */
  #report(problem: Problem, request: FastifyRequest): void {
    if (problem.status < 500 || problem.cause === undefined) return;
    const { requestId, exchangeId } = requestContext(request.raw);
    const fields = { requestId, exchangeId, code: problem.code, err: problem.cause };
    if (problem.code === 'INTERNAL') this.log.error('request-failed', fields);
    else this.log.warn('request-not-served', fields);
  }
}
