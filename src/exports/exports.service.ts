import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { Readable } from 'node:stream';
import { DataSource } from 'typeorm';
import type { CallingOfficer } from '../access/index.js';
import { Problem } from '../api-contract/index.js';
import { SETTINGS, type Settings } from '../config/index.js';
import { RegisterService } from '../definitions/definitions.module.js';
import { DisclosureLog, LogUnavailable, type ExportEntry } from '../disclosure-log/index.js';
import { GATEWAY_KEYS, type GatewayKeys } from '../keys/index.js';
import { Log } from '../observability/index.js';
import { projectLegalBases } from '../legal-bases/index.js';
import type { Query } from '../policy/index.js';
import { auditEvent, type FhirAuditEvent } from './audit-event.js';
import { EVIDENCE_KINDS, evidenceHeading, evidenceLines, type EvidenceParts } from './evidence.js';
import { exchangeTableHeading, exchangeTableLines } from './exchange-table.js';
import type { ExportSearch } from './export-search.js';
import { fileName } from './file-name.js';
import { EXCHANGE_KINDS, readOwnExchanges, type OwnExchange } from './own-exchanges.js';
import { pinExport, type PinnedExport } from './pinned-export.js';
import { readRecentExports } from './recent-exports.js';
import { RoutineDisclosures, RoutineSharing } from './routine-sharing.js';
import { Statistics } from './statistics.js';

/** The forms that go out line by line, and can go on where they stopped. */
export type StreamedForm = 'evidence' | 'exchanges' | 'audit-events';

/** Every form but that of one exchange. */
export type ExportForm = Exclude<ExportEntry['claims']['form'], 'decision-form'>;

/** How much an export has. */
export interface MeasuredExport {
  /** What it is pinned to: to go on, name it, with the place of the last whole line that arrived. */
  readonly treeSize: number;
  /** Lines of the whole export, and those of them that came before. */
  readonly total: number;
  readonly before: number;
}

/** An export on its way. */
export interface OpenExport extends MeasuredExport {
  readonly fileName: string;
  readonly mediaType: string;
  /** UTF-8. Reads from the database as it is read from, and no further ahead than a page. Destroying it ends the work. */
  readonly stream: Readable;
}

/** Bytes that wait for a reader before no more is read for it. */
const READ_AHEAD_BYTES = 64 * 1024;
/** Longest that an export waits for its reader to take more, milliseconds; then it ends, and can go on. */
const LONGEST_STALL_MS = 600_000;
/** Streams that one agency may have under way on one replica: each holds a few pages in memory. */
const MOST_OPEN = 8;
/** AuditEvents in one Bundle. */
export const BUNDLE_SIZE = 250;

const MEDIA_TYPES: Readonly<Record<StreamedForm, { mediaType: string; extension: string }>> = {
  evidence: { mediaType: 'application/x-ndjson; charset=utf-8', extension: 'jsonl' },
  exchanges: { mediaType: 'text/csv; charset=utf-8; header=present', extension: 'csv' },
  'audit-events': { mediaType: 'application/fhir+ndjson; charset=utf-8', extension: 'ndjson' },
};

/**
 * What officers take out of the log: records of their own agency's exchanges. Each is recorded before its first byte.
 *
 * INVARIANT: 8. Every read is bound to the officer's agency.
 */
@Injectable()
export class ExportsService implements OnModuleDestroy {
  private readonly query: Query = async <Row>(sql: string, values?: readonly unknown[]) =>
    (await this.dataSource.query(sql, values?.slice())) as Row[];
  private readonly legalBases = projectLegalBases();
  /** Streams under way, each with its agency; `undefined` while it is about to begin. */
  private readonly open = new Map<symbol, { readonly agency: string; stream?: Readable }>();

  private stopping = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly log: DisclosureLog,
    private readonly registers: RegisterService,
    @Inject(Log) private readonly operatorsLog: Log,
    @Inject(GATEWAY_KEYS) private readonly keys: GatewayKeys,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  /** A stream is as long as its reader is slow, so a gateway that stops ends it; whoever reads it can go on afterwards. */
  onModuleDestroy(): void {
    this.stopping = true;
    for (const { stream } of this.open.values()) stream?.destroy();
  }

