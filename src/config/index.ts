export * from './clock.js';
export * from './project-folder.js';
export * from './settings.js';
export * from './start-up-error.js';
