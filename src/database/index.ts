export * from './embedded-postgres.js';
export * from './pool-of.js';
export * from './prepare-database.js';
export * from './privileges.js';
export * from './sole-replica.js';