  /**
   * Begins an export, or goes on with one. The bytes of what goes on are those that an uninterrupted export has after the same
   * line; it has no heading again. Only a body that was erased in between is no longer the same.
   * @throws Problem REQUEST_INVALID, EXPORTS_UNDER_WAY, GATEWAY_STOPPING, LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async begin(officer: CallingOfficer, form: StreamedForm, search: ExportSearch): Promise<OpenExport> {
    const { agency } = officer;
    if (this.stopping) throw new Problem('GATEWAY_STOPPING');
    const place = Symbol(agency);
    const others = [...this.open.values()].filter((one) => one.agency === agency);
    if (others.length >= MOST_OPEN) throw new Problem('EXPORTS_UNDER_WAY');
    this.open.set(place, { agency });
    try {
      const begun = await this.beginStream(officer, form, search);
      this.open.set(place, { agency, stream: begun.stream });
      begun.stream.once('close', () => this.open.delete(place));
      begun.stream.once('error', (err) => this.operatorsLog.error('export-broken-off', { err }));
      // It may have begun to stop meanwhile.
      if (this.stopping) begun.stream.destroy();
      return begun;
    } catch (error) {
      this.open.delete(place);
      throw error;
    }
  }

  private async beginStream(officer: CallingOfficer, form: StreamedForm, search: ExportSearch): Promise<OpenExport> {
    const { agency } = officer;
    const kinds = form === 'evidence' ? EVIDENCE_KINDS : EXCHANGE_KINDS;
    const pinned = await this.stored(pinExport(this.query, agency, kinds, search));
    await this.record(officer, form, pinned, search.pin?.after ?? null);
    const { mediaType, extension } = MEDIA_TYPES[form];
    const stream = streamOf(this.chunks(form, pinned, (search.pin?.after ?? null) === null));
    return {
      fileName: fileName([form, agency, day(search.from), day(search.to)], extension),
      mediaType,
      treeSize: pinned.treeSize,
      total: pinned.total,
      before: pinned.before,
      stream,
    };
  }

  /**
   * How much an export would have, and what it is pinned to; nothing of it is handed out, so nothing is recorded.
   * @param of `entries` of evidence; every other form is of exchanges
   * @throws Problem REQUEST_INVALID, NOT_FOUND for a log without entries; STORE_UNAVAILABLE
   */
  async measure(
    { agency }: CallingOfficer,
    of: 'entries' | 'exchanges',
    search: ExportSearch,
  ): Promise<MeasuredExport> {
    const kinds = of === 'entries' ? EVIDENCE_KINDS : EXCHANGE_KINDS;
    const { treeSize, total, before } = await this.stored(pinExport(this.query, agency, kinds, search));
    return { treeSize, total, before };
  }

  /** What officers of the agency took out lately; see {@link readRecentExports}. @throws Problem STORE_UNAVAILABLE */
  async recent({ agency }: CallingOfficer): Promise<ExportEntry['claims'][]> {
    return await this.stored(readRecentExports(this.query, agency));
  }

