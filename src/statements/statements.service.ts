import { Inject, Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { DataSource } from 'typeorm';
import { Problem } from '../api-contract/index.js';
import { DisclosureLog, type LogEntry } from '../disclosure-log/index.js';
import { GATEWAY_KEYS, type GatewayKeys } from '../keys/index.js';
import { fromStore, Recording, withDeadline, type PermissionCaller } from '../permissions/index.js';
import { subjectHandle } from '../subject-handles/index.js';
import { readSubject, type SubjectBody } from '../subject-handles/subject-body.js';
import { ConcernedHandles, type StatementsSeen } from './concerned-handles.js';
import { refuseWhatMustNotBeStored } from './refuse-statement.js';
import type { SharingStatement, StatementContent, StatementKind } from './statement.js';

/** The statements recorded of a person, and as of which change. */
export interface StatementsRead extends StatementsSeen {
  readonly statements: readonly SharingStatement[];
}

/** How often a replica reads what has changed, milliseconds. What it has not read yet is found under the log's lock. */
const POLL_EVERY_MS = 1_000;

/** Records and lifts statements about sharing, each in one transaction with its entry in the disclosure log. */
@Injectable()
export class StatementsService implements OnModuleInit, OnModuleDestroy {
  private readonly recording: Recording;
  private readonly concerned: ConcernedHandles;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly log: DisclosureLog,
    @Inject(GATEWAY_KEYS) private readonly keys: GatewayKeys,
  ) {
    this.recording = new Recording(dataSource, log, keys);
    this.concerned = new ConcernedHandles(dataSource);
  }

  async onModuleInit(): Promise<void> {
    await this.concerned.catchUp();
    this.timer = setInterval(() => void this.concerned.catchUp().catch(() => undefined), POLL_EVERY_MS).unref();
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }

  /**
   * Records a statement against handles of the person. INVARIANT: 6. It binds like a withdrawal: whatever was decided about
   * this person without it is not recorded after it.
   * @throws Problem REQUEST_INVALID, IDENTIFIER_INVALID, IDEMPOTENCY_KEY_REUSED, LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async record(
    caller: PermissionCaller,
    subject: SubjectBody,
    content: StatementContent,
    idempotencyKey: string | undefined,
  ): Promise<SharingStatement> {
    const recordedAt = this.log.clock.now();
    refuseWhatMustNotBeStored(content, recordedAt);
    const subjectHandles = readSubject(subject).map((identifier) =>
      subjectHandle(this.keys.subjectHandle, caller.agency, identifier),
    );
    const { kind, purpose, recipients, items, says, reason, decision, validUntil } = content;
    const id = uuid();
    const entry = statementEntry('statement-recorded', { id, kind, says, subjectHandles }, caller, recordedAt);
    const json = decision && JSON.stringify(decision);
    const values = [id, kind, caller.agency, caller.system, subjectHandles, purpose, recipients, items, says, reason];
    return await this.recording.once(
      { caller, body: { subject, content }, idempotencyKey, id },
      ({ key, request }) => ({
        entry,
        change: { sql: INSERT_ONCE, values: [...values, json, validUntil, recordedAt, key, request] },
      }),
      (found) => this.find(caller, kind, found),
    );
  }

  /** @throws Problem NOT_FOUND when there is none of this kind, or when another agency recorded it; STORE_UNAVAILABLE */
  async find(caller: PermissionCaller, kind: StatementKind, id: string): Promise<SharingStatement> {
    const [found] = await fromStore(() =>
      this.dataSource.query<SharingStatement[]>(`${SELECT} WHERE id = $1 AND recorded_by = $2 AND kind = $3`, [
        id,
        caller.agency,
        kind,
      ]),
    );
    if (!found) throw new Problem('NOT_FOUND');
    return found;
  }

  /**
   * Lifts a statement; lifting it again changes nothing. Whoever decided with it decides again.
   * @throws Problem NOT_FOUND, LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async lift(caller: PermissionCaller, kind: StatementKind, id: string): Promise<SharingStatement> {
    const statement = await this.find(caller, kind, id);
    if (statement.liftedAt) return statement;
    const now = this.log.clock.now();
    await this.recording.change(statementEntry('statement-lifted', statement, caller, now), {
      sql: LIFT,
      values: [id, now, caller.agency],
    });
    return await this.find(caller, kind, id);
  }

  /**
   * What was recorded of a person, by handles in the views of the agencies whose word counts. Asks the database only about
   * people of whom something was.
   * @throws Problem STORE_UNAVAILABLE when it cannot be read in time: nobody can say then that nothing stands against it
   */
  async recordedOf(handles: readonly string[], deadlineMs: number): Promise<StatementsRead> {
    const { seen } = this.concerned;
    if (!this.concerned.includesAny(handles)) return { statements: [], seen, handles };
    const query = this.dataSource.query<(SharingStatement & { changeNumber: string })[]>(
      `${SELECT} WHERE subject_handles && $1::text[]`,
      [handles],
    );
    const statements = await fromStore(() => withDeadline(query, deadlineMs));
    // What was read may be newer than what this replica has caught up with.
    return { statements, seen: Math.max(seen, ...statements.map(({ changeNumber }) => Number(changeNumber))), handles };
  }

  /** Reads what has changed since. @throws Problem STORE_UNAVAILABLE */
  async catchUp(): Promise<void> {
    await fromStore(() => this.concerned.catchUp());
  }
}

const SELECT = `
  SELECT id, kind, recorded_by AS "recordedBy", subject_handles AS "subjectHandles", purpose, recipients, items, says, reason,
    decision, valid_until AS "validUntil", recorded_at AS "recordedAt", lifted_at AS "liftedAt",
    change_number AS "changeNumber"
  FROM sharing_statements`;

/** Changes are numbered in the order of the log: each is made under its lock, which keeps two from having one number. */
const NEXT_NUMBER = '(SELECT coalesce(max(change_number), 0) + 1 FROM sharing_statements)';

const INSERT_ONCE = `
  WITH first AS (
    INSERT INTO idempotency_keys (system, key_hash, request_hash, resource_id, created_at)
    VALUES ($4, $14, $15, $1, $13) ON CONFLICT DO NOTHING RETURNING resource_id
  )
  INSERT INTO sharing_statements (id, kind, recorded_by, recorded_by_system, subject_handles, purpose, recipients, items, says,
    reason, decision, valid_until, recorded_at, change_number)
  SELECT resource_id, $2, $3, $4, $5::text[], $6, $7::text[], $8::text[], $9, $10, $11::jsonb, $12::timestamptz,
    $13::timestamptz, ${NEXT_NUMBER} FROM first`;

const LIFT = `
  UPDATE sharing_statements SET lifted_at = $2, change_number = ${NEXT_NUMBER}
  WHERE id = $1 AND recorded_by = $3 AND lifted_at IS NULL`;

function statementEntry(
  kind: 'statement-recorded' | 'statement-lifted',
  statement: Pick<SharingStatement, 'id' | 'kind' | 'says' | 'subjectHandles'>,
  { agency, system }: PermissionCaller,
  at: Date,
): LogEntry {
  return {
    claims: {
      kind,
      at: at.toISOString(),
      statement: statement.id,
      statementKind: statement.kind,
      says: statement.says,
      recordedBy: { agency, system },
    },
    detail: { subjectHandles: statement.subjectHandles },
  };
}
