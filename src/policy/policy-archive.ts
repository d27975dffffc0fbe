import type { DataSource } from 'typeorm';
import type { Clock } from '../config/index.js';
import type { PolicySet } from './policy-set.js';

/** Keeps what decides, under its version, so that any past decision can be made again. Idempotent. */
export async function archivePolicies(dataSource: DataSource, policies: PolicySet, clock: Clock): Promise<void> {
  await dataSource.query(
    'INSERT INTO policy_versions (hash, content, first_used_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    [policies.version, JSON.stringify(policies.files), clock.now()],
  );
}
