import { Inject, Module, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { QueryResultRow } from 'pg';
import { DataSource } from 'typeorm';
import { Asking } from '../checkpoint-evidence/index.js';
import { CLOCK, SETTINGS, StartUpError, type Clock, type Settings } from '../config/index.js';
import { SOLE_WORK, SoleReplica } from '../database/index.js';
import type { Query } from '../disclosure-log/index.js';
import { LogReader } from '../disclosure-log/disclosure-log.module.js';
import { GATEWAY_KEYS, type GatewayKeys } from '../keys/index.js';
import { Log, Metrics } from '../observability/index.js';
import { WitnessFault } from './ask-witness.js';
import { witnessStandings, type WitnessStanding } from './cosignatures.js';
import { haveCosigned } from './cosigning.js';
import { MemoryInDatabase } from './memory-in-database.js';
import { Witness } from './witness.js';
import { WitnessController } from './witness.controller.js';
import { readWitnessedLogsFile, readWitnessesFile, type ConfiguredWitness } from './witness-files.js';

/** The witnesses of this log, as the alerts ask for them. */
export class Witnesses {
  constructor(
    readonly configured: readonly ConfiguredWitness[],
    private readonly query: Query,
    private readonly clock: Clock,
  ) {}

  /** How each stands, as of now. @throws when the database is away */
  async standings(): Promise<WitnessStanding[]> {
    return await witnessStandings(this.query, this.configured, this.clock.now());
  }

  /** Those that have not cosigned a checkpoint that is a minute old, nor any later one. */
  async missingWitnesses(): Promise<WitnessStanding[]> {
    return (await this.standings()).filter(({ missing }) => missing);
  }
}

const COSIGNING = Symbol('Cosigning');

/**
 * Witnesses: those that cosign this log's checkpoints, and this gateway as a witness of others'. Needs the `DataSource`, the
 * log's reader, settings, keys and clock from global modules.
 */
@Module({
  controllers: [WitnessController],
  providers: [
    {
      provide: Witness,
      inject: [SETTINGS, GATEWAY_KEYS, CLOCK, DataSource],
      useFactory: (settings: Settings, keys: GatewayKeys, clock: Clock, dataSource: DataSource) =>
        new Witness({
          signer: { name: settings.witnessName, key: keys.witness.privateKey },
          logs: readWitnessedLogsFile(settings.witnessedLogsFile),
          memory: new MemoryInDatabase(dataSource),
          clock,
        }),
    },
    {
      provide: Witnesses,
      inject: [SETTINGS, DataSource, CLOCK],
      useFactory: (settings: Settings, dataSource: DataSource, clock: Clock) => {
        const configured = readWitnessesFile(settings.witnessesFile);
        if (settings.witnessQuorum > configured.length) {
          throw new StartUpError('WITNESS_QUORUM asks for more cosignatures than there are WITNESSES.');
        }
        return new Witnesses(configured, queryOf(dataSource), clock);
      },
    },
    {
      provide: COSIGNING,
      inject: [Witnesses, LogReader, DataSource, CLOCK, Log, Metrics],
      useFactory: (
        witnesses: Witnesses,
        reader: LogReader,
        dataSource: DataSource,
        clock: Clock,
        log: Log,
        metrics: Metrics,
      ) =>
        new Asking({
          by: 'witness',
          parties: witnesses.configured,
          ask: (witness, signal) => haveCosigned(witness, { reader, query: queryOf(dataSource) }, signal),
          faultOf: (error) => (error instanceof WitnessFault ? error.code : 'failed'),
          sole: new SoleReplica(dataSource, SOLE_WORK.cosignatures),
          clock,
          log,
          metrics,
        }),
    },
  ],
  exports: [Witnesses],
})
export class WitnessesModule implements OnModuleDestroy, OnModuleInit {
  constructor(
    @Inject(COSIGNING) private readonly cosigning: Asking<ConfiguredWitness>,
    @Inject(Witnesses) private readonly witnesses: Witnesses,
    @Inject(Metrics) private readonly metrics: Metrics,
  ) {}

  onModuleInit(): void {
    if (this.witnesses.configured.length === 0) return;
    this.metrics.readMissingEvidence('witness', async () =>
      (await this.witnesses.standings()).map(({ witness, missing }) => ({ name: witness, missing })),
    );
    this.cosigning.start();
  }

  async onModuleDestroy(): Promise<void> {
    await this.cosigning.stop();
  }
}

const queryOf =
  (dataSource: DataSource): Query =>
  async <Row extends QueryResultRow>(sql: string, values?: unknown[]) =>
    (await dataSource.query(sql, values)) as Row[];
