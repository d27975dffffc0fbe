import { Global, Inject, Module, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { CLOCK, SETTINGS, type Clock, type Settings } from '../config/index.js';
import { GATEWAY_KEYS, type GatewayKeys } from '../keys/index.js';
import { Log, Metrics, Readiness } from '../observability/index.js';
import { DisclosureLog } from './disclosure-log.js';
import { LogController } from './log.controller.js';
import { LogReader } from './read-log.js';
import { TreeController } from './tree.controller.js';

export { LogReader } from './read-log.js';
export { EntryProof } from './entry-proof.js';

/** The disclosure log. A gateway that cannot write it is not ready. */
@Global()
@Module({
  controllers: [LogController, TreeController],
  providers: [
    LogReader,
    {
      provide: DisclosureLog,
      inject: [SETTINGS, CLOCK, GATEWAY_KEYS, Metrics, Log],
      useFactory: (settings: Settings, clock: Clock, keys: GatewayKeys, metrics: Metrics, log: Log) =>
        new DisclosureLog({
          databaseUrl: settings.databaseUrl ?? '',
          signer: { name: settings.logName, key: keys.log.privateKey },
          clock,
          observe: {
            written: (entries, seconds, size) => metrics.logAppended(entries, seconds, size),
            failed: (error) => {
              metrics.logAppendFailed();
              log.error('disclosure-log-failed', { err: error });
            },
            unconfirmed: (exchangeId) => {
              metrics.recordUnconfirmed(1);
              log.error('exchange-unconfirmed', { exchangeId });
            },
            reconciled: (exchangeId, found) => {
              metrics.recordUnconfirmed(-1);
              log.warn('exchange-reconciled', { exchangeId, outcome: found ? 'not-released' : 'never-recorded' });
            },
          },
        }),
    },
  ],
  exports: [DisclosureLog, LogReader],
})
export class DisclosureLogModule implements OnModuleInit, OnApplicationShutdown {
  constructor(
    @Inject(DisclosureLog) private readonly log: DisclosureLog,
    private readonly readiness: Readiness,
  ) {}

  async onModuleInit(): Promise<void> {
    this.readiness.register('disclosure-log', () => this.log.readiness());
    await this.log.check();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.log.close();
  }
}
