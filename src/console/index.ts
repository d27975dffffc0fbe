export { opens, type ConsolePage, type PageRoles, type PageRoute } from './page.js';