  /**
   * AuditEvents as a FHIR Bundle (`collection`), at most {@link BUNDLE_SIZE} of them; its link `next` goes on.
   * @throws Problem REQUEST_INVALID, LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async auditEventBundle(officer: CallingOfficer, search: ExportSearch): Promise<object> {
    const { agency } = officer;
    const pinned = await this.stored(pinExport(this.query, agency, EXCHANGE_KINDS, search));
    await this.record(officer, 'audit-event-bundle', pinned, search.pin?.after ?? null);
    const page = await this.stored(readOwnExchanges(this.query, pinned).next());
    const exchanges = (page.value ?? []).slice(0, BUNDLE_SIZE);
    const last = exchanges.at(-1);
    const more = pinned.before + exchanges.length < pinned.total;
    const publicUrl = this.settings.publicUrl ?? '';
    const urlAfter = (after: number | null): string => {
      const query = new URLSearchParams({ from: search.from.toISOString(), to: search.to.toISOString() });
      if (after !== null) query.set('treeSize', String(pinned.treeSize));
      if (after !== null) query.set('after', String(after));
      return `${publicUrl}/v1/exports/audit-event-bundle?${query.toString()}`;
    };
    return {
      resourceType: 'Bundle',
      type: 'collection',
      timestamp: this.log.clock.now().toISOString(),
      link: [
        { relation: 'self', url: urlAfter(search.pin?.after ?? null) },
        ...(more && last ? [{ relation: 'next', url: urlAfter(last.index) }] : []),
      ],
      entry: this.auditEvents(exchanges, agency, pinned.before).map((resource) => ({
        fullUrl: `${publicUrl}/exchanges/${resource.id}`,
        resource,
      })),
    };
  }

  /**
   * Counts of the exchanges that were decided in a month (UTC), as CSV; so far, where the month has not ended.
   * @param month `YYYY-MM`
   * @param published small numbers are not told, and others are rounded
   * @throws Problem LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async statistics(
    officer: CallingOfficer,
    month: string,
    published: boolean,
  ): Promise<{ fileName: string; csv: string }> {
    const form = published ? 'published-statistics' : 'statistics';
    const from = new Date(`${month}-01T00:00:00Z`);
    const to = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1));
    const statistics = new Statistics(officer.agency, month);
    await this.readAll(officer, form, { from, to }, statistics);
    return {
      fileName: fileName([form, officer.agency, month], 'csv'),
      csv: published ? statistics.toPublishedCsv() : statistics.toCsv(),
    };
  }

  /**
   * The register of routine sharing, with what was disclosed in a period.
   * @throws Problem LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async routineSharing(
    officer: CallingOfficer,
    { from, to }: Pick<ExportSearch, 'from' | 'to'>,
  ): Promise<{ fileName: (extension: string) => string; sharing: RoutineSharing }> {
    const { agency } = officer;
    const disclosures = new RoutineDisclosures(agency);
    await this.readAll(officer, 'routine-sharing', { from, to }, disclosures);
    const register = await this.registers.fresh();
    const on = day(this.log.clock.now());
    return {
      fileName: (extension) => fileName(['routine-sharing', agency, day(from), day(to)], extension),
      sharing: new RoutineSharing({ agency, register, legalBases: this.legalBases, disclosures, on, from, to }),
    };
  }

  private async *chunks(form: StreamedForm, pinned: PinnedExport, begins: boolean): AsyncGenerator<string> {
    if (form === 'evidence') {
      const parts = this.evidenceParts();
      if (begins) yield evidenceHeading(pinned, parts);
      yield* evidenceLines(pinned, parts);
      return;
    }
    if (begins && form === 'exchanges') yield exchangeTableHeading();
    let before = pinned.before;
    for await (const exchanges of readOwnExchanges(this.query, pinned)) {
      yield form === 'exchanges'
        ? exchangeTableLines(exchanges, before, this.registers.current())
        : this.auditEvents(exchanges, pinned.agency, before)
            .map((event) => `${JSON.stringify(event)}\n`)
            .join('');
      before += exchanges.length;
    }
  }

  private auditEvents(exchanges: readonly OwnExchange[], agency: string, before: number): FhirAuditEvent[] {
    const register = this.registers.current();
    const publicUrl = this.settings.publicUrl ?? '';
    return exchanges.map((exchange, place) =>
      auditEvent(exchange, { agency, register, publicUrl, line: before + place + 1 }),
    );
  }

  private evidenceParts(): EvidenceParts {
    const { query, keys, settings } = this;
    return { query, publicUrl: settings.publicUrl ?? '', key: keys.receipt, log: this.log.verifier().key };
  }

  /** Records the look, then gives every exchange of the period to whatever counts them. */
  private async readAll(
    officer: CallingOfficer,
    form: ExportEntry['claims']['form'],
    period: { readonly from: Date; readonly to: Date },
    into: { add(exchange: OwnExchange): void },
  ): Promise<void> {
    const pinned = await this.stored(pinExport(this.query, officer.agency, EXCHANGE_KINDS, period));
    await this.record(officer, form, pinned, null);
    await this.stored(
      (async () => {
        for await (const page of readOwnExchanges(this.query, pinned)) for (const exchange of page) into.add(exchange);
      })(),
    );
  }

  private async record(
    { agency, officer }: CallingOfficer,
    form: ExportEntry['claims']['form'],
    { from, to, treeSize }: PinnedExport,
    after: number | null,
  ): Promise<void> {
    await recordExport(this.log, {
      form,
      exportedBy: { agency, officer },
      period: { from: from.toISOString(), to: to.toISOString() },
      treeSize,
      after,
    });
  }

  private async stored<Value>(read: Promise<Value>): Promise<Value> {
    try {
      return await read;
    } catch (error) {
      if (error instanceof Problem) throw error;
      throw new Problem('STORE_UNAVAILABLE', {}, { cause: error });
    }
  }
}

/** Ends itself when nobody has read from it for long. */
function streamOf(chunks: AsyncIterable<string>): Readable {
  const stall = setTimeout(() => stream.destroy(), LONGEST_STALL_MS).unref();
  const watched = async function* () {
    for await (const chunk of chunks) {
      stall.refresh();
      yield chunk;
    }
  };
  const stream = Readable.from(watched(), { objectMode: false, highWaterMark: READ_AHEAD_BYTES });
  return stream.once('close', () => clearTimeout(stall));
}

/** INVARIANT: 3. Nothing is handed out before this is durable. @throws Problem LOG_UNAVAILABLE */
export async function recordExport(
  log: DisclosureLog,
  claims: Omit<ExportEntry['claims'], 'kind' | 'at'>,
): Promise<void> {
  try {
    await log.append({
      claims: { kind: 'disclosures-exported', at: log.clock.now().toISOString(), ...claims },
      detail: {},
    });
  } catch (error) {
    if (error instanceof LogUnavailable) throw new Problem('LOG_UNAVAILABLE', {}, { cause: error });
    throw error;
  }
}

const day = (at: Date): string => at.toISOString().slice(0, 10);
