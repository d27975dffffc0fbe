export * from './agency.js';
export * from './public-key.js';
