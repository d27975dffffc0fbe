import { projectLegalBases } from '../../src/legal-bases/index.js';
import type { Sandbox } from '../start-sandbox.js';
import { assessedNeedsSteps } from './assessed-needs.js';
import { gatherCast, type Cast, type Scene } from './cast.js';
import { premisesRiskSteps } from './premises-risk.js';
import { showLog, showVerification } from './show-log.js';
import type { Stage } from './stage.js';

/**
 * Plays the main job on a sandbox in which nothing has happened yet, as the agencies' systems would: with the SDK.
 * @param signal ends it between two steps
 * @returns whether every step came out as it should
 */
export async function playDemo(sandbox: Sandbox, stage: Stage, signal: AbortSignal): Promise<boolean> {
  const cast = await gatherCast(sandbox);
  const catalogue = projectLegalBases();
  const scene: Scene = {
    stage,
    cast,
    catalogue,
    keys: await cast.council.fetchKeys(),
    services: await namesOfServices(cast),
    played: [],
  };
  const steps = [...assessedNeedsSteps(), ...premisesRiskSteps()];
  const last = steps.length + 2;

  for (const [place, { title, play }] of steps.entries()) {
    signal.throwIfAborted();
    stage.step(place + 1, last, title);
    const outcome = await play(scene);
    if (!outcome.asExpected) stage.outcome('This is not what should have happened.', 'bad');
    scene.played.push({ title, ...outcome });
  }
  signal.throwIfAborted();
  stage.step(last - 1, last, 'What the disclosure log says');
  const { all, verified } = await showLog(scene);
  stage.step(last, last, 'The whole log is verified');
  const whole = await showVerification(scene, sandbox.databaseUrl, verified);
  return all && whole && scene.played.every(({ asExpected }) => asExpected);
}

async function namesOfServices({ council, fire }: Cast): Promise<ReadonlyMap<string, string>> {
  const pages = await Promise.all([council.listDataServices(), fire.listDataServices()]);
  return new Map(pages.flatMap(({ dataServices }) => dataServices.map(({ id, name }) => [id, name.toLowerCase()])));
}
