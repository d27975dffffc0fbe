import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CallingOfficer } from '../access/index.js';
import type { StructuredDocument } from '../agreement-documents/index.js';
import type { Agreement } from '../agreements/index.js';
import { Problem } from '../api-contract/index.js';
import { RegisterService } from '../definitions/definitions.module.js';
import { DisclosureLog, type DecisionNotToShareClaims } from '../disclosure-log/index.js';
import { LogReader } from '../disclosure-log/disclosure-log.module.js';
import { explainExchange } from '../explanations/index.js';
import type { Explanation } from '../explanations/explanations.module.js';
import { projectLegalBases } from '../legal-bases/index.js';
import { DecisionArchive, type Query } from '../policy/index.js';
import { decisionForm, decisionNotToShareForm } from './decision-form.js';
import { recordExport } from './exports.service.js';

/** Decision forms for officers, made from the record when somebody asks. Each is recorded before it is given. */
@Injectable()
export class DecisionForms {
  private readonly query: Query = async <Row>(sql: string, values?: readonly unknown[]) =>
    (await this.dataSource.query(sql, values?.slice())) as Row[];
  private readonly archive = new DecisionArchive(this.query);
  private readonly legalBases = projectLegalBases();

  constructor(
    private readonly dataSource: DataSource,
    private readonly log: DisclosureLog,
    private readonly reader: LogReader,
    private readonly registers: RegisterService,
  ) {}

  /**
   * The form of an exchange, or of a decision not to share that was recorded under this id.
   *
   * INVARIANT: 8. To officers of an agency that is no part of it, it is not there. A form is of what the officer may know: see
   * `explainExchange`.
   * @throws Problem NOT_FOUND, EXCHANGE_ERASED, LOG_UNAVAILABLE, STORE_UNAVAILABLE
   */
  async of({ agency, officer }: CallingOfficer, exchangeId: string): Promise<StructuredDocument> {
    const [form, checkpoint] = await this.stored(
      Promise.all([this.make(exchangeId, agency), this.reader.checkpoint()]),
    );
    if (!form || !checkpoint) throw new Problem('NOT_FOUND');
    await recordExport(this.log, {
      form: 'decision-form',
      exportedBy: { agency, officer },
      period: null,
      treeSize: checkpoint.size,
      after: null,
      // As it is recorded, which is in lower case.
      exchangeId: exchangeId.toLowerCase(),
    });
    return form;
  }

  private async make(exchangeId: string, agency: string): Promise<StructuredDocument | undefined> {
    const explanation = await explainExchange(exchangeId, agency, { query: this.query, archive: this.archive });
    if (explanation === 'erased') throw new Problem('EXCHANGE_ERASED');
    if (explanation) {
      return decisionForm({ explanation, agreement: await this.readAgreement(explanation.agreement) }, this.legalBases);
    }
    const outside = await this.reader.find(exchangeId, 'decision-not-to-share', agency);
    if (!outside) return undefined;
    const register = this.registers.current();
    return decisionNotToShareForm(
      {
        claims: JSON.parse(outside.text.claims) as DecisionNotToShareClaims,
        logIndex: outside.index,
        agencyName: (id) => register.agency(id)?.name ?? id,
      },
      this.legalBases,
    );
  }

  /** The version that was decided under, if it is kept as it was. */
  private async readAgreement(of: Explanation['agreement']): Promise<Agreement | undefined> {
    if (!of) return undefined;
    const [row] = await this.query<{ document: Agreement }>(
      'SELECT document FROM agreements WHERE id = $1 AND version = $2 AND hash = $3',
      [of.id, of.version, of.hash],
    );
    return row?.document;
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
