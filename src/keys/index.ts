export * from './gateway-keys.js';
export { signJws } from './sign-jws.js';
