import { Problem } from '../../../src/api-contract/index.js';
import { cursorAfter, readNoticeSearch } from '../../../src/withdrawal-notices/notice-search.js';

const PLACE = { endedAt: new Date('2026-11-22T09:00:00.123Z'), id: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f' };

const pointersOf = (query: Record<string, unknown>): readonly string[] => {
  try {
    readNoticeSearch(query);
    return [];
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return error.details.pointers ?? [];
  }
};

describe('what notices a caller looks for', () => {
  it('are the first fifty that it has not taken note of, unless it says otherwise', () => {
    expect(readNoticeSearch({})).toEqual({ acknowledged: false, limit: 50, after: undefined });
    expect(readNoticeSearch({ acknowledged: 'true', limit: '100', after: cursorAfter(PLACE) })).toEqual({
      acknowledged: true,
      limit: 100,
      after: PLACE,
    });
  });

  it.each<[string, Record<string, unknown>]>([
    ['/limit', { limit: '0' }],
    ['/limit', { limit: '101' }],
    ['/limit', { limit: ['5', '6'] }],
    ['/acknowledged', { acknowledged: 'yes' }],
    ['/acknowledged', { acknowledged: ['true', 'true'] }],
    ['/after', { after: '' }],
    ['/after', { after: 'anything' }],
    [
      '/after',
      { after: Buffer.from('2026-99-99T09:00:00Z 0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f').toString('base64url') },
    ],
    ['/after', { after: Buffer.from('2026-11-22T09:00:00Z somebody').toString('base64url') }],
    ['/cursor', { cursor: cursorAfter(PLACE) }],
  ])('refuses what it does not know: %s', (pointer, query) => {
    expect(pointersOf(query)).toEqual([pointer]);
  });
});
