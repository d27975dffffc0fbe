export { runDemo } from './run-demo.js';
export { Stage, type StageOptions } from './stage.js';
