import { generateKeyPairSync } from 'node:crypto';
import { GatehouseClient, type PrivateKey } from '../../../sdk/index.js';

const privateKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  format: 'jwk',
}) as PrivateKey;
const make = (baseUrl: string, allowHttp = false): GatehouseClient =>
  new GatehouseClient({ baseUrl, clientId: 'a-system', privateKey, allowHttp });

describe('the address of a gateway', () => {
  it.each([
    'https://gatehouse.example',
    'https://gatehouse.example/behind/a/proxy/',
    'http://127.0.0.1:8080',
    'http://localhost:8080',
    'http://[::1]:8080',
  ])('may be %s', (baseUrl) => {
    expect(() => make(baseUrl)).not.toThrow();
  });

  it.each(['http://gatehouse.example', 'http://127.0.0.1.example', 'http://10.0.0.1:8080'])(
    'must not be %s without TLS, unless that is asked for',
    (baseUrl) => {
      expect(() => make(baseUrl)).toThrow('https://');
      expect(() => make(baseUrl, true)).not.toThrow();
    },
  );

  it.each(['', 'gatehouse.example', 'ftp://gatehouse.example', 'https://gatehouse.example/?a=1'])(
    'must not be %p',
    (baseUrl) => {
      expect(() => make(baseUrl)).toThrow('public URL');
    },
  );

  it('comes with a key of a kind that gateways take', () => {
    const other = { kty: 'EC', crv: 'P-521' };
    expect(
      () => new GatehouseClient({ baseUrl: 'https://gatehouse.example', clientId: 'a', privateKey: other }),
    ).toThrow('P-256, Ed25519 or RSA');
  });
});
