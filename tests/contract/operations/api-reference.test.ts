import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { OpenAPIObject } from '@nestjs/swagger';
import {
  buildOpenApi,
  GENERATED_FILES,
  openApiShortcomings,
  PROBLEMS,
  writeGenerated,
} from '../../../src/api-contract/index.js';
import { startHttpApplication, type HttpApplication } from '../../support/http-application.js';
import { SampleController } from '../../support/sample.controller.js';

let gateway: HttpApplication;
beforeAll(async () => {
  gateway = await startHttpApplication([SampleController]);
});
afterAll(() => gateway.close());

const get = (name: string): Promise<Response> => fetch(`${gateway.url}${name}`);
const operation = (
  document: OpenAPIObject,
  name: string,
  method: 'get' | 'post',
): Record<string, unknown> & { responses: Record<string, { content?: Record<string, { examples: object }> }> } =>
  document.paths[name]?.[method] as never;

describe('/openapi.json', () => {
  it('is OpenAPI 3.1, made from the routes', async () => {
    const response = await get('/openapi.json');
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    const document = (await response.json()) as OpenAPIObject;
    expect(document.openapi).toBe('3.1.0');
    expect(document).toEqual(JSON.parse(JSON.stringify(buildOpenApi(gateway.app))));
    expect(Object.keys(document.paths)).toEqual(
      expect.arrayContaining(['/health/live', '/health/ready', '/metrics', '/v1/asks']),
    );
    expect(document.components?.securitySchemes).toMatchObject({
      dpop: { type: 'http', scheme: 'dpop' },
      oauth2: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: '/oauth/token' } } },
    });
  });

  it('lists each declared and each implied error of a route by status, with an example', () => {
    const { responses } = operation(buildOpenApi(gateway.app), '/v1/asks', 'post');
    const codes = Object.values(responses).flatMap(({ content }) =>
      Object.keys(content?.['application/problem+json']?.examples ?? {}),
    );
    expect(codes.toSorted()).toEqual(
      [
        'DISCLOSURE_REFUSED',
        'GATEWAY_BUSY',
        'LOG_UNAVAILABLE',
        'INTERNAL',
        'STORE_UNAVAILABLE',
        'TOKEN_MISSING',
        'TOKEN_INVALID',
        'PROOF_INVALID',
        'PROOF_REPLAYED',
        'ROLE_NOT_ALLOWED',
        'REQUEST_MALFORMED',
        'REQUEST_INVALID',
        'REQUEST_TOO_LARGE',
        'MEDIA_TYPE_UNSUPPORTED',
      ].toSorted(),
    );
    expect(responses['403']).toMatchObject({
      content: {
        'application/problem+json': {
          examples: {
            DISCLOSURE_REFUSED: {
              value: { status: 403, code: 'DISCLOSURE_REFUSED', title: PROBLEMS.DISCLOSURE_REFUSED.title },
            },
          },
        },
      },
    });
    expect(responses['503']).toMatchObject({ headers: { 'Retry-After': {}, 'Gatehouse-Error': {} } });
  });

  it('says that bodies take no other members', () => {
    expect(buildOpenApi(gateway.app).components?.schemas?.['AskDto']).toMatchObject({ additionalProperties: false });
  });

  it('has no shortcomings in the routes for operators', () => {
    const shortcomings = openApiShortcomings(buildOpenApi(gateway.app));
    expect(shortcomings.filter((each) => /\/(health|metrics)/.test(each))).toEqual([]);
    expect(shortcomings.filter((each) => each.includes('/v1/asks'))).toEqual([]);
  });

  it('is found wanting where a route is not described', () => {
    const shortcomings = openApiShortcomings(buildOpenApi(gateway.app)).filter((each) =>
      each.startsWith('GET /v1/hold'),
    );
    expect(shortcomings).toEqual([
      'GET /v1/hold has no operationId of its own.',
      'GET /v1/hold has no summary.',
      'GET /v1/hold has no description.',
      'GET /v1/hold does not describe its answer 200.',
    ]);
  });

  it.each<[string, (route: ReturnType<typeof operation>) => void, string]>([
    [
      'the example of a request',
      (route) => void (route['requestBody'] = { content: { 'application/json': { schema: { type: 'object' } } } }),
      'has no example of a request in application/json',
    ],
    [
      'the example of an answer',
      (route) =>
        void (route.responses['200'] = {
          description: 'x',
          content: { 'application/json': { schema: {} } as never },
        } as never),
      'has no example of its answer 200',
    ],
    ['an error', (route) => void delete route.responses['401'], 'does not list the error TOKEN_MISSING'],
    ['the success', (route) => void delete route.responses['200'], 'documents no success'],
    [
      'a parameter’s example',
      (route) => void (route['parameters'] = [{ name: 'page', in: 'query' }]),
      'has no example of the parameter page',
    ],
    ['its own id', (route) => void (route['operationId'] = 'getMetrics'), 'shares the operationId getMetrics'],
  ])('is found wanting without %s', (_, damage, sentence) => {
    const document = JSON.parse(JSON.stringify(buildOpenApi(gateway.app))) as OpenAPIObject;
    damage(operation(document, '/v1/asks', 'post'));
    expect(openApiShortcomings(document)).toContainEqual(expect.stringContaining(sentence));
  });
});

describe('generated files', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-generated-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are written where they differ, and the same document gives the same bytes', async () => {
    const document = buildOpenApi(gateway.app);
    expect(await writeGenerated(folder, document, false)).toEqual(Object.values(GENERATED_FILES));
    expect(await readFile(path.join(folder, GENERATED_FILES.types), 'utf8')).toContain('ask: {');
    expect(await writeGenerated(folder, buildOpenApi(gateway.app), true)).toEqual([]);
  });

  it('are reported and left alone by a check', async () => {
    await writeGenerated(folder, buildOpenApi(gateway.app), false);
    await writeFile(path.join(folder, GENERATED_FILES.document), '{}');
    expect(await writeGenerated(folder, buildOpenApi(gateway.app), true)).toEqual([GENERATED_FILES.document]);
    expect(await readFile(path.join(folder, GENERATED_FILES.document), 'utf8')).toBe('{}');
  });
});

describe('the reference pages', () => {
  it.each(['/docs', '/docs/errors'])('%s have a policy that lets in nothing but this gateway', async (page) => {
    const response = await get(page);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  it.each(['/docs', '/docs/errors'])(
    '%s have no script or style in them, and every file they name is served here',
    async (page) => {
      const html = await (await get(page)).text();
      expect(html).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\bstyle=|\bon[a-z]+=|https?:\/\//);
      const files = [...html.matchAll(/(?:src|href)="(\/docs\/assets\/[^"]+)"/g)].map(([, file]) => file ?? '');
      expect(files.length).toBeGreaterThan(1);
      for (const file of files) {
        const response = await get(file);
        expect([file, response.status]).toEqual([file, 200]);
        expect(response.headers.get('content-type')).toMatch(/javascript|css|image/);
        await response.arrayBuffer();
      }
    },
  );

  it('serve nothing else of the package', async () => {
    for (const file of [
      'index.html',
      'package.json',
      'swagger-initializer.js',
      '..%2fpackage.json',
      '%2e%2e%2fswagger-ui-dist%2findex.html',
    ]) {
      expect((await get(`/docs/assets/${file}`)).status).toBe(404);
    }
  });

  it('explain every code under an anchor of its name', async () => {
    const html = await (await get('/docs/errors')).text();
    for (const code of [...Object.keys(PROBLEMS), 'DENY_CONSENT_REQUIRED', 'NO_TRACE'])
      expect(html).toContain(`id="${code}"`);
  });
});
