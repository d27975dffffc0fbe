import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { AgencyKeys, keepAgencyKey, makeAgencyKey } from '../../../src/keys/index.js';

describe('the signing keys that agencies leave with the gateway', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-keys-'));
  });
  afterEach(async () => rm(folder, { recursive: true }));

  it('are made once, for their owner’s eyes only, and only their public half is shown', async () => {
    const shown = await makeAgencyKey(folder, 'council');
    expect(Object.keys(shown).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'x', 'y']);
    const kept = await new AgencyKeys(folder).find('council');
    expect(kept).toMatchObject({ ...shown, d: expect.any(String) });
    expect((await stat(path.join(folder, 'agencies', 'council.jwk.json'))).mode & 0o777).toBe(0o600);
    expect(await makeAgencyKey(folder, 'council')).toEqual(shown);
  });

  it('are none for an agency that left none', async () => {
    expect(await new AgencyKeys(folder).find('council')).toBeUndefined();
  });

  it('are never replaced by one that was made elsewhere', async () => {
    const shown = await makeAgencyKey(folder, 'council');
    await keepAgencyKey(folder, 'council', '{}');
    expect(await new AgencyKeys(folder).find('council')).toMatchObject(shown);
  });

  it('are not looked for outside their folder, and what is no key is named by no content', async () => {
    await expect(new AgencyKeys(folder).find('../token')).rejects.toThrow('another kind of name');
    await makeAgencyKey(folder, 'council');
    await writeFile(path.join(folder, 'agencies', 'council.jwk.json'), 'SENTINEL');
    await expect(new AgencyKeys(folder).find('council')).rejects.toThrow(/^the signing key of an agency is not JSON$/);
  });
});
