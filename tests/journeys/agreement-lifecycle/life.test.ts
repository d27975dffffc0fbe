import { readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  canonicalAgreement,
  signAgreement,
  type AgreementDraft,
  type PrivateJwk,
} from '../../../src/agreements/index.js';
import { projectFolder, systemClock } from '../../../src/config/index.js';
import { readDefinitions } from '../../../src/definitions/index.js';
import { openDatabaseLine, type DatabaseLine } from '../../support/database-line.js';
import { runAsOwner } from '../../support/database.js';
import { ADULT_CARE, makeAgencyKey } from '../../support/definitions.js';
import { needsPermission, needsQuery, type Answer, type Call } from '../../support/gateway.js';
import { logFindings, readLog, storyOf } from '../../support/read-log.js';
import { held, patient, startSuppliedGateway, type SuppliedGateway } from '../../support/supplied-gateway.js';
import { until } from '../../support/until.js';

const ID = 'adult-care-assessed-needs';
const PERSON = '9990000018';
const COUNCIL = 'northmoor-council';
const TRUST = 'northmoor-nhs-trust';

/** Two officers of each party, and one who is of none. */
const OFFICERS = [`${COUNCIL}-ig-1`, `${COUNCIL}-ig-2`, `${TRUST}-ig-1`, `${TRUST}-ig-2`, 'eastvale-council-ig-1'];

