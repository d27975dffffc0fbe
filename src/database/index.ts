export * from './embedded-postgres.js';
export * from './prepare-database.js';
export * from './privileges.js';
export * from './database.module.js';
export * from './sole-replica.js';
