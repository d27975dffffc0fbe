export * from './gateway-keys.js';
export * from './agency-keys.js';
export { signDetached, signJws } from './sign-jws.js';
