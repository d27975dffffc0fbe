import { rm } from 'node:fs/promises';

export default async function endRun() {
  const { postgres, folder } = globalThis.gatehouseTestPostgres;
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
