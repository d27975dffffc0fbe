export * from './gateway-keys.js';
