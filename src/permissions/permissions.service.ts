import { Inject, Injectable } from '@nestjs/common';
import { randomUUIDv7 as uuid } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { CallingOfficer } from '../access/index.js';
import { Problem } from '../api-contract/index.js';
import { poolOf } from '../database/index.js';
import { DisclosureLog, type LogEntry, type PermissionEntry } from '../disclosure-log/index.js';
import { GATEWAY_KEYS, type GatewayKeys } from '../keys/index.js';
import { looksLikePersonIdentifier, subjectHandle, type Identifier } from '../subject-handles/index.js';
import { readSubject } from '../subject-handles/subject-body.js';
import { letsSpeak } from './capacity-statement.js';
import type { PermissionBody } from './permission-body.js';
import { PermissionEntity } from './permission.entity.js';
import { CAPACITIES_OF, type Permission } from './permission.js';
import {
  fromStore,
  Recording,
  withDeadline,
  type PermissionActor,
  type PermissionCaller,
  type Repeat,
} from './recording.js';

/** Longest validity of a permission, years. A choice: what a person agreed to is asked about again by then. */
const LONGEST_VALIDITY_YEARS = 5;
/** Longest that an officer waits for what was recorded of a person, milliseconds. */
const SEARCH_WITHIN_MS = 3_000;

/**
 * Records and withdraws permissions. Each change is committed in one transaction with its entry in the disclosure log, so
 * that neither stands without the other.
 */
@Injectable()
export class PermissionsService {
  private readonly recording: Recording;

  constructor(
    private readonly dataSource: DataSource,
    private readonly log: DisclosureLog,
    @Inject(GATEWAY_KEYS) private readonly keys: GatewayKeys,
  ) {
    this.recording = new Recording(dataSource, log, keys);
  }

  /**
   * Records what a person said, against handles of theirs. INVARIANT: 6. It binds like a withdrawal: whoever relies on an
   * earlier word about any of it decides again. A repeat with the same `idempotencyKey` is answered with what
   * stands now.
   * @throws Problem REQUEST_INVALID, IDENTIFIER_INVALID, IDEMPOTENCY_KEY_REUSED, LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async record(
    caller: PermissionCaller,
    body: PermissionBody,
    idempotencyKey: string | undefined,
  ): Promise<Permission> {
    const now = this.log.clock.now();
    const validFrom = body.validFrom === undefined ? now : new Date(body.validFrom);
    const validUntil = body.validUntil === undefined ? null : new Date(body.validUntil);
    refuseWhatCannotStand(body, { now, validFrom, validUntil });
    const subject = readSubject(body.subject);
    const handlesOf = (agency: string): string[] =>
      subject.map((identifier) => subjectHandle(this.keys.subjectHandle, agency, identifier));
    const subjectHandles = handlesOf(caller.agency);
    // Others may have recorded what the person said before, each in a view of their own.
    const agencies = new Set([caller.agency, ...body.recipients, ...body.items.map(agencyOf)]);
    const id = uuid();
    const entry = permissionEntry(`permission-${body.answer}`, { id, kind: body.kind, subjectHandles }, caller, now);
    const valuesWith = (repeat: Repeat) => [
      id,
      caller.agency,
      caller.system,
      body.kind,
      body.purpose,
      body.recipients,
      body.items,
      body.givenBy,
      body.capacity,
      body.method,
      body.wordingVersion,
      validFrom,
      validUntil,
      subjectHandles,
      now,
      repeat.key,
      repeat.request,
      body.answer,
      body.language,
      body.askedBy === undefined ? null : JSON.stringify(body.askedBy),
      [...agencies].flatMap(handlesOf),
      body.capacityStatement === undefined ? null : JSON.stringify(body.capacityStatement),
    ];
    return await this.recording.once(
      { caller, body, idempotencyKey, id },
      (repeat) => ({ entry, change: { sql: INSERT_ONCE, values: valuesWith(repeat) } }),
      (found) => this.find(caller, found),
    );
  }

  /**
   * What the officer's agency recorded of a person, by identifiers of theirs, the newest first. The look is recorded before it
   * is answered. INVARIANT: 8. Nothing that another agency recorded: what a person said to that one is between the two.
   *
   * Does NOT follow other identifiers of the person.
   * @throws Problem LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async searchBySubject(
    { agency, officer }: Pick<CallingOfficer, 'agency' | 'officer'>,
    identifiers: readonly Identifier[],
  ): Promise<Permission[]> {
    const subjectHandles = identifiers.map((one) => subjectHandle(this.keys.subjectHandle, agency, one));
    const found = await fromStore(() => this.recordedOf(subjectHandles, [agency], SEARCH_WITHIN_MS));
    const at = this.log.clock.now().toISOString();
    await this.recording.change({
      claims: { kind: 'permissions-searched', at, searchedBy: { agency, officer }, found: found.length },
      detail: { subjectHandles },
    });
    return found.toSorted((one, other) => other.recordedAt.getTime() - one.recordedAt.getTime());
  }

  /**
   * A permission as an officer of the agency that recorded it reads it. The look is recorded before it is answered.
   * @throws Problem NOT_FOUND, LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async read(caller: Pick<CallingOfficer, 'agency' | 'officer'>, id: string): Promise<Permission> {
    const permission = await this.find(caller, id);
    const { agency, officer } = caller;
    const at = this.log.clock.now().toISOString();
    await this.recording.change({
      claims: { kind: 'permission-read', at, permission: permission.id, readBy: { agency, officer } },
      detail: {},
    });
    return permission;
  }

  /** @throws Problem NOT_FOUND when there is none, or when another agency recorded it */
  async find(caller: PermissionActor, id: string): Promise<Permission> {
    const found = await fromStore(() =>
      this.dataSource.getRepository(PermissionEntity).findOneBy({ id, recordedBy: caller.agency }),
    );
    if (!found) throw new Problem('NOT_FOUND');
    return found;
  }

