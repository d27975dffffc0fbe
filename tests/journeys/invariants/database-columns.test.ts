import { createTestDatabase, runAsOwner, type TestDatabase } from '../../support/database.js';

/** Every column: its type, and what it holds. None holds an identifier, name, address, date of birth or item of a person. */
const COLUMNS: Readonly<Record<string, Readonly<Record<string, readonly [type: string, holds: string]>>>> = {
  register_revision: {
    only_row: ['boolean', 'that there is one row'],
    revision: ['bigint', 'a counter'],
  },
  agencies: { id: ['text', 'an agency'], document: ['jsonb', 'a definition, by its schema'] },
  systems: {
    id: ['text', 'a system'],
    agency: ['text', 'an agency'],
    document: ['jsonb', 'a definition, by its schema'],
  },
  officers: {
    id: ['text', 'an officer: the agency’s own id for them'],
    agency: ['text', 'an agency'],
    document: ['jsonb', 'a definition, by its schema, which has no member for a name'],
  },
  data_services: {
    id: ['text', 'a data service'],
    agency: ['text', 'an agency'],
    document: ['jsonb', 'a definition, by its schema'],
  },
  agreements: {
    id: ['text', 'an agreement'],
    version: ['integer', 'its version'],
    hash: ['text', 'its hash'],
    document: ['jsonb', 'an agreement, by its schema'],
    signatures: ['jsonb', 'signatures of agencies over it'],
    applied_at: ['timestamp with time zone', 'when it was applied'],
  },
  agreement_steps: {
    agreement: ['text', 'an agreement'],
    version: ['integer', 'its version'],
    number: ['integer', 'a counter'],
    step: ['text', 'one of a closed list: drafted, proposed, signed ...'],
    hash: ['text', 'its hash'],
    agency: ['text', 'the agency whose officer took the step'],
    officer: ['text', 'an officer: the agency’s own id for them'],
    at: ['timestamp with time zone', 'when it was taken'],
    reason: ['text', 'one of a closed list'],
    signature: ['jsonb', 'a signature of the agency over the agreement'],
    document: ['jsonb', 'an agreement, by its schema'],
  },
  permissions: {
    id: ['uuid', 'the permission'],
    recorded_by: ['text', 'an agency'],
    recorded_by_system: ['text', 'a system'],
    kind: ['text', 'one of four kinds'],
    purpose: ['text', 'a purpose code'],
    recipients: ['text[]', 'agencies'],
    items: ['text[]', 'names of data items'],
    given_by: ['text', 'one of a closed list: self, attorney ...'],
    capacity: ['text', 'one of a closed list'],
    method: ['text', 'one of a closed list'],
    wording_version: ['text', 'which wording the person was shown'],
    language: ['text', 'a code of the language of that wording'],
    asked_by: ['jsonb', 'the member of staff who asked: the agency’s own id for them, and their role'],
    valid_from: ['timestamp with time zone', 'when it begins'],
    valid_until: ['timestamp with time zone', 'when it ends'],
    subject_handles: ['text[]', 'keyed hashes, in the view of the agency that recorded it'],
    recorded_at: ['timestamp with time zone', 'when it was recorded'],
    withdrawn_at: ['timestamp with time zone', 'when it was withdrawn'],
    answer: ['text', 'one of a closed list: given, refused'],
    superseded_by: ['uuid', 'a later permission'],
    revision: ['integer', 'how often something was said about the same since'],
    capacity_statement: ['jsonb', 'one of two findings, who assessed by staff id and role, and the day'],
  },
  console_sessions: {
    id_hash: ['bytea', 'SHA-256 of a random id'],
    officer: ['text', 'an officer: the agency’s own id for them'],
    account_hash: ['bytea', 'SHA-256 of the account at the identity provider'],
    provider_session_hash: ['bytea', 'SHA-256 of the id of the provider’s session'],
    ends_at: ['timestamp with time zone', 'when it ends at the latest'],
    expires_at: ['timestamp with time zone', 'when it ends unless it is used'],
  },
  permission_uses: {
    permission: ['uuid', 'a permission'],
    exchange_id: ['uuid', 'an exchange that relied on it'],
    recipient: ['text', 'an agency'],
    supplier: ['text', 'an agency'],
    data_service: ['text', 'a data service'],
    disclosed_at: ['timestamp with time zone', 'when it was disclosed'],
  },
  withdrawal_acknowledgements: {
    recipient: ['text', 'an agency'],
    notice: ['uuid', 'a permission that was withdrawn, or a refusal'],
    acknowledged_at: ['timestamp with time zone', 'when the agency took note'],
  },
  sharing_statements: {
    id: ['uuid', 'the statement'],
    kind: ['text', 'one of four kinds'],
    recorded_by: ['text', 'an agency'],
    recorded_by_system: ['text', 'a system'],
    subject_handles: ['text[]', 'keyed hashes, in the view of the agency that recorded it'],
    purpose: ['text', 'a purpose code'],
    recipients: ['text[]', 'agencies'],
    items: ['text[]', 'names of data items'],
    says: ['text', 'one of a closed list: share, do-not-share'],
    reason: ['text', 'one of a closed list'],
    decision: ['jsonb', 'who decided, by staff id and role; roles consulted; what was found of capacity'],
    valid_until: ['timestamp with time zone', 'when it ends'],
    recorded_at: ['timestamp with time zone', 'when it was recorded'],
    lifted_at: ['timestamp with time zone', 'when it was lifted'],
    change_number: ['bigint', 'a counter'],
  },
  idempotency_keys: {
    system: ['text', 'a system'],
    key_hash: ['bytea', 'a keyed hash of the Idempotency-Key'],
    request_hash: ['bytea', 'a keyed hash of the request'],
    resource_id: ['uuid', 'a permission'],
    created_at: ['timestamp with time zone', 'when it was recorded'],
  },
  override_reviews: {
    id: ['uuid', 'the review'],
    exchange_id: ['uuid', 'an exchange'],
    requester_agency: ['text', 'an agency'],
    supplier_agency: ['text', 'an agency'],
    opened_at: ['timestamp with time zone', 'when the disclosure was decided on'],
    due_at: ['timestamp with time zone', 'by when both agencies answer'],
  },
  override_review_answers: {
    review_id: ['uuid', 'a review'],
    agency: ['text', 'an agency'],
    concludes: ['boolean', 'whether the agency has no more to say'],
    outcome: ['text', 'one of a closed list'],
    measures: ['text[]', 'each one of a closed list'],
    answered_at: ['timestamp with time zone', 'when the agency answered'],
  },
  used_proofs: {
    proof_hash: ['bytea', 'a hash of a proof’s key and random id'],
    expires_at: ['timestamp with time zone', 'when it may be forgotten'],
  },
  authorization_records: {
    kind: ['text', 'one of a closed list'],
    id: ['text', 'a hash of a random id'],
    payload: ['jsonb', 'nothing: an empty object'],
    consumed_at: ['timestamp with time zone', 'when it was used'],
    expires_at: ['timestamp with time zone', 'when it may be forgotten'],
  },
  policy_versions: {
    hash: ['text', 'a content hash'],
    content: ['jsonb', 'policies, legal bases and purposes as files'],
    first_used_at: ['timestamp with time zone', 'when it first decided'],
  },
  decision_facts: {
    hash: ['text', 'a content hash'],
    content: ['text', 'the facts of a decision, which name no person; the canary test looks into it'],
    first_used_at: ['timestamp with time zone', 'when a decision was first made on them'],
  },
  budget_uses: {
    agreement: ['text', 'an agreement'],
    leg: ['text', 'a leg of it'],
    system: ['text', 'a system'],
    period: ['text', 'one of a closed list: hour, day'],
    began_at: ['timestamp with time zone', 'when the hour or day began'],
    used: ['bigint', 'a counter'],
  },
  log_lock: { only_row: ['boolean', 'that there is one row'] },
  log_entries: {
    log_index: ['bigint', 'the place in the log'],
    kind: ['text', 'one of a closed list'],
    exchange_id: ['uuid', 'an exchange, or a decision not to share'],
    recorded_at: ['timestamp with time zone', 'when it was recorded'],
    requester_agency: ['text', 'an agency'],
    supplier_agency: ['text', 'an agency'],
    leaf_hash: ['bytea', 'a salted hash'],
  },
  log_bodies: {
    log_index: ['bigint', 'the place in the log'],
    claims: ['text', 'what a receipt says: agencies, items by name, reasons; the canary test looks into it'],
    detail: ['text', 'keyed handles, and the facts that decided; the canary test looks into it'],
    salt: ['bytea', 'random'],
  },
  log_nodes: {
    level: ['smallint', 'a level of the tree'],
    node_index: ['bigint', 'a place on it'],
    hash: ['bytea', 'a hash of hashes'],
  },
  log_checkpoints: {
    tree_size: ['bigint', 'a size of the log'],
    root_hash: ['bytea', 'a hash of hashes'],
    note: ['text', 'a signed checkpoint'],
    signed_at: ['timestamp with time zone', 'when it was signed'],
  },
  migrations: {
    id: ['integer', 'a counter'],
    timestamp: ['bigint', 'the number of a migration'],
    name: ['character varying', 'the name of a migration'],
  },
};

const described = Object.entries(COLUMNS).flatMap(([table, columns]) =>
  Object.entries(columns).map(([column, [type]]) => `${table}.${column}: ${type}`),
);

describe('the columns of the database (invariant 1)', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
  });
  afterAll(async () => database.drop());

  it('are those listed here with what each holds, because citizen data could only be kept in a column that nobody has listed', async () => {
    const rows = await runAsOwner<{ column: string }>(
      database.ownerUrl,
      `SELECT format('%s.%s: %s', CASE WHEN n.nspname = 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END,
         a.attname, format_type(a.atttypid, NULL)) AS column
       FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
       WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped
         AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')`,
    );
    expect(rows.map(({ column }) => column).sort()).toEqual(described.toSorted());
  });

  it('are named for no person: nothing is called after a name, address, birth, number or value of one', () => {
    const suspicious =
      /nhs|nino|uprn|surname|forename|first_name|last_name|address|postcode|birth|dob|phone|email|patient|citizen/;
    expect(described.filter((column) => suspicious.test(column))).toEqual([]);
  });
});
