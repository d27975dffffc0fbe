import { agreementState } from '../../../src/agreements/index.js';

describe('the state of an agreement', () => {
  const agreement = { startsOn: '2026-01-01', endsOn: '2026-12-31' };
  it.each([
    ['2025-12-31', 'not-yet', 'the day before its first'],
    ['2026-01-01', 'in-force', 'its first day'],
    ['2026-12-31', 'in-force', 'its last day'],
    ['2027-01-01', 'ended', 'the day after its last'],
  ])('on %s is %s: %s', (on, state) => {
    expect(agreementState(agreement, on)).toBe(state);
  });
});
