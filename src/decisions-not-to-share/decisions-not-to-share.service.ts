import { Inject, Injectable } from '@nestjs/common';
import { createHmac, randomUUIDv7 as uuid } from 'node:crypto';
import { DataSource } from 'typeorm';
import type { Caller, CallingOfficer } from '../access/index.js';
import { Problem } from '../api-contract/index.js';
import { SETTINGS, type Settings } from '../config/index.js';
import { RegisterService } from '../definitions/definitions.module.js';
import {
  DisclosureLog,
  EntryStale,
  LogUnavailable,
  makeReceipt,
  type DecisionNotToShareClaims,
  type DecisionNotToShareEntry,
  type Recorded,
} from '../disclosure-log/index.js';
import { LogReader } from '../disclosure-log/disclosure-log.module.js';
import { GATEWAY_KEYS, type GatewayKeys } from '../keys/index.js';
import { projectLegalBases } from '../legal-bases/index.js';
import { looksLikePersonIdentifier, subjectHandle } from '../subject-handles/index.js';
import { readSubject } from '../subject-handles/subject-body.js';
import type { DecisionNotToShareBody } from './decision-body.js';

/** A decision that is on record. */
export interface RecordedDecision {
  readonly claims: DecisionNotToShareClaims;
  /** Compact JWS; verifiable offline. */
  readonly receipt: string;
}

/**
 * Records that a person decided not to share, about a request that did not come through the gateway. The log is where such a
 * decision stands, and it stands nowhere else: it binds no later exchange.
 */
@Injectable()
export class DecisionsNotToShareService {
  private readonly catalogue = projectLegalBases();

  constructor(
    private readonly dataSource: DataSource,
    private readonly log: DisclosureLog,
    private readonly reader: LogReader,
    private readonly registers: RegisterService,
    @Inject(GATEWAY_KEYS) private readonly keys: GatewayKeys,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /**
   * A repeat with the same `idempotencyKey` is answered with what stands in the log.
   * @throws Problem REQUEST_INVALID, IDENTIFIER_INVALID, IDEMPOTENCY_KEY_REUSED, LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async record(
    caller: Caller | CallingOfficer,
    body: DecisionNotToShareBody,
    idempotencyKey: string | undefined,
  ): Promise<RecordedDecision> {
    this.refuseWhatIsNotKnown(caller.agency, body);
    const recordedBy = 'system' in caller ? caller.system : caller.officer;
    const subject = body.subject ? readSubject(body.subject) : [];
    const exchangeId = uuid();
    const at = this.log.clock.now();
    const repeat = this.repeatOf(recordedBy, body, idempotencyKey ?? exchangeId);
    const earlier = await this.findRepeated(caller.agency, recordedBy, repeat);
    if (earlier) return earlier;
    const { items, askedBy, purpose, reason, legalBasis, decidedBy } = body;
    const entry: DecisionNotToShareEntry = {
      claims: {
        kind: 'decision-not-to-share',
        exchangeId,
        at: at.toISOString(),
        supplier: caller.agency,
        recordedBy,
        askedBy,
        items,
        purpose,
        reason,
        legalBasis,
        decidedBy: { staffId: decidedBy.staffId, role: decidedBy.role },
      },
      detail: { subjectHandles: subject.map((one) => subjectHandle(this.keys.subjectHandle, caller.agency, one)) },
    };
    const values = [recordedBy, repeat.key, repeat.request, exchangeId, at];
    try {
      return this.answer(await this.log.append(entry, {}, { sql: INSERT_ONCE, values }), entry.claims);
    } catch (error) {
      if (error instanceof LogUnavailable) throw new Problem('LOG_UNAVAILABLE', {}, { cause: error });
      // The same call, at the same time, was recorded first.
      const first = error instanceof EntryStale && (await this.findRepeated(caller.agency, recordedBy, repeat));
      if (!first) throw error;
      return first;
    }
  }

  /** INVARIANT: 1. What is recorded as it stands is a name that is registered or catalogued, or cannot be an identifier. */
  private refuseWhatIsNotKnown(agency: string, body: DecisionNotToShareBody): void {
    const register = this.registers.current();
    const isOwn = (item: string): boolean => {
      const [service = '', name] = item.split('#');
      const items = service.startsWith(`${agency}/`) ? register.dataService(service)?.items : undefined;
      return items !== undefined && (name === '*' || items.some(({ id }) => id === name));
    };
    const { staffId, role } = body.decidedBy;
    const faults: [boolean, string, string][] = [
      [!body.items.every(isOwn), '/items', 'Each item is one of your agency’s own data services.'],
      [register.agency(body.askedBy) === undefined, '/askedBy', 'No agency of this name is registered.'],
      [this.catalogue.purpose(body.purpose) === undefined, '/purpose', 'No purpose of this code is in the catalogue.'],
      [
        body.legalBasis.some((id) => this.catalogue.get(id) === undefined),
        '/legalBasis',
        'Each legal basis is one of the catalogue.',
      ],
      [looksLikePersonIdentifier(staffId), '/decidedBy/staffId', NOT_AN_IDENTIFIER],
      [looksLikePersonIdentifier(role), '/decidedBy/role', NOT_AN_IDENTIFIER],
    ];
    const [fault] = faults.filter(([wrong]) => wrong);
    if (fault) throw new Problem('REQUEST_INVALID', { pointers: [fault[1]], detail: fault[2] });
  }

  private answer(recorded: Recorded, claims: DecisionNotToShareClaims): RecordedDecision {
    const issuer = { publicUrl: this.settings.publicUrl ?? '', key: this.keys.receipt };
    return { claims, receipt: makeReceipt(recorded, claims, issuer) };
  }

  /** What tells a repeat: keyed hashes, since a request may name a person. */
  private repeatOf(caller: string, body: DecisionNotToShareBody, key: string): { key: Buffer; request: Buffer } {
    const digest = (text: string): Buffer =>
      createHmac('sha256', this.keys.subjectHandle)
        .update(`repeat of a decision not to share\n${caller}\n${text}`)
        .digest();
    return { key: digest(key), request: digest(JSON.stringify(body)) };
  }

  private async findRepeated(
    agency: string,
    caller: string,
    repeat: { key: Buffer; request: Buffer },
  ): Promise<RecordedDecision | undefined> {
    try {
      const [row] = await this.dataSource.query<{ resource_id: string; request_hash: Buffer }[]>(
        'SELECT resource_id, request_hash FROM idempotency_keys WHERE system = $1 AND key_hash = $2',
        [caller, repeat.key],
      );
      if (!row) return undefined;
      if (!row.request_hash.equals(repeat.request)) throw new Problem('IDEMPOTENCY_KEY_REUSED');
      const recorded = await this.reader.find(row.resource_id, 'decision-not-to-share', agency);
      // Erased since under a retention rule: there is nothing left to answer with.
      if (!recorded) throw new Problem('NOT_FOUND');
      return this.answer(recorded, JSON.parse(recorded.text.claims) as DecisionNotToShareClaims);
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw new Problem('STORE_UNAVAILABLE', {}, { cause: error });
    }
  }
}

const NOT_AN_IDENTIFIER = 'This is kept in the log, so it must not have the form of a person’s identifier.';

const INSERT_ONCE = `
  INSERT INTO idempotency_keys (system, key_hash, request_hash, resource_id, created_at)
  VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`;
