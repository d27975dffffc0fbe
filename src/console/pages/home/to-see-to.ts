import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { CallingOfficer } from '../../../access/index.js';
import { AgreementLifecycle } from '../../../agreement-lifecycle/index.js';
import { findDueDates, type DueDate } from '../../../agreements/index.js';
import { Problem } from '../../../api-contract/index.js';
import { RegisterService } from '../../../definitions/definitions.module.js';
import { findUnresolvedOf, type UnresolvedExchange } from '../../../disclosure-log/index.js';

/** A permit without an outcome is told of once it is as old as this, so that what is under way is not. Milliseconds. */
const UNDER_WAY_MS = 60_000;

/** Agreements and permits that an agency has to see to. */
@Injectable()
export class ToSeeTo {
  constructor(
    private readonly lifecycle: AgreementLifecycle,
    private readonly registers: RegisterService,
    private readonly dataSource: DataSource,
  ) {}

  /** To be reviewed, ending, or waiting for the agency's own signature or its confirmation. */
  async agreements(officer: CallingOfficer, now: Date) {
    const register = this.registers.current();
    const mine = register.agreementsOf(officer.agency).filter(({ halted }) => halted !== 'revoked');
    const due: DueDate[] = findDueDates(
      mine.map(({ agreement }) => agreement),
      now.toISOString().slice(0, 10),
    );
    const open = (await this.lifecycle.list(officer)).filter(
      ({ life, state }) =>
        (state === 'proposed' || state === 'signed-by-some') &&
        !life.signatures.some(({ agency }) => agency === officer.agency),
    );
    return {
      due: due.map((date) => ({ ...date, title: register.agreement(date.agreement)?.title ?? date.agreement })),
      toSign: open.map(({ life }) => ({
        id: life.document.id,
        version: life.document.version,
        title: life.document.title,
        toConfirm: life.asked.has(officer.agency),
      })),
    };
  }

  async unresolved({ agency }: CallingOfficer, now: Date): Promise<(UnresolvedExchange & Names)[]> {
    const register = this.registers.current();
    const nameOf = (id: string | null): string => (id === null ? '' : (register.agency(id)?.name ?? id));
    try {
      const found = await findUnresolvedOf(
        async <Row>(sql: string, values?: unknown[]) => (await this.dataSource.query(sql, values)) as Row[],
        agency,
        new Date(now.getTime() - UNDER_WAY_MS),
      );
      return found.map((one) => ({
        ...one,
        requesterName: nameOf(one.requester),
        supplierName: nameOf(one.supplier),
      }));
    } catch (cause) {
      throw new Problem('STORE_UNAVAILABLE', {}, { cause });
    }
  }
}

interface Names {
  readonly requesterName: string;
  readonly supplierName: string;
}
