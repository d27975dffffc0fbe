import { readOptions } from '../../../bench/options.js';

describe('the options of the benchmark', () => {
  it('measures three rounds unless told otherwise', () => {
    expect(readOptions([])).toEqual({
      seconds: 8,
      connections: 64,
      rounds: 3,
      exchanges: 20_000,
      large: 0,
      json: false,
      profile: undefined,
    });
  });

  it('has a long soak of 200,000 exchanges', () => {
    expect(readOptions(['--soak'])).toMatchObject({ exchanges: 200_000 });
    expect(readOptions(['--soak', '--exchanges', '10'])).toMatchObject({ exchanges: 10 });
  });

  it('measures a large log of 5,000,000 entries, or of as many as it is told', () => {
    expect(readOptions(['--large'])).toMatchObject({ large: 5_000_000 });
    expect(readOptions(['--large', '--entries', '20000'])).toMatchObject({ large: 20_000 });
  });

  it.each([
    ['a log of next to nothing', ['--large', '--entries', '10']],
    ['a measurement that outlasts its proofs', ['--seconds', '16']],
    ['more connections than one system may use', ['--connections', '65']],
    ['no round', ['--rounds', '0']],
    ['half a second', ['--seconds', '0.5']],
    ['what is no number', ['--rounds', '3x']],
    ['an option that it does not have', ['--fast']],
    ['what is no option', ['fast']],
  ])('refuses %s', (_, args) => {
    expect(() => readOptions(args)).toThrow(/^(--|Unknown option|Unexpected argument)/);
  });
});