  /**
   * When a later record took the place of a permission; `null` where none did. Of that record, whoever made it, only the time.
   * @throws Problem STORE_UNAVAILABLE
   */
  async supersededAt({ supersededBy }: Permission): Promise<Date | null> {
    if (supersededBy === null) return null;
    const later = await fromStore(() =>
      this.dataSource.getRepository(PermissionEntity).findOneBy({ id: supersededBy }),
    );
    return later?.recordedAt ?? null;
  }

  /**
   * Withdraws a permission. INVARIANT: 6. The withdrawal is committed under the log's lock before this returns, and every
   * exchange that relies on it is checked under the same lock. Withdrawing again changes nothing.
   * @throws Problem NOT_FOUND, REFUSAL_STANDS, LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async withdraw(caller: PermissionActor, id: string): Promise<Permission> {
    const permission = await this.find(caller, id);
    if (permission.answer === 'refused') throw new Problem('REFUSAL_STANDS');
    if (permission.withdrawnAt) return permission;
    const now = this.log.clock.now();
    const sql = 'UPDATE permissions SET withdrawn_at = $2 WHERE id = $1 AND recorded_by = $3 AND withdrawn_at IS NULL';
    await this.recording.change(permissionEntry('permission-withdrawn', permission, caller, now), {
      sql,
      values: [id, now, caller.agency],
    });
    return await this.find(caller, id);
  }

  /**
   * What any of these agencies recorded of a person, by handles in each one's own view.
   * @throws Problem STORE_UNAVAILABLE when it cannot be read in time: nobody can say then what the person said
   */
  async recordedOf(
    subjectHandles: readonly string[],
    agencies: readonly string[],
    deadlineMs: number,
  ): Promise<Permission[]> {
    const statement = { ...RECORDED_OF, values: [subjectHandles, agencies] };
    const { rows } = await fromStore(() =>
      withDeadline(poolOf(this.dataSource).query<Permission>(statement), deadlineMs),
    );
    return rows;
  }
}

/** On the way of every exchange that relies on a permission, so prepared, and without the entity's detour. */
const RECORDED_OF = {
  name: 'permissions_recorded_of',
  text: `
  SELECT id, recorded_by AS "recordedBy", answer, kind, purpose, recipients, items, given_by AS "givenBy", capacity, method,
    wording_version AS "wordingVersion", language, asked_by AS "askedBy",
    capacity_statement AS "capacityStatement", valid_from AS "validFrom", valid_until AS "validUntil",
    subject_handles AS "subjectHandles", recorded_at AS "recordedAt", withdrawn_at AS "withdrawnAt",
    superseded_by AS "supersededBy", revision
  FROM permissions WHERE subject_handles && $1::text[] AND recorded_by = ANY ($2::text[])`,
};

/**
 * Touches the earlier records that the new one has a say over. INVARIANT: 8. For what another agency recorded, that is only
 * where an exchange would read the new one too: as the recipient, or as the holder of the item.
 */
