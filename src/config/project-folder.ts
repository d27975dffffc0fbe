import { existsSync } from 'node:fs';
import path from 'node:path';
import { StartUpError } from './start-up-error.js';

/**
 * The folder that Gatehouse is installed in, whether it runs from `dist/` or from its sources: the nearest one above this
 * file that holds `schemas/` and `package.json`. What is read at run time (schemas, policies) is found from here, never
 * from the folder that somebody happens to stand in.
 * @throws StartUpError when the installation is incomplete
 */
export function projectFolder(): string {
  for (let folder = import.meta.dirname; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'schemas')) && existsSync(path.join(folder, 'package.json'))) return folder;
    if (path.dirname(folder) === folder) {
      throw new StartUpError('The folder schemas/ of Gatehouse cannot be found: install it again.');
    }
  }
}
