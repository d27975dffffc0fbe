export * from './gateway-keys.js';
export * from './agency-keys.js';
