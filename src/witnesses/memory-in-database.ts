import type { DataSource } from 'typeorm';
import type { Cosigned } from './add-checkpoint.js';
import type { NewlyCosigned, WitnessMemory } from './witness.js';

/** The memory of a gateway that is a witness: shared by its replicas, and ordered by the row of each log. */
export class MemoryInDatabase implements WitnessMemory {
  constructor(private readonly dataSource: DataSource) {}

  async latest(origin: string): Promise<Cosigned | undefined> {
    const [row] = await this.dataSource.query<{ tree_size: string; root_hash: Buffer }[]>(
      'SELECT tree_size, root_hash FROM witnessed_logs WHERE origin = $1',
      [origin],
    );
    return row && { size: Number(row.tree_size), root: row.root_hash };
  }

  async moveOn(origin: string, from: Cosigned | undefined, to: NewlyCosigned): Promise<boolean> {
    return await this.dataSource.transaction(async (manager) => {
      // On disk before anything is signed, whatever the server's own default is.
      await manager.query("SELECT set_config('synchronous_commit', 'on', true)");
      const values = [origin, to.size, to.root, to.note, to.at];
      const moved = from
        ? await manager.query<unknown[]>(MOVE_ON, [...values, from.size, from.root])
        : await manager.query<unknown[]>(BEGIN, values);
      return moved.length === 1;
    });
  }
}

const BEGIN = `INSERT INTO witnessed_logs (origin, tree_size, root_hash, note, cosigned_at)
  VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING 1`;

const MOVE_ON = `WITH moved AS (
    UPDATE witnessed_logs SET tree_size = $2, root_hash = $3, note = $4, cosigned_at = $5
    WHERE origin = $1 AND tree_size = $6 AND root_hash = $7 RETURNING 1
  ) SELECT * FROM moved`;
