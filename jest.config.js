/** Every test runs against a real PostgreSQL, started once for the whole run by `globalSetup`. */
export default {
  testEnvironment: 'node',
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  globalSetup: '<rootDir>/tests/support/start-postgres.mjs',
  globalTeardown: '<rootDir>/tests/support/stop-postgres.mjs',
  testTimeout: 30_000,
  maxWorkers: 2,
};
