export { Asking, type Party } from './asking.js';
