import { dueAt, isDue, isOverdue, nextAt } from '../../../src/log-integrity/verification-times.js';

const at = (text: string): Date => new Date(`2026-11-${text}Z`);
const HOUR = 2;

describe('a full verification of the log', () => {
  it.each([
    ['22T01:59:59.999', '21T02:00:00.000', '22T02:00:00.000'],
    ['22T02:00:00.000', '22T02:00:00.000', '23T02:00:00.000'],
    ['22T23:59:59.999', '22T02:00:00.000', '23T02:00:00.000'],
  ])('at %s should have begun on %s, and begins again on %s', (now, due, next) => {
    expect([dueAt(at(now), HOUR), nextAt(at(now), HOUR)]).toEqual([at(due), at(next)]);
  });

  it.each([
    ['the log is empty', undefined, false, false],
    ['the log began since', at('22T02:00:00'), false, false],
    ['the last one began the day before', at('22T01:59:59.999'), true, false],
    ['the last one began when it should have, a day before', at('21T02:00:00'), true, false],
    ['the last one began longer ago', at('21T01:59:59.999'), true, true],
  ])('where %s', (_, since, due, overdue) => {
    const now = at('22T12:00:00');
    expect([isDue(since, now, HOUR), isOverdue(since, now, HOUR)]).toEqual([due, overdue]);
  });
});
