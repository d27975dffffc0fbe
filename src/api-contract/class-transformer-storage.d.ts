/** Where class-transformer keeps what `@Type` declared. It ships the file without its declaration beside it. */
declare module 'class-transformer/cjs/storage.js' {
  export { defaultMetadataStorage } from 'class-transformer/types/storage.js';
}
