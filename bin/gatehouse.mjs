#!/usr/bin/env node
import { existsSync } from 'node:fs';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 16)) {
  console.error(
    `Gatehouse needs Node 24.16 or later, and this is ${process.versions.node}: run it through npm or npx, which use the Node 24 that "npm ci" brought.`,
  );
  process.exit(1);
}
const program = new URL('../dist/src/cli/gatehouse.js', import.meta.url);
if (!existsSync(program)) {
  console.error('Gatehouse is not built yet: run "npm run build" first.');
  process.exit(1);
}
await import(program.href);
