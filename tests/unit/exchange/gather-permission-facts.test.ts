import { Problem } from '../../../src/api-contract/index.js';
import { gatherPermissionFacts, type ItemNeed } from '../../../src/exchange/gather-permission-facts.js';
import type { SharingStatement } from '../../../src/statements/index.js';
import { makeDisclosureRequest } from '../../support/disclosure-request.js';
import { makeBestInterestsDecision } from '../../support/statement.js';
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

const gather = async (
  needs: ItemNeed[],
  recorded: Parameters<typeof gatherPermissionFacts>[2],
  change = {},
  statements: readonly SharingStatement[] = [],
) => Object.fromEntries(await gatherPermissionFacts(needs, makeDisclosureRequest(change), recorded, statements, AT));

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

  it('are not taken to be missing where they cannot be read in time: nothing is decided then', async () => {
    const late = () => Promise.reject(new Problem('STORE_UNAVAILABLE'));
    await expect(gather([need('needs'), need('coordinator', [])], late)).rejects.toThrow(
      new Problem('STORE_UNAVAILABLE'),
    );
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

  describe('where a best-interests decision to share stands', () => {
    const decision = makeBestInterestsDecision();
    const stateOf = async (kinds: ItemNeed['kinds'], ...recorded: ReturnType<typeof makePermission>[]) =>
      (await gather([need('needs', kinds)], async () => recorded, {}, [decision]))['needs'];

    it('are given by it under the duty of confidence, where nobody who may answer has', async () => {
      expect(await stateOf(['confidentiality'])).toEqual({
        required: ['confidentiality'],
        state: 'given',
        permissions: [],
        inBestInterests: decision,
      });
      const ended = makePermission({ validUntil: new Date('2026-02-01T00:00:00Z') });
      expect(await stateOf(['confidentiality'], ended)).toMatchObject({ state: 'given', inBestInterests: decision });
    });

    it.each(['uk-gdpr-consent', 'statutory-agreement', 'service-choice'] as const)(
      'are not given of the kind %s',
      async (kind) => {
        expect(await stateOf([kind])).toEqual({ required: [kind], state: 'none', permissions: [] });
        expect((await stateOf(['confidentiality', kind]))?.state).toBe('none');
      },
    );

    it.each<[string, Parameters<typeof makePermission>[0], string]>([
      ['refused', { answer: 'refused', validUntil: null }, 'refused'],
      ['withdrew', { withdrawnAt: new Date('2026-02-01T00:00:00Z') }, 'withdrawn'],
    ])('are not given behind the back of somebody who %s', async (_what, change, state) => {
      expect(await stateOf(['confidentiality'], makePermission(change))).toMatchObject({ state });
    });

    it('rest on the person’s own yes where there is one', async () => {
      expect(await stateOf(['confidentiality'], given)).toEqual({
        required: ['confidentiality'],
        state: 'given',
        permissions: [{ id: 'a-permission', revision: 0 }],
      });
    });
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