describe('the life of an agreement', () => {
  let line: DatabaseLine;
  let gateway: SuppliedGateway;
  let system: Call;
  let systemElsewhere: Call;
  let first: AgreementDraft;
  let calls: Call[];
  let elsewhere: Call[];
  /** Officers by place: one and two of the council, three and four of the trust, and a stranger. */
  const officer = (place: number): Call => calls[place - 1]!;
  let version = 1;

  beforeAll(async () => {
    line = await openDatabaseLine();
    gateway = await startSuppliedGateway({}, {}, systemClock, line);
    gateway.holds.set(PERSON, patient());
    const replica = await gateway.addReplica();
    system = await gateway.as(`${COUNCIL}-adult-care`);
    systemElsewhere = await gateway.as(`${COUNCIL}-adult-care`, replica.url);
    calls = await Promise.all(OFFICERS.map((id) => gateway.as(id)));
    elsewhere = await Promise.all(OFFICERS.map((id) => gateway.as(id, replica.url)));
    await system('POST', '/v1/permissions', needsPermission(PERSON));
    const { definitions } = await readDefinitions(path.join(projectFolder(), 'sandbox', 'definitions', ADULT_CARE));
    first = definitions.agreements[0]!.value;
  });
  afterAll(async () => gateway.stop());

  const at = (id: string, of: number): string => `/v1/agreements/${id}/versions/${of}`;
  const draftOf = (change: object = {}): AgreementDraft => ({ ...first, ...change });
  const draft = (by: Call, document: object): Promise<Answer> => by('POST', '/v1/agreements', document);
  const step = (by: Call, of: AgreementDraft, name: string, body?: object): Promise<Answer> =>
    by('POST', `${at(of.id, of.version)}/${name}`, body);
  const sign = (by: Call, of: AgreementDraft, change: object = {}): Promise<Answer> =>
    step(by, of, 'sign', { hash: canonicalAgreement(of).hash, ...change });
  const get = (by: Call, of: AgreementDraft): Promise<Answer> => by('GET', at(of.id, of.version));
  const stateOf = async (of: AgreementDraft): Promise<unknown> => (await get(officer(1), of)).body['state'];
  const told = ({ status, body }: Answer): [number, unknown] => [status, body['code'] ?? body['state']];
  const ask = async (by = system): Promise<number> => (await by('POST', '/v1/queries', needsQuery(PERSON))).status;
  const agencyKey = async (agency: string): Promise<PrivateJwk> =>
    JSON.parse(
      await readFile(path.join(gateway.varFolder, 'sandbox', 'agencies', `${agency}.jwk.json`), 'utf8'),
    ) as PrivateJwk;
  const historyOf = async (of: AgreementDraft): Promise<string[]> =>
    ((await get(officer(1), of)).body['history'] as { step: string; officer: string }[]).map(
      (one) => `${one.officer}: ${one.step}`,
    );
  const registerRevision = async (): Promise<number> =>
    Number((await runAsOwner(gateway.database.ownerUrl, 'SELECT revision FROM register_revision'))[0]!['revision']);

  /** The next version of the agreement, drafted and proposed by the council. */
  const propose = async (change: object = {}): Promise<AgreementDraft> => {
    version += 1;
    const document = draftOf({ version, title: `Version ${version}`, ...change });
    expect(told(await draft(officer(1), document))).toEqual([200, 'draft']);
    expect(told(await step(officer(1), document, 'propose'))).toEqual([200, 'proposed']);
    return document;
  };
  const signByAll = async (document: AgreementDraft): Promise<void> => {
    for (const place of [1, 2, 3, 4]) expect((await sign(officer(place), document)).status).toBe(200);
    expect(await stateOf(document)).toBe('in-force');
  };

  it('goes from draft to force with two officers of each party, and binds on every replica', async () => {
    const document = draftOf({ version: ++version, title: 'Renewed' });
    const drafted = await draft(officer(1), document);
    expect(drafted.body).toMatchObject({ state: 'draft', hash: canonicalAgreement(document).hash, document });
    expect((await draft(officer(1), document)).body).toEqual(drafted.body);
    expect(told(await get(officer(3), document))).toEqual([404, 'NOT_FOUND']);
    expect(told(await sign(officer(1), document))).toEqual([409, 'AGREEMENT_NOT_IN_STATE']);

    expect(told(await step(officer(1), document, 'propose'))).toEqual([200, 'proposed']);
    expect(told(await step(officer(2), document, 'propose'))).toEqual([200, 'proposed']);
    expect((await sign(officer(1), document)).body).toMatchObject({ state: 'proposed', toBeConfirmed: [COUNCIL] });
    expect(told(await sign(officer(2), document))).toEqual([200, 'signed-by-some']);
    expect(told(await sign(officer(2), document))).toEqual([200, 'signed-by-some']);
    expect((await sign(officer(4), document)).body).toMatchObject({ toBeConfirmed: [TRUST] });
    const before = await registerRevision();
    expect((await system('POST', '/v1/queries', needsQuery(PERSON))).status).toBe(200);
    expect(told(await sign(officer(3), document))).toEqual([200, 'in-force']);
    expect(await registerRevision()).toBe(before + 1);

    for (const by of [system, systemElsewhere]) {
      const { status, body } = await by('POST', '/v1/queries', needsQuery(PERSON));
      expect(status).toBe(200);
      const [decision] = await readLog(gateway.database.ownerUrl, body['exchangeId']);
      expect(decision?.claims.agreement).toMatchObject({ id: ID, version, hash: canonicalAgreement(document).hash });
    }
    expect(await historyOf(document)).toEqual([
      `${COUNCIL}-ig-1: drafted`,
      `${COUNCIL}-ig-1: proposed`,
      `${COUNCIL}-ig-1: signature-asked`,
      `${COUNCIL}-ig-2: signed`,
      `${TRUST}-ig-2: signature-asked`,
      `${TRUST}-ig-1: signed`,
    ]);
    expect(await stateOf(draftOf())).toBe('superseded');
  });

  it('leaves each step in the disclosure log, with officer and agency and no word of theirs', async () => {
    const entries = (await readLog(gateway.database.ownerUrl)).filter(({ kind }) => kind.startsWith('agreement-'));
    const { hash } = (await get(officer(1), draftOf({ version }))).body;
    expect(entries.map(({ kind }) => kind)).toEqual([
      'agreement-drafted',
      'agreement-proposed',
      'agreement-signature-asked',
      'agreement-signed',
      'agreement-signature-asked',
      'agreement-signed',
    ]);
    expect(entries.at(-1)?.claims).toEqual({
      kind: 'agreement-signed',
      at: expect.any(String),
      agreement: { id: ID, version, hash },
      by: { agency: TRUST, officer: `${TRUST}-ig-1` },
      reason: null,
      revision: await registerRevision(),
    });
    expect(entries.at(-2)?.claims).toMatchObject({ revision: null });
    expect(await logFindings(gateway)).toEqual([]);
  });

  describe('an officer', () => {
    it('of a third agency sees nothing of it, neither read nor listed nor by any step', async () => {
      const document = await propose();
      const absent = draftOf({ id: 'no-such-agreement' });
      for (const one of [document, absent]) {
        expect(told(await get(officer(5), one))).toEqual([404, 'NOT_FOUND']);
        expect(told(await sign(officer(5), one))).toEqual([404, 'NOT_FOUND']);
        for (const name of ['propose', 'resume']) {
          expect(told(await step(officer(5), one, name))).toEqual([404, 'NOT_FOUND']);
        }
        for (const name of ['suspend', 'revoke']) {
          expect(told(await step(officer(5), one, name, { reason: 'other' }))).toEqual([404, 'NOT_FOUND']);
        }
      }
      expect((await officer(5)('GET', '/v1/agreements')).body).toEqual({ agreements: [], nextCursor: null });
      expect(told(await draft(officer(5), document))).toEqual([400, 'REQUEST_INVALID']);
      const own = draftOf({ version: document.version + 1, parties: ['eastvale-council', COUNCIL, TRUST] });
      expect(told(await draft(officer(5), own))).toEqual([409, 'AGREEMENT_NOT_NEXT']);
      expect(told(await step(officer(1), document, 'revoke', { reason: 'not-agreed' }))).toEqual([200, 'revoked']);
      expect(told(await draft(officer(5), own))).toEqual([409, 'AGREEMENT_NOT_NEXT']);
    });

    it('does not sign alone, as often as they ask', async () => {
      const document = await propose();
      expect((await sign(officer(1), document)).status).toBe(200);
      expect(told(await sign(officer(1), document))).toEqual([409, 'SECOND_OFFICER_NEEDED']);
      expect(told(await sign(officer(1), document))).toEqual([409, 'SECOND_OFFICER_NEEDED']);
      expect(told(await sign(officer(2), document))).toEqual([200, 'signed-by-some']);
      await step(officer(3), document, 'revoke', { reason: 'not-agreed' });
    });

    it('signs the text that they have read and no other', async () => {
      const document = await propose();
      const other = canonicalAgreement(draftOf({ version: document.version })).hash;
      expect(told(await sign(officer(1), document, { hash: other }))).toEqual([409, 'AGREEMENT_HASH_DIFFERS']);
      expect(told(await draft(officer(1), { ...document, title: 'Other' }))).toEqual([409, 'AGREEMENT_NOT_IN_STATE']);
      await step(officer(1), document, 'revoke', { reason: 'not-agreed' });
    });

    it('is refused by role, and so is a system', async () => {
      expect(told(await system('GET', '/v1/agreements'))).toEqual([403, 'ROLE_NOT_ALLOWED']);
      expect(told(await system('POST', `${at(ID, version)}/suspend`, { reason: 'other' }))).toEqual([
        403,
        'ROLE_NOT_ALLOWED',
      ]);
      expect(told(await officer(1)('POST', '/v1/queries', needsQuery(PERSON)))).toEqual([403, 'ROLE_NOT_ALLOWED']);
    });
  });

  describe('a signature made outside', () => {
    it('counts when it is one of the agency over these bytes, and a second officer confirms it', async () => {
      const document = await propose();
      const { jws } = await signAgreement(document, TRUST, await agencyKey(TRUST));
      expect((await sign(officer(3), document, { jws })).body).toMatchObject({ toBeConfirmed: [TRUST] });
      const { body } = await sign(officer(4), document);
      expect(body['signatures']).toEqual([expect.objectContaining({ agency: TRUST, jws })]);
      await step(officer(1), document, 'revoke', { reason: 'not-agreed' });
    });

    it('is refused by a foreign key, over other bytes, or for another agency', async () => {
      const document = await propose();
      const own = await agencyKey(TRUST);
      const made: [string, AgreementDraft, PrivateJwk][] = [
        ['by a key that nobody registered', document, makeAgencyKey('new-key')],
        ['by a key with the name of another', document, makeAgencyKey(own.kid)],
        ['by the other party’s key', document, await agencyKey(COUNCIL)],
        ['over another text', { ...document, title: 'Other' }, own],
      ];
      for (const [, text, key] of made) {
        const { jws } = await signAgreement(text, TRUST, key);
        expect(told(await sign(officer(3), document, { jws }))).toEqual([409, 'SIGNATURE_INVALID']);
      }
      expect(told(await sign(officer(3), document, { jws: 'a.b.c' }))).toEqual([409, 'SIGNATURE_INVALID']);
      expect((await get(officer(3), document)).body).toMatchObject({ toBeConfirmed: [], signatures: [] });
      await step(officer(1), document, 'revoke', { reason: 'not-agreed' });
    });
  });

  describe('the key that the gateway keeps', () => {
    const keyFile = (): string => path.join(gateway.varFolder, 'keys', 'agencies', `${TRUST}.jwk.json`);

    it('signs only when it is there, and is among the keys of the agency', async () => {
      const document = await propose();
      const kept = await readFile(keyFile(), 'utf8');
      try {
        await rm(keyFile());
        expect(told(await sign(officer(3), document))).toEqual([409, 'SIGNING_KEY_NOT_HELD']);
        await writeFile(keyFile(), JSON.stringify(makeAgencyKey('another')));
        expect(told(await sign(officer(3), document))).toEqual([409, 'SIGNING_KEY_NOT_HELD']);
        await writeFile(keyFile(), kept);
        expect((await sign(officer(3), document)).status).toBe(200);
        await writeFile(keyFile(), JSON.stringify(makeAgencyKey((JSON.parse(kept) as PrivateJwk).kid)));
        expect(told(await sign(officer(4), document))).toEqual([409, 'SIGNING_KEY_NOT_HELD']);
      } finally {
        await writeFile(keyFile(), kept);
      }
      expect((await get(officer(3), document)).body).toMatchObject({ signatures: [], toBeConfirmed: [TRUST] });
      await step(officer(1), document, 'revoke', { reason: 'not-agreed' });
    });
  });

  describe('a draft', () => {
    it('may be sent again with another text, by its own agency alone', async () => {
      const document = draftOf({ version: ++version });
      await draft(officer(1), document);
      const { body } = await draft(officer(2), { ...document, title: 'Other' });
      expect(body).toMatchObject({ state: 'draft', title: 'Other' });
      expect(told(await draft(officer(3), document))).toEqual([409, 'AGREEMENT_NOT_NEXT']);
      expect(told(await step(officer(1), document, 'revoke', { reason: 'not-agreed' }))).toEqual([200, 'revoked']);
    });

    it.each<[string, () => object]>([
      ['a version that was there', () => draftOf()],
      ['a version that leaves one out', () => draftOf({ version: version + 2 })],
      ['a new id that does not begin with version 1', () => draftOf({ id: 'new', version: 2 })],
    ])('is refused for %s', async (_, document) => {
      const { status, body } = await draft(officer(1), { ...document(), title: 'Other' });
      expect([status, body['code']]).toEqual([409, expect.stringMatching(/^AGREEMENT_NOT_(NEXT|IN_STATE)$/)]);
    });

    it('names what is wrong with it, never a value, and keeps no identifier of a person', async () => {
      const wrong = await draft(officer(1), { ...draftOf({ version: version + 1 }), SENTINEL: 1, parties: 'SENTINEL' });
      expect(told(wrong)).toEqual([400, 'REQUEST_INVALID']);
      expect(wrong.body['pointers']).toEqual(expect.arrayContaining(['/parties']));
      expect(wrong.text.replaceAll('/SENTINEL', '')).not.toContain('SENTINEL');
      const named = await draft(officer(1), draftOf({ version: version + 1, title: 'AB123456C' }));
      expect(named.body).toMatchObject({ status: 400, pointers: ['/title'] });
      expect(named.text).not.toContain('AB123456C');
    });

    it('says what a careful officer finds, and is not proposed with an error', async () => {
      const document = draftOf({ id: 'unsound', version: 1, purposes: ['no-such-purpose'] });
      const { body } = await draft(officer(1), document);
      expect(body['lint']).toContainEqual(expect.objectContaining({ severity: 'error', code: 'purpose-unknown' }));
      expect(told(await step(officer(1), document, 'propose'))).toEqual([409, 'AGREEMENT_UNSOUND']);
    });
  });

  describe('a suspension', () => {
    it('by one party binds at once on every replica, and takes every party to lift', async () => {
      const document = await propose();
      await signByAll(document);
      expect([await ask(), await ask(systemElsewhere)]).toEqual([200, 200]);
      expect(told(await step(elsewhere[3]!, document, 'suspend', { reason: 'data-quality' }))).toEqual([
        200,
        'suspended',
      ]);
      expect([await ask(), await ask(systemElsewhere)]).toEqual([403, 403]);
      expect(told(await step(officer(1), document, 'suspend', { reason: 'other' }))).toEqual([200, 'suspended']);
      expect((await historyOf(document)).filter((one) => one.endsWith('suspended'))).toHaveLength(1);

      expect((await step(officer(4), document, 'resume')).body).toMatchObject({ resumeAgreed: [TRUST] });
      expect(told(await step(officer(3), document, 'resume'))).toEqual([200, 'suspended']);
      expect(await ask()).toBe(403);
      expect(told(await step(officer(1), document, 'resume'))).toEqual([200, 'in-force']);
      expect(told(await step(officer(2), document, 'resume'))).toEqual([200, 'in-force']);
      expect([await ask(), await ask(systemElsewhere)]).toEqual([200, 200]);
    });

    it('stops an exchange between its decision and its release', async () => {
      const current = draftOf({ version });
      const { answer, asked, release } = held(patient());
      gateway.holds.set(PERSON, answer);
      const asking = systemElsewhere('POST', '/v1/queries', needsQuery(PERSON));
      await Promise.race([asked, asking]);
      try {
        expect((await step(officer(3), current, 'suspend', { reason: 'security-incident' })).status).toBe(200);
      } finally {
        release();
        gateway.holds.set(PERSON, patient());
      }
      const { body, text } = await asking;
      expect(body).toMatchObject({ status: 403, code: 'DISCLOSURE_REFUSED' });
      expect(text).not.toContain('Casey');
      const story = await storyOf(gateway.database.ownerUrl, body['exchangeId']);
      expect(story).toEqual(['decision: permit', 'permit-lapsed']);
    });

    it('is not lifted by applying the same files, which say so', async () => {
      const { document } = (await get(officer(1), draftOf({ version }))).body as { document: AgreementDraft };
      const { warnings } = await gateway.define({
        edit: (file, text) => (file === ADULT_CARE ? `${JSON.stringify({ kind: 'Agreement', ...document })}\n` : text),
      });
      expect(warnings).toContainEqual(expect.stringContaining('a party has suspended this version'));
      expect([await stateOf(document), await ask(), await ask(systemElsewhere)]).toEqual(['suspended', 403, 403]);
    });
  });

  describe('a revocation', () => {
    it('by one party is for good: no step, no repeat and no file takes it back', async () => {
      const current = draftOf({ version });
      expect(told(await step(officer(2), current, 'revoke', { reason: 'purpose-ended' }))).toEqual([200, 'revoked']);
      expect(told(await step(officer(4), current, 'revoke', { reason: 'other' }))).toEqual([200, 'revoked']);
      const { document, hash } = (await get(officer(1), current)).body as { document: AgreementDraft; hash: string };
      for (const place of [1, 2, 3, 4]) {
        for (const name of ['propose', 'resume']) {
          expect(told(await step(officer(place), document, name))).toEqual([409, 'AGREEMENT_NOT_IN_STATE']);
        }
        expect(told(await sign(officer(place), document, { hash }))).toEqual([409, 'AGREEMENT_NOT_IN_STATE']);
      }
      const { warnings } = await gateway.define({
        edit: (file, text) => (file === ADULT_CARE ? `${JSON.stringify({ kind: 'Agreement', ...document })}\n` : text),
      });
      expect(warnings).toContainEqual(expect.stringContaining('it stays revoked'));
      expect([await stateOf(document), await ask(), await ask(systemElsewhere)]).toEqual(['revoked', 403, 403]);
      expect((await historyOf(document)).filter((one) => one.endsWith('revoked'))).toHaveLength(1);
    });

    it('leaves room for a next version, which all parties sign anew', async () => {
      await signByAll(await propose());
      expect([await ask(), await ask(systemElsewhere)]).toEqual([200, 200]);
    });
  });

  describe('without the disclosure log', () => {
    it('no step is taken, and none is half taken', async () => {
      const document = await propose();
      const before = [await historyOf(document), await registerRevision()];
      line.cutBefore = 'INSERT INTO agreement_steps';
      expect(told(await sign(officer(1), document))).toEqual([503, 'LOG_UNAVAILABLE']);
      expect([await historyOf(document), await registerRevision()]).toEqual(before);
      await until(async () => (await sign(officer(1), document)).status === 200);
      await step(officer(1), document, 'revoke', { reason: 'not-agreed' });
    });
  });

  describe('an agreement that came from files', () => {
    it('is in force without drafts, and suspended and revoked like any other', async () => {
      const fire = { ...first, id: 'fire-premises-risk', version: 1 };
      expect((await get(officer(1), fire)).body).toMatchObject({ state: 'in-force', history: [] });
      expect(told(await step(officer(3), fire, 'suspend', { reason: 'review-overdue' }))).toEqual([200, 'suspended']);
      expect(told(await step(officer(1), fire, 'revoke', { reason: 'organisation-changed' }))).toEqual([
        200,
        'revoked',
      ]);
    });
  });

  describe('when officers act at the same moment on two replicas', () => {
    it('leaves exactly one signature of each party and brings the version into force once', async () => {
      for (let round = 0; round < 5; round += 1) {
        const document = await propose();
        await sign(officer(1), document);
        await sign(officer(3), document);
        const before = await registerRevision();
        const answers = await Promise.all(
          [officer(2), elsewhere[1]!, officer(4), elsewhere[3]!, officer(2), elsewhere[3]!].map((by) =>
            sign(by, document),
          ),
        );
        expect(answers.map(({ status, body }) => body['code'] ?? status)).toEqual([200, 200, 200, 200, 200, 200]);
        const { body } = await get(officer(1), document);
        expect(body['state']).toBe('in-force');
        expect((body['signatures'] as { agency: string }[]).map(({ agency }) => agency).toSorted()).toEqual([
          COUNCIL,
          TRUST,
        ]);
        expect((await historyOf(document)).filter((one) => one.endsWith(': signed'))).toHaveLength(2);
        expect(await registerRevision()).toBe(before + 1);
        expect(await ask(systemElsewhere)).toBe(200);
      }
      expect(await logFindings(gateway)).toEqual([]);
    });
  });

  it('takes no step for an officer who was removed, whatever token they hold', async () => {
    const removed = `${TRUST}-ig-2`;
    expect((await officer(4)('GET', '/v1/agreements')).status).toBe(200);
    const { document } = (await get(officer(1), draftOf({ version }))).body as { document: AgreementDraft };
    const files = (file: string, text: string): string =>
      file === ADULT_CARE ? `${JSON.stringify({ kind: 'Agreement', ...document })}\n` : text;
    await gateway.define({
      edit: (file, text) => files(file, text).replace(`id: ${removed}`, `id: ${removed}-new`),
      prune: true,
    });
    const answer = await step(officer(4), document, 'suspend', { reason: 'other' });
    expect([401, 403]).toContain(answer.status);
    expect(await stateOf(document)).toBe('in-force');
    await gateway.define({ edit: files, prune: true });
    await until(async () => (await officer(4)('GET', '/v1/agreements')).status === 200);
  });

  it('lists to an officer what their agency is a party to, each with its state', async () => {
    const { body } = await officer(4)('GET', '/v1/agreements');
    const states = (body['agreements'] as { id: string; version: number; state: string }[]).map(
      (one) => `${one.id} ${one.version} ${one.state}`,
    );
    expect(states).toEqual(expect.arrayContaining([`${ID} 1 superseded`, `${ID} ${version} in-force`]));
    expect(states).toContain('fire-premises-risk 1 revoked');
    expect(states.filter((one) => one.startsWith('unsound'))).toEqual([]);
  });

  it('lists them by pages too, each version once and in the order of all', async () => {
    const list = async (query: string) => (await officer(4)('GET', `/v1/agreements${query}`)).body;
    const { agreements: all } = await list('?limit=100');
    const paged: unknown[] = [];
    for (let cursor = ''; ;) {
      const page = await list(`?limit=2${cursor}`);
      const { agreements, nextCursor } = page as { agreements: unknown[]; nextCursor: string | null };
      paged.push(...agreements);
      if (nextCursor === null) break;
      expect(agreements).toHaveLength(2);
      cursor = `&cursor=${nextCursor}`;
    }
    expect(paged.length).toBeGreaterThan(3);
    expect(paged).toEqual(all);
    for (const [query, at] of [
      ['?limit=0', '/limit'],
      ['?limit=101', '/limit'],
      ['?cursor=nonsense', '/cursor'],
      ['?cursor=a.1&cursor=b.1', '/cursor'],
      ['?state=draft', ''],
    ] as const) {
      expect(await list(query)).toMatchObject({ code: 'REQUEST_INVALID', pointers: [at] });
    }
  });
});
