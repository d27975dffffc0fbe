import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readSettings, systemClock } from '../../src/config/index.js';
import { Log } from '../../src/observability/index.js';
import { startSandbox } from '../start-sandbox.js';
import { playDemo } from './play-demo.js';
import type { Stage } from './stage.js';

/**
 * Starts a sandbox of its own on free ports, with a folder and a database of its own, plays the demo on it, and removes all
 * of it, whatever happens. Takes no setting from the environment, so that nothing that is there already is touched.
 *
 * @param signal ends it early; everything is still removed
 * @returns whether every step came out as it should
 */
export async function runDemo(stage: Stage, signal: AbortSignal): Promise<boolean> {
  const varFolder = await mkdtemp(path.join(tmpdir(), 'gatehouse-demo-'));
  try {
    stage.opening(
      'Gatehouse: one person, one fire, and who may know what',
      'A gateway, a real PostgreSQL and fictional agencies start for this alone, and are gone afterwards. Nobody in it is real.',
    );
    const settings = readSettings({ PORT: '0', GATEHOUSE_VAR: varFolder });
    const sandbox = await startSandbox({ settings, log: new Log('error', systemClock, { write: () => undefined }) });
    try {
      const asExpected = await playDemo(sandbox, stage, signal);
      stage.line();
      stage.paragraph(
        asExpected
          ? 'Every step came out as it should. Next: "npm start", then docs/for-developers.md.'
          : 'Not every step came out as it should.',
      );
      stage.line();
      return asExpected;
    } finally {
      await sandbox.stop();
    }
  } finally {
    await rm(varFolder, { recursive: true, force: true });
  }
}
