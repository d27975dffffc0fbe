/** Hashes side by side in a full tile; a tile stands for a subtree of eight levels. C2SP `tlog-tiles`. */
const FULL = 256;
/** Levels of the tree that a level of tiles stands for. */
export const TILE_HEIGHT = 8;
const HIGHEST_LEVEL = 63;

/** A piece of the tree: `width` hashes of tree level `8 * level`, from node `256 * index` on. */
export interface Tile {
  /** 0 to 63; level 0 has the leaf hashes. */
  readonly level: number;
  readonly index: number;
  /** 1 to 256; less than 256 in a partial tile. */
  readonly width: number;
}

export const isFull = ({ width }: Tile): boolean => width === FULL;

/** The nodes of a tile, at tree level `8 * level`: `from` (inclusive) to `to` (exclusive). */
export const nodesOfTile = ({ index, width }: Tile): { readonly from: number; readonly to: number } => ({
  from: index * FULL,
  to: index * FULL + width,
});

/** Whether a tree of `size` leaves has every hash of the tile. */
export const isWithin = (tile: Tile, size: number): boolean =>
  nodesOfTile(tile).to <= Math.floor(size / FULL ** tile.level);

/**
 * Reads `<L>/<N>` or `<L>/<N>.p/<W>` of C2SP `tlog-tiles`, e.g. `0/x001/x234/067.p/8`; `undefined` for anything else. Each
 * tile has one path.
 */
export function readTilePath(path: string): Tile | undefined {
  const [, level, index, width] = /^(0|[1-9]\d?)\/((?:x\d{3}\/){0,4}\d{3})(?:\.p\/([1-9]\d{0,2}))?$/.exec(path) ?? [];
  if (level === undefined || index === undefined || Number(level) > HIGHEST_LEVEL || Number(width) >= FULL) {
    return undefined;
  }
  const tile = {
    level: Number(level),
    index: Number(index.replaceAll(/\D/g, '')),
    width: width === undefined ? FULL : Number(width),
  };
  return Number.isSafeInteger(nodesOfTile(tile).to) && tilePath(tile) === path ? tile : undefined;
}

/** The path of a tile below `tile/`. */
export function tilePath({ level, index, width }: Tile): string {
  const digits = String(index);
  const groups = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? [];
  const last = groups.length - 1;
  const path = groups.map((group, place) => (place < last ? `x${group}` : group)).join('/');
  return `${level}/${path}${width < FULL ? `.p/${width}` : ''}`;
}
