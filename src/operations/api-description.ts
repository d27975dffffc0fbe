import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { buildOpenApi } from '../api-contract/index.js';
import { projectFolder } from '../config/index.js';
import { readErrorEntries } from './error-entries.js';
import { errorsPage } from './pages.js';

/** What the API says of itself. Each is made when it is first asked for, and kept. */
export class ApiDescription {
  #app: INestApplication | undefined;
  #document: string | undefined;
  #errors: string | undefined;

  /** Names the application whose routes are described. Call once, before it listens. */
  describe(app: INestApplication): void {
    this.#app = app;
  }

  /** The OpenAPI document as JSON. */
  document(): string {
    if (!this.#app) throw new Error('no application to describe');
    this.#document ??= JSON.stringify(buildOpenApi(this.#app));
    return this.#document;
  }

  /** The page that explains every code. */
  errors(): string {
    this.#errors ??= errorsPage(
      readErrorEntries(readFileSync(path.join(projectFolder(), 'docs', 'errors.md'), 'utf8')),
    );
    return this.#errors;
  }
}
