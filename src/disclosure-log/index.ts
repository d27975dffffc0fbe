export { openCheckpoint, openNote, readVerifierKey, verifierKey, type Checkpoint, type NoteKey } from './checkpoint.js';
export { commit, type Opening } from './commitment.js';
export { DisclosureLog, EntryStale, LogUnavailable } from './disclosure-log.js';
export type * from './entry.js';
export { hashLeaf, verifyInclusion } from './merkle-tree.js';
export type { Recorded } from './recorded.js';
export { appendWithin, type Change, type Conditions, type Staleness } from './write-batch.js';
export { DisclosureLogModule } from './disclosure-log.module.js';
