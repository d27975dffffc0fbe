import { inflateSync } from 'node:zlib';

/** Bytes of the headers and of a table's entry in each (W3C WOFF 1.0; OpenType). */
const WOFF = { header: 44, entry: 20 } as const;
const SFNT = { header: 12, entry: 16 } as const;

/**
 * A font as OpenType, from WOFF 1.0, which packs each table by itself. `pdfkit` reads WOFF too, but unpacks a table again for
 * each letter.
 *
 * Does NOT check that the file is sound: it is one of the project's own packages.
 */
export function openFont(woff: Buffer): Buffer {
  const count = woff.readUInt16BE(12);
  const tables = Array.from({ length: count }, (_, place) => {
    const at = WOFF.header + place * WOFF.entry;
    const [offset, packed, length] = [4, 8, 12].map((field) => woff.readUInt32BE(at + field)) as [
      number,
      number,
      number,
    ];
    const stored = woff.subarray(offset, offset + packed);
    return {
      tag: woff.subarray(at, at + 4),
      checksum: woff.subarray(at + 16, at + 20),
      data: packed < length ? inflateSync(stored) : stored,
    };
  });
  const largest = 2 ** Math.floor(Math.log2(count));
  const header = Buffer.alloc(SFNT.header + count * SFNT.entry);
  woff.copy(header, 0, 4, 8);
  [count, largest * 16, Math.log2(largest), (count - largest) * 16].forEach((value, place) =>
    header.writeUInt16BE(value, 4 + place * 2),
  );
  const parts: Uint8Array[] = [header];
  let end = header.length;
  tables.forEach(({ tag, checksum, data }, place) => {
    const at = SFNT.header + place * SFNT.entry;
    tag.copy(header, at);
    checksum.copy(header, at + 4);
    header.writeUInt32BE(end, at + 8);
    header.writeUInt32BE(data.length, at + 12);
    const padding = Buffer.alloc(-data.length & 3);
    parts.push(data, padding);
    end += data.length + padding.length;
  });
  return Buffer.concat(parts);
}