const INSERT_ONCE = `
  WITH first AS (
    INSERT INTO idempotency_keys (system, key_hash, request_hash, resource_id, created_at)
    VALUES ($3, $16, $17, $1, $15) ON CONFLICT DO NOTHING RETURNING resource_id
  ), earlier AS (
    UPDATE permissions earlier SET revision = revision + 1,
      superseded_by = CASE
        WHEN superseded_by IS NULL AND recipients <@ $6::text[]
          AND (recorded_by = $2 OR recipients <@ ARRAY[$2] OR NOT EXISTS (
            SELECT FROM unnest(earlier.items) AS item WHERE split_part(item, '/', 1) <> $2))
          AND NOT EXISTS (
          SELECT FROM unnest(earlier.items) AS item
          WHERE NOT item = ANY ($7::text[]) AND NOT split_part(item, '#', 1) || '#*' = ANY ($7::text[]))
        THEN $1 ELSE superseded_by END
    WHERE EXISTS (SELECT FROM first) AND subject_handles && $21::text[] AND kind = $4 AND purpose = $5
      AND recipients && $6::text[] AND EXISTS (
        SELECT FROM unnest(earlier.items) AS item, unnest($7::text[]) AS other
        WHERE (item = other
            OR (split_part(item, '#', 1) = split_part(other, '#', 1) AND '*' IN (split_part(item, '#', 2), split_part(other, '#', 2))))
          AND (recorded_by = $2 OR $2 = ANY (recipients) AND $2 = ANY ($6::text[]) OR split_part(item, '/', 1) = $2))
  )
  INSERT INTO permissions (id, recorded_by, recorded_by_system, kind, purpose, recipients, items, given_by, capacity, method,
    wording_version, valid_from, valid_until, subject_handles, recorded_at, answer, language, asked_by,
    capacity_statement)
  SELECT resource_id, $2, $3, $4, $5, $6::text[], $7::text[], $8, $9, $10, $11, $12::timestamptz, $13::timestamptz, $14::text[], $15::timestamptz,
    $18, $19, $20::jsonb, $22::jsonb FROM first`;

function permissionEntry(
  kind: 'permission-given' | 'permission-refused' | 'permission-withdrawn',
  permission: Pick<Permission, 'id' | 'kind' | 'subjectHandles'>,
  caller: PermissionActor,
  at: Date,
): LogEntry {
  return {
    claims: {
      kind,
      at: at.toISOString(),
      permission: permission.id,
      permissionKind: permission.kind,
      recordedBy: byWhom(caller),
    },
    detail: { subjectHandles: permission.subjectHandles },
  };
}

const byWhom = ({ agency, ...caller }: PermissionActor): PermissionEntry['claims']['recordedBy'] =>
  'officer' in caller ? { agency, officer: caller.officer } : { agency, system: caller.system };

function refuseWhatCannotStand(
  body: PermissionBody,
  times: { now: Date; validFrom: Date; validUntil: Date | null },
): void {
  const latest = new Date(times.now);
  latest.setUTCFullYear(latest.getUTCFullYear() + LONGEST_VALIDITY_YEARS);
  const { now, validFrom, validUntil } = times;
  if (validUntil && !(validUntil > validFrom && validUntil > now && validUntil <= latest)) {
    throw new Problem('REQUEST_INVALID', {
      pointers: ['/validUntil'],
      detail: `A permission ends after it begins, in the future, and within ${LONGEST_VALIDITY_YEARS} years.`,
    });
  }
  if (!CAPACITIES_OF[body.givenBy].includes(body.capacity)) {
    throw new Problem('REQUEST_INVALID', {
      pointers: ['/capacity'],
      detail: 'Whoever gives the permission cannot act in this capacity.',
    });
  }
  const { capacityStatement } = body;
  if (capacityStatement && capacityStatement.assessedOn > now.toISOString().slice(0, 10)) {
    throw new Problem('REQUEST_INVALID', {
      pointers: ['/capacityStatement/assessedOn'],
      detail: 'Capacity is assessed before the decision is made.',
    });
  }
  if (!letsSpeak(body.givenBy, body.capacity, capacityStatement ?? null)) {
    throw new Problem('REQUEST_INVALID', { pointers: ['/capacityStatement'], detail: CAPACITY_ADVICE });
  }
  // INVARIANT: 1. These are stored as they stand.
  const { wordingVersion, purpose, recipients, items, askedBy } = body;
  const names = {
    wordingVersion: [wordingVersion],
    purpose: [purpose],
    recipients,
    items: items.flatMap(partsOf),
    ...(askedBy && { 'askedBy/staffId': [askedBy.staffId], 'askedBy/role': [askedBy.role] }),
    ...(capacityStatement && {
      'capacityStatement/assessedBy': [capacityStatement.assessedBy.staffId, capacityStatement.assessedBy.role],
    }),
  };
  const wrong = Object.entries(names).find(([, texts]) => texts.some(looksLikePersonIdentifier));
  if (wrong) {
    throw new Problem('REQUEST_INVALID', {
      pointers: [`/${wrong[0]}`],
      detail: 'This is stored, so it must not have the form of a person’s identifier.',
    });
  }
}

const CAPACITY_ADVICE =
  'An attorney for health and welfare, a deputy and an appointee speak only while the person lacks capacity for this decision, and a person speaks for themselves while they have it: say what was found, or leave it out where nothing was.';

/** Agency, data service and item of `<agency>/<name>#<item>`. */
const partsOf = (item: string): string[] => item.split(/[/#]/);
const agencyOf = (item: string): string => item.split('/', 1)[0]!;
