import fc from 'fast-check';
import { isWithin, readTilePath, tilePath, type Tile } from '../../../src/disclosure-log/tree/tile.js';

describe('the path of a tile (C2SP tlog-tiles)', () => {
  it.each<[string, Tile]>([
    ['0/000', { level: 0, index: 0, width: 256 }],
    ['0/000.p/1', { level: 0, index: 0, width: 1 }],
    ['0/x001/x234/067', { level: 0, index: 1_234_067, width: 256 }],
    ['1/x001/000.p/255', { level: 1, index: 1000, width: 255 }],
    ['63/999', { level: 63, index: 999, width: 256 }],
  ])('%s is read and written', (path, tile) => {
    expect(readTilePath(path)).toEqual(tile);
    expect(tilePath(tile)).toBe(path);
  });

  it.each([
    '',
    '0',
    '0/',
    '0/0',
    '0/0000',
    '00/000',
    '01/000',
    '64/000',
    '-1/000',
    '0/x000/067',
    '0/001/067',
    '0/x001/x067',
    '0/x001/x234/x067',
    '0/x001//067',
    '0/000.p/0',
    '0/000.p/01',
    '0/000.p/256',
    '0/000.p/999',
    '0/000.p/',
    '0/000.p',
    '0/000/',
    '/0/000',
    '0/000\n',
    '0/000.p/1/2',
    'entries/000',
    'data/000',
    '0/x999/x999/x999/x999/x999/999',
    '0/x999/x999/x999/x999/x999/x999/x999/x999/999',
    '0/..',
    '0/000%00',
    '٠/000',
    '0/٠٠٠',
  ])('%j is none', (path) => {
    expect(readTilePath(path)).toBeUndefined();
  });

  it('is one for each tile, and no other path stands for it', () => {
    const tiles = fc.record({ level: fc.nat(63), index: fc.nat(2 ** 31 - 1), width: fc.integer({ min: 1, max: 256 }) });
    fc.assert(fc.property(tiles, (tile) => expect(readTilePath(tilePath(tile))).toEqual(tile)));
  });
});

describe('the tiles of a tree', () => {
  it('are, for 70,000 entries, those that the specification names', () => {
    const within = (level: number, index: number, width = 256): boolean => isWithin({ level, index, width }, 70_000);
    expect([within(0, 272), within(0, 273, 112), within(0, 273, 113), within(0, 273), within(0, 274, 1)]).toEqual([
      true,
      true,
      false,
      false,
      false,
    ]);
    expect([within(1, 0), within(1, 1, 17), within(1, 1, 18), within(2, 0, 1), within(2, 0, 2)]).toEqual([
      true,
      true,
      false,
      true,
      false,
    ]);
    expect([within(3, 0, 1), within(63, 0, 1)]).toEqual([false, false]);
  });

  it('are none while it is empty, and one of each level at a power of 256', () => {
    expect(isWithin({ level: 0, index: 0, width: 1 }, 0)).toBe(false);
    expect(isWithin({ level: 0, index: 0, width: 256 }, 256)).toBe(true);
    expect(isWithin({ level: 1, index: 0, width: 1 }, 256)).toBe(true);
    expect(isWithin({ level: 1, index: 0, width: 1 }, 255)).toBe(false);
  });
});
