import { makeAccessToken, makeCallerKey, makeProof } from '../dpop-caller.js';
import type { Answer } from '../gateway.js';
import type { Play } from './play.js';

/** Callers who are not established, at a route and at the token endpoint. */
export async function notLetIn(play: Play): Promise<void> {
  const person = play.somebody();
  const { publicUrl: issuer, sandbox } = play.gateway;
  const key = await makeCallerKey();
  const now = new Date();
  const url = `${issuer}/v1/queries`;
  const bound = { issuer, clientId: 'northmoor-council-adult-care', jkt: key.jkt, now };
  const personal = { sub: person.nhsNumber, name: person.surname };
  const token = await makeAccessToken(sandbox.keys, bound);
  const proof = () => makeProof(key, { method: 'POST', url, token, now });
  const used = await proof();
  const post = async (authorization: string, dpop: string): Promise<Answer> =>
    await play.council('POST', '/v1/queries', play.query(person), { authorization, dpop });
  play.expect('TOKEN_MISSING', await post(`Basic ${Buffer.from(person.nhsNumber).toString('base64')}`, used));
  play.expect('TOKEN_INVALID', await post(`DPoP ${person.nhsNumber}`, used));
  const foreignIssuer = { ...bound, issuer: `https://${person.surname}.example` };
  const foreign = await makeAccessToken(sandbox.keys, foreignIssuer, { claims: personal, signWith: key.privateKey });
  play.expect(
    'TOKEN_INVALID',
    await post(`DPoP ${foreign}`, await makeProof(key, { method: 'POST', url, token: foreign, now })),
  );
  const forged = await makeAccessToken(sandbox.keys, bound, { claims: personal, signWith: key.privateKey });
  play.expect('TOKEN_INVALID', await post(`DPoP ${forged}`, used));
  const strange = { method: 'POST', url: `${issuer}/${person.surname}`, token, now };
  play.expect(
    'PROOF_INVALID',
    await post(`DPoP ${token}`, await makeProof(key, strange, { claims: { jti: person.nhsNumber } })),
  );
  play.expect('PROOF_INVALID', await post(`DPoP ${token}`, person.surname));
  const named = await makeProof(
    key,
    { method: 'POST', url, token, now },
    { claims: { jti: person.nhsNumber, name: person.surname } },
  );
  play.expect('DENY_CONSENT_REQUIRED', await post(`DPoP ${token}`, named));
  play.expect('PROOF_REPLAYED', await post(`DPoP ${token}`, named));
  const claims = { iss: person.surname, sub: person.surname, name: person.note };
  const assertion = await makeAccessToken(sandbox.keys, bound, { claims, signWith: key.privateKey });
  for (const [ending, form] of [
    [
      'invalid_client',
      {
        grant_type: 'client_credentials',
        client_id: person.surname,
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: assertion,
      },
    ],
    ['invalid_request', { grant_type: person.note, scope: person.surname, [person.nino]: person.born }],
  ] as const) {
    play.expect(ending, await play.plain('/oauth/token', { method: 'POST', body: new URLSearchParams(form) }));
  }
}

/** Values in paths, queries and headers, where none belongs. */
export async function elsewhere(play: Play): Promise<void> {
  const person = play.somebody();
  const { nhsNumber, surname, note, postcode } = person;
  const get = (target: string, headers = {}) => play.council('GET', target, undefined, headers);
  play.expect('NOT_FOUND', await get(`/v1/${nhsNumber}`));
  play.expect('NOT_FOUND', await get(`/${surname}?who=${encodeURIComponent(note)}`));
  play.expect('NOT_FOUND', await get(`/v1/log/entries/${nhsNumber}/proof`));
  play.expect('NOT_FOUND', await get(`/v1/log/entries/${surname}/proof`));
  play.expect('NOT_FOUND', await get(`/v1/%ff${surname}`));
  play.expect('METHOD_NOT_ALLOWED', await play.council('DELETE', `/v1/queries?nhsNumber=${nhsNumber}`));
  play.expect('REQUEST_INVALID', await get(`/v1/data-services?${play.memberName()}=${nhsNumber}`));
  play.expect('200', await get(`/v1/data-services?q=${surname}`));
  play.expect('200', await play.plain(`/health/live?nhsNumber=${nhsNumber}`));
  const known = await play.withPermission();
  const headers = {
    'x-request-id': nhsNumber,
    'x-correlation-id': `${surname} ${postcode}`,
    traceparent: `00-${nhsNumber}-${surname}-01`,
    tracestate: `who=${nhsNumber}`,
    'user-agent': surname,
    referer: `https://case.example/${nhsNumber}`,
    cookie: `who=${nhsNumber}`,
    'x-forwarded-for': nhsNumber,
    'x-forwarded-host': surname,
    forwarded: `for=${nhsNumber};host=${surname}`,
    'accept-language': surname,
  };
  play.expect('200 permit', await play.council('POST', '/v1/queries', play.query(known), headers));
  play.expect('NOT_FOUND', await get(`/v1/permissions/${person.uprn}`, headers));
}
