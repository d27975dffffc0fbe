import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CallingOfficer } from '../access/index.js';
import { Problem } from '../api-contract/index.js';
import { DisclosureLog, LogUnavailable, type ExplanationEntry } from '../disclosure-log/index.js';
import { DecisionArchive, type Query } from '../policy/index.js';
import { explainExchange } from './explain-exchange.js';
import type { Explanation } from './explanation.js';

/** Explanations for officers. Each is recorded before it is given. */
@Injectable()
export class ExplanationsService {
  private readonly query: Query = async <Row>(sql: string, values?: readonly unknown[]) =>
    (await this.dataSource.query(sql, values?.slice())) as Row[];
  private readonly archive = new DecisionArchive(this.query);

  constructor(
    private readonly dataSource: DataSource,
    private readonly log: DisclosureLog,
  ) {}

  /**
   * @throws Problem NOT_FOUND when there is none, or none of the officer's agency; EXCHANGE_ERASED, LOG_UNAVAILABLE,
   *   STORE_UNAVAILABLE
   */
  async explain({ agency, officer }: CallingOfficer, exchangeId: string): Promise<Explanation> {
    const explanation = await this.read(exchangeId, agency);
    if (!explanation) throw new Problem('NOT_FOUND');
    if (explanation === 'erased') throw new Problem('EXCHANGE_ERASED');
    const at = this.log.clock.now().toISOString();
    const entry: ExplanationEntry = {
      // The id as it is recorded, not as it was written here.
      claims: { kind: 'explanation-read', at, exchangeId: explanation.exchangeId, readBy: { agency, officer } },
      detail: {},
    };
    try {
      await this.log.append(entry);
    } catch (error) {
      if (error instanceof LogUnavailable) throw new Problem('LOG_UNAVAILABLE', {}, { cause: error });
      throw error;
    }
    return explanation;
  }

  private async read(exchangeId: string, agency: string): Promise<Explanation | 'erased' | undefined> {
    try {
      return await explainExchange(exchangeId, agency, { query: this.query, archive: this.archive });
    } catch (error) {
      throw new Problem('STORE_UNAVAILABLE', {}, { cause: error });
    }
  }
}
