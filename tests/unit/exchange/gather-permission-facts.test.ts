import { gatherPermissionFacts, type ItemNeed } from '../../../src/exchange/gather-permission-facts.js';
import { makeDisclosureRequest } from '../../support/disclosure-request.js';
import { makePermission } from '../../support/permission.js';

const AT = new Date('2026-06-01T12:00:00Z');
const need = (item: string, kinds: ItemNeed['kinds'] = ['confidentiality']): ItemNeed => ({
  item,
  sensitivity: 'special-category',
  kinds,
  forBenefits: false,
});
const given = makePermission();
const consent = makePermission({ id: 'a-consent', kind: 'uk-gdpr-consent' });

const gather = async (needs: ItemNeed[], recorded: Parameters<typeof gatherPermissionFacts>[2], change = {}) =>
  Object.fromEntries(await gatherPermissionFacts(needs, makeDisclosureRequest(change), recorded, AT));

describe('the permissions that a decision rests on', () => {
  it('are not read where no item needs one', async () => {
    let read = 0;
    const facts = await gather([need('needs', [])], async () => {
      read += 1;
      return [];
    });
    expect(facts).toEqual({ needs: { required: [], state: 'not-required', permissions: [] } });
    expect(read).toBe(0);
  });

  it('are unknown, and never given, where they cannot be read in time', async () => {
    const late = () => Promise.reject(new Error('no answer in time'));
    expect(await gather([need('needs'), need('coordinator', [])], late)).toEqual({
      needs: { required: ['confidentiality'], state: 'unknown', permissions: [] },
      coordinator: { required: [], state: 'not-required', permissions: [] },
    });
  });

  it('are found for each item by itself', async () => {
    expect(await gather([need('needs'), need('coordinator')], async () => [given])).toEqual({
      needs: { required: ['confidentiality'], state: 'given', permissions: [{ id: 'a-permission', revision: 0 }] },
      coordinator: { required: ['confidentiality'], state: 'outside-scope', permissions: [] },
    });
  });

  it('are given only when each kind that is needed is', async () => {
    const both = [need('needs', ['confidentiality', 'uk-gdpr-consent'])];
    expect((await gather(both, async () => [given]))['needs']?.state).toBe('none');
    expect((await gather(both, async () => [consent]))['needs']?.state).toBe('none');
    expect((await gather(both, async () => [given, consent]))['needs']).toEqual({
      required: ['confidentiality', 'uk-gdpr-consent'],
      state: 'given',
      permissions: [
        { id: 'a-permission', revision: 0 },
        { id: 'a-consent', revision: 0 },
      ],
    });
  });

  it('are for the agency, purpose and item of the request and no other', async () => {
    for (const change of [
      { caller: { system: 's', agency: 'charity' } },
      { purpose: 'housing-support' },
      { dataService: 'trust/other' },
    ]) {
      expect((await gather([need('needs')], async () => [given], change))['needs']?.state).toBe('outside-scope');
    }
  });

  describe('where the request names one', () => {
    const later = makePermission({ id: 'later', recordedAt: new Date('2026-03-01T00:00:00Z') });
    const withdrawn = { ...later, withdrawnAt: new Date('2026-04-01T00:00:00Z') };
    const naming = async (permission: string, ...recorded: ReturnType<typeof makePermission>[]) =>
      (await gather([need('needs')], async () => recorded, { permission }))['needs'];

    it('are that one alone', async () => {
      expect(await naming('a-permission', given, later)).toMatchObject({
        state: 'given',
        permissions: [{ id: 'a-permission', revision: 0 }],
      });
      expect(await naming('later', given, later)).toMatchObject({
        state: 'given',
        permissions: [{ id: 'later', revision: 0 }],
      });
      expect(await naming('another', given, later)).toMatchObject({ state: 'none', permissions: [] });
    });

    it('are none where a later one was withdrawn: an earlier yes does not go behind a later no', async () => {
      expect(await naming('a-permission', given, withdrawn)).toMatchObject({ state: 'withdrawn', permissions: [] });
      expect(await naming('later', given, withdrawn)).toMatchObject({ state: 'withdrawn', permissions: [] });
    });
  });
});
