export {
  judgeCheckpoint,
  readAddCheckpoint,
  writeAddCheckpoint,
  type AddCheckpoint,
  type Cosigned,
} from './add-checkpoint.js';
export { witnessStandings, type WitnessStanding } from './cosignatures.js';
export { serveWitness, type ServedWitness } from './serve-witness.js';
export { Witness } from './witness.js';
export { readWitnessedLogsFile, readWitnessesFile, type ConfiguredWitness } from './witness-files.js';
