import { Controller, Get, Header, Inject, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Allow } from '../access/index.js';
import { Problem } from '../api-contract/index.js';
import { ApiDescription } from './api-description.js';
import { ERRORS_STYLE, PAGE_POLICY, REFERENCE_PAGE, REFERENCE_SCRIPT } from './pages.js';

const HTML = 'text/html; charset=utf-8';
/** What the pages take from the package `swagger-ui-dist`; nothing else of it is served. */
const PACKAGE_FILES: ReadonlySet<string> = new Set(['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png']);
/** What they have of their own. */
const OWN_FILES: Readonly<Record<string, { readonly type: string; readonly text: string }>> = {
  'reference.js': { type: 'text/javascript; charset=utf-8', text: REFERENCE_SCRIPT },
  'errors.css': { type: 'text/css; charset=utf-8', text: ERRORS_STYLE },
};

/** The OpenAPI document and the pages made of it. They come from this gateway alone and work without a network. */
@ApiExcludeController()
@Controller()
@Allow('public')
export class ApiReferenceController {
  constructor(@Inject(ApiDescription) private readonly description: ApiDescription) {}

  @Get('openapi.json')
  @Header('Content-Type', 'application/json')
  document(): string {
    return this.description.document();
  }

  @Get('docs')
  @Header('Content-Type', HTML)
  @Header('Content-Security-Policy', PAGE_POLICY)
  reference(): string {
    return REFERENCE_PAGE;
  }

  @Get('docs/errors')
  @Header('Content-Type', HTML)
  @Header('Content-Security-Policy', PAGE_POLICY)
  errors(): string {
    return this.description.errors();
  }

  @Get('docs/assets/:file')
  async asset(@Param('file') file: string, @Res() reply: FastifyReply): Promise<void> {
    reply.header('Cache-Control', 'public, max-age=3600');
    const own = Object.hasOwn(OWN_FILES, file) ? OWN_FILES[file] : undefined;
    if (own) await reply.type(own.type).send(own.text);
    else if (PACKAGE_FILES.has(file)) await reply.sendFile(file);
    else throw new Problem('NOT_FOUND');
  }
}
