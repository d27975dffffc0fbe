export * from './gateway-keys.js';
export * from './agency-keys.js';
export { signJws } from './sign-jws.js';
