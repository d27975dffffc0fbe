import request from 'supertest';
import { openCheckpoint, readVerifierKey } from '../../../src/disclosure-log/index.js';
import { startTestGateway, type TestGateway } from '../../support/gateway.js';

describe('the routes that need no token', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(async () => gateway.stop());

  it('say that the gateway runs, and that it may be sent exchanges', async () => {
    await request(gateway.publicUrl).get('/health/live').expect(200);
    const ready = await request(gateway.publicUrl).get('/health/ready').expect(200);
    expect(JSON.stringify(ready.body)).toContain('disclosure-log');
  });

  it('give the newest checkpoint, and the key that opens it', async () => {
    const keys = await request(gateway.publicUrl).get('/v1/log/keys').expect(200);
    const { text } = await request(gateway.publicUrl)
      .get('/v1/log/checkpoint')
      .expect('content-type', /text\/plain/);
    const { checkpoint } = keys.body as { checkpoint: string };
    // Definitions were applied at the start: that is the first entry.
    expect(openCheckpoint(text, readVerifierKey(checkpoint))?.size).toBeGreaterThan(0);
  });

  it('give the OpenAPI document that is committed', async () => {
    const { body } = await request(gateway.publicUrl).get('/openapi.json').expect(200);
    const { paths } = body as { paths: object };
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/v1/queries', '/v1/permissions', '/v1/log/checkpoint']),
    );
  });

  it('give the authorization server’s metadata (RFC 8414)', async () => {
    const { body } = await request(gateway.publicUrl).get('/.well-known/oauth-authorization-server').expect(200);
    expect(body).toMatchObject({ issuer: gateway.publicUrl, grant_types_supported: ['client_credentials'] });
  });

  it('answer what does not exist with a problem', async () => {
    await request(gateway.publicUrl)
      .get('/v1/nothing')
      .expect(404)
      .expect('content-type', /problem\+json/);
  });
});
