/**
 * The tests run as they are built, in Node itself: a worker loads each library once, and not once for every file.
 * Every test runs against a real PostgreSQL, started once for the whole run by `globalSetup`.
 */
export default {
  runner: 'jest-light-runner',
  testMatch: ['<rootDir>/dist/tests/**/*.test.js'],
  transform: {},
  globalSetup: '<rootDir>/tests/support/start-run.mjs',
  globalTeardown: '<rootDir>/tests/support/end-run.mjs',
  maxWorkers: 4,
};
