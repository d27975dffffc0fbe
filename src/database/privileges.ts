/**
 * What the application's role may do to each table, and nothing else.
 *
 * INVARIANT: 7. The tables of the disclosure log grant no UPDATE, DELETE or TRUNCATE, so that not even the gateway can
 * rewrite it. The lock row can be locked (which PostgreSQL counts as an update of a column) and holds nothing.
 */
export const APPLICATION_PRIVILEGES: Readonly<Record<string, string>> = {
  register_revision: 'SELECT, UPDATE',
  agencies: 'SELECT, INSERT, UPDATE, DELETE',
  systems: 'SELECT, INSERT, UPDATE, DELETE',
  officers: 'SELECT, INSERT, UPDATE, DELETE',
  data_services: 'SELECT, INSERT, UPDATE, DELETE',
  agreements: 'SELECT, INSERT',
  agreement_steps: 'SELECT, INSERT',
  permissions: 'SELECT, INSERT, UPDATE (withdrawn_at, superseded_by, revision)',
  permission_uses: 'SELECT, INSERT',
  withdrawal_acknowledgements: 'SELECT, INSERT',
  sharing_statements: 'SELECT, INSERT, UPDATE (lifted_at, change_number)',
  idempotency_keys: 'SELECT, INSERT',
  override_reviews: 'SELECT, INSERT',
  override_review_answers: 'SELECT, INSERT',
  alerts:
    'SELECT, INSERT, UPDATE (status, investigated_by, investigated_at, closed_by, closed_at, outcome, reference), DELETE',
  alert_deliveries: 'SELECT, INSERT, UPDATE (attempts, next_at, delivered_at, dead_at)',
  alert_counts: 'SELECT, INSERT, UPDATE (lookups, refusals, first_index, last_index), DELETE',
  alert_positions: 'SELECT, UPDATE (log_index)',
  used_proofs: 'SELECT, INSERT, DELETE',
  authorization_records: 'SELECT, INSERT, UPDATE, DELETE',
  console_sessions: 'SELECT, INSERT, UPDATE (expires_at), DELETE',
  policy_versions: 'SELECT, INSERT',
  decision_facts: 'SELECT, INSERT',
  legal_holds: 'SELECT, INSERT, UPDATE (lifted_at, lifted_by)',
  erasure_orders: 'SELECT, INSERT, UPDATE (confirmed_at, confirmed_by)',
  budget_uses: 'SELECT, INSERT, UPDATE (began_at, used)',
  log_lock: 'SELECT, UPDATE (only_row)',
  log_entries: 'SELECT, INSERT',
  log_bodies: 'SELECT, INSERT',
  log_nodes: 'SELECT, INSERT',
  log_checkpoints: 'SELECT, INSERT',
  log_cosignatures: 'SELECT, INSERT',
  log_time_stamps: 'SELECT, INSERT',
  log_verifications: 'SELECT, INSERT',
  witnessed_logs: 'SELECT, INSERT, UPDATE (tree_size, root_hash, note, cosigned_at)',
  disclosures: 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE',
  subject_access_reports: 'SELECT, INSERT, DELETE, TRUNCATE',
  disclosures_progress: 'SELECT, UPDATE (next_index)',
  migrations: 'SELECT',
};

/**
 * The functions that the application's role may call. `erase_log_bodies` runs with the rights of the owner: it deletes bodies
 * of the log, and only those that an entry of the same transaction says are erased, and that no legal hold keeps.
 */
export const APPLICATION_FUNCTIONS = ['held_log_bodies(bigint[])', 'erase_log_bodies(bigint)'];

/** The tables that nobody may change once written. */
export const APPEND_ONLY_TABLES = [
  'log_entries',
  'log_bodies',
  'log_nodes',
  'log_checkpoints',
  'log_cosignatures',
  'log_time_stamps',
  'log_verifications',
  'policy_versions',
  'decision_facts',
  'agreements',
  'agreement_steps',
  'override_reviews',
  'override_review_answers',
];
