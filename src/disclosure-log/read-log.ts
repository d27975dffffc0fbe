import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { NoteKey } from './tree/checkpoint.js';
import type { LogEntry } from './entries/entry.js';
import { consistencyPath, inclusionPath, rootOfPeaks, type NodePosition } from './tree/merkle-tree.js';
import { readPublishedCheckpoint, type PublishedCheckpoint } from './published-checkpoint.js';
import { Recorded } from './recorded.js';
import { isWithin, nodesOfTile, TILE_HEIGHT, type Tile } from './tree/tile.js';
import { LogDamaged, NEWEST_CHECKPOINT, readNodes, type Query, type StoredCheckpoint } from './tree-state.js';
import { verifyEntriesOf, type EntriesVerification } from './verification/verify-entries.js';

/** Where an entry stands in the tree that a checkpoint signs. */
export interface InclusionProof {
  readonly kind: string;
  readonly index: number;
  readonly leafHash: Buffer;
  /** Leaf upwards (RFC 6962 section 2.1.1). */
  readonly proof: readonly Buffer[];
  /** C2SP signed note. */
  readonly checkpoint: string;
}

/** That the log of `to` entries begins with the log of `from`. */
export interface ConsistencyProof {
  readonly from: number;
  readonly to: number;
  /** RFC 6962 section 2.1.2, in its order. */
  readonly proof: readonly Buffer[];
}

interface StoredEntry {
  readonly log_index: string;
  readonly leaf_hash: Buffer;
  readonly claims: string;
  readonly detail: string;
  readonly salt: Buffer;
}

/** The read side of the disclosure log: hashes, checkpoints, and what an agency recorded itself. */
@Injectable()
export class LogReader {
  constructor(private readonly dataSource: DataSource) {}

  /** The newest checkpoint, or `undefined` for a log without entries. */
  async checkpoint(): Promise<{ size: number; note: string } | undefined> {
    const [row] = await this.query<{ tree_size: string; note: string }>(
      'SELECT tree_size, note FROM log_checkpoints ORDER BY tree_size DESC LIMIT 1',
    );
    return row && { size: Number(row.tree_size), note: row.note };
  }

  /** The checkpoint that readers are given, with its cosignatures: see {@link readPublishedCheckpoint}. */
  async published(quorum: number, at: Date): Promise<PublishedCheckpoint | undefined> {
    return await readPublishedCheckpoint(this.query, quorum, at);
  }

  /**
   * Proof that the entry at `index` is in the tree of the newest checkpoint; `undefined` when there is no such entry, or
   * when the agency was neither its requester nor its supplier: the two look the same.
   */
  async prove(index: number, agency: string): Promise<InclusionProof | undefined> {
    // INVARIANT: 8. One query finds the entry as the agency may see it, or nothing.
    const [entry] = await this.query<{ kind: string; leaf_hash: Buffer }>(
      'SELECT kind, leaf_hash FROM log_entries WHERE log_index = $1 AND (requester_agency = $2 OR supplier_agency = $2)',
      [index, agency],
    );
    const newest = await this.checkpoint();
    if (!entry || !newest || index >= newest.size) return undefined;
    const proof = await this.hashesAlong(inclusionPath(index, newest.size));
    return { kind: entry.kind, index, leafHash: entry.leaf_hash, proof, checkpoint: newest.note };
  }

  /**
   * Proof that the tree of the first `to` entries begins with that of the first `from` (RFC 6962 section 2.1.2);
   * `undefined` when no signed checkpoint covers `to` entries.
   *
   * @param from 0 to `to`
   * @param to the newest checkpoint's size unless given
   */
  async proveConsistency(from: number, to?: number): Promise<ConsistencyProof | undefined> {
    const size = (await this.checkpoint())?.size ?? 0;
    const until = to ?? size;
    if (until > size || from > until) return undefined;
    return { from, to: until, proof: await this.hashesAlong(consistencyPath(from, until)) };
  }

  /** The hashes of a tile, one after the other; `undefined` when no signed checkpoint covers all of them. */
  async tile(tile: Tile): Promise<Buffer | undefined> {
    const newest = await this.checkpoint();
    if (!newest || !isWithin(tile, newest.size)) return undefined;
    const { from, to } = nodesOfTile(tile);
    const [row] = await this.query<{ hashes: Buffer | null }>(
      tile.level === 0
        ? `SELECT string_agg(leaf_hash, ''::bytea ORDER BY log_index) AS hashes
           FROM log_entries WHERE log_index >= $1 AND log_index < $2 AND $3::int = 0`
        : `SELECT string_agg(hash, ''::bytea ORDER BY node_index) AS hashes
           FROM log_nodes WHERE node_index >= $1 AND node_index < $2 AND level = $3`,
      [from, to, tile.level * TILE_HEIGHT],
    );
    if (row?.hashes?.length !== tile.width * 32) throw new LogDamaged('a node of the tree is missing');
    return row.hashes;
  }

  /**
   * An entry of a kind by the id that it is found by, with its proof in the tree of the newest checkpoint; `undefined` when
   * there is none, when its body was erased, or when the agency was neither its requester nor its supplier.
   */
  async find(exchangeId: string, kind: LogEntry['claims']['kind'], agency: string): Promise<Recorded | undefined> {
    const [row] = await this.query<StoredEntry>(
      `SELECT log_index, leaf_hash, claims, detail, salt FROM log_entries JOIN log_bodies USING (log_index)
       WHERE exchange_id = $1 AND kind = $2 AND (requester_agency = $3 OR supplier_agency = $3)
       ORDER BY log_index LIMIT 1`,
      [exchangeId, kind, agency],
    );
    const [newest] = await this.query<StoredCheckpoint>(NEWEST_CHECKPOINT);
    if (!row || !newest) return undefined;
    const { leaf_hash: leafHash, claims, detail, salt } = row;
    const [index, size] = [Number(row.log_index), Number(newest.tree_size)];
    const path = inclusionPath(index, size).flat();
    const hashes = await readNodes(this.query, path);
    const known = new Map(path.map(({ level, index: at }, place) => [`${level}/${at}`, hashes[place]!]));
    return new Recorded(index, leafHash, { claims, detail }, salt, size, newest.root_hash, newest.note, (node) => {
      return known.get(`${node.level}/${node.index}`)!;
    });
  }

  /** Verifies the entries of an exchange as of one instant. @see verifyEntriesOf */
  async verify(exchangeId: string, agency: string, key: NoteKey): Promise<EntriesVerification | undefined> {
    return await this.dataSource.transaction('REPEATABLE READ', async (manager) => {
      const query: Query = async <Row>(sql: string, values?: unknown[]) => (await manager.query(sql, values)) as Row[];
      return await verifyEntriesOf(query, key, { exchangeId, agency });
    });
  }

  private async hashesAlong(path: readonly (readonly NodePosition[])[]): Promise<Buffer[]> {
    const nodes = await readNodes(this.query, path.flat());
    let next = 0;
    return path.map((peaks) => rootOfPeaks(peaks.map(() => nodes[next++]!)));
  }

  private readonly query: Query = async <Row>(sql: string, values?: unknown[]) =>
    (await this.dataSource.query(sql, values)) as Row[];
}
