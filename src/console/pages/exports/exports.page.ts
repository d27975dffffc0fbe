import { Injectable } from '@nestjs/common';
import type { CallingOfficer } from '../../../access/index.js';
import { renderHtml } from '../../../agreement-documents/index.js';
import { Problem } from '../../../api-contract/index.js';
import { BUNDLE_SIZE, ExportsService, type ExportSearch } from '../../../exports/index.js';
import {
  csvFile,
  view,
  type ConsolePage,
  type Fault,
  type PageAnswer,
  type PageRoute,
  type Visit,
} from '../../page.js';
import { EXPORT_FORMS, isOfMonth, monthsUpTo, readExportForm, type FilledExport } from './export-form.js';

/** Who takes records out: as by the API. */
const EXPORTERS = ['officer', 'reviewer', 'oversight'] as const;
const PATH = '/console/exports' as const;

const NO_SUCH_SIZE: Fault = { field: 'treeSize', text: 'Enter the size that was shown: the log never had this one' };

/**
 * What officers take out of the log. What is chosen stands in the address, so that a page of a period can be come back to; the
 * file itself is asked for by a form, since each is an entry of the log.
 */
@Injectable()
export class ExportsPage implements ConsolePage {
  readonly entry = { text: 'Exports', path: PATH } as const;
  readonly routes: readonly PageRoute[] = [
    { method: 'GET', path: PATH, roles: EXPORTERS, answer: (visit) => this.choose(visit.query, visit.now) },
    { method: 'GET', path: `${PATH}/ready`, roles: EXPORTERS, answer: (visit) => this.ready(visit) },
    { method: 'POST', path: `${PATH}/file`, roles: EXPORTERS, answer: (visit) => this.file(visit) },
  ];

  constructor(private readonly exports: ExportsService) {}

  private choose(filled: Visit['query'], now: Date, faults: readonly Fault[] = []): PageAnswer {
    const { form, from = '', to = '', month } = filled;
    const refused = new Set(faults.map(({ field }) => field));
    return view(
      'exports/exports',
      'Exports',
      {
        forms: Object.entries(EXPORT_FORMS).map(([value, words]) => ({ value, ...words, checked: value === form })),
        months: monthsUpTo(now).map((value) => ({ value, day: `${value}-01`, selected: value === month })),
        from: refused.has('from') ? '' : from,
        to: refused.has('to') ? '' : to,
      },
      faults,
    );
  }

  private async ready({ officer, query, now }: Visit): Promise<PageAnswer> {
    const read = readExportForm(query);
    if (!('faults' in read)) {
      try {
        return await this.readyView(officer, read.filled, read.search);
      } catch (error) {
        // The one thing of it that the service alone can know.
        if (!(error instanceof Problem && error.code === 'REQUEST_INVALID' && read.search.pin)) throw error;
      }
    }
    const begun = readExportForm({ ...query, treeSize: '', after: '' });
    if ('faults' in begun) return this.choose(query, now, begun.faults);
    const faults = 'faults' in read ? read.faults : [NO_SUCH_SIZE];
    return await this.readyView(officer, begun.filled, begun.search, faults);
  }

  private async readyView(
    officer: CallingOfficer,
    filled: FilledExport,
    search: ExportSearch,
    faults: readonly Fault[] = [],
  ): Promise<PageAnswer> {
    const measured = await this.exports.measure(officer, filled.form === 'evidence' ? 'entries' : 'exchanges', search);
    return view(
      'exports/ready',
      EXPORT_FORMS[filled.form].text,
      {
        filled,
        words: EXPORT_FORMS[filled.form],
        ...measured,
        bundleSize: filled.form === 'audit-event-bundle' ? BUNDLE_SIZE : undefined,
      },
      faults,
    );
  }

  private async file({ officer, form, now }: Visit): Promise<PageAnswer> {
    const fields = Object.fromEntries(Object.entries(form).map(([name, [value = '']]) => [name, value]));
    const read = readExportForm(fields);
    if ('faults' in read) return this.choose(fields, now, read.faults);
    const { filled, search } = read;
    if (isOfMonth(filled.form)) {
      const isPublished = filled.form === 'published-statistics';
      const { fileName, csv } = await this.exports.statistics(officer, filled.month, isPublished);
      return csvFile(fileName, csv);
    }
    switch (filled.form) {
      case 'routine-sharing':
      case 'routine-sharing-page': {
        const { fileName, sharing } = await this.exports.routineSharing(officer, search);
        if (filled.form === 'routine-sharing') return csvFile(fileName('csv'), sharing.toCsv());
        return {
          kind: 'file',
          name: fileName('html'),
          type: 'text/html; charset=utf-8',
          text: renderHtml(sharing.toDocument()),
        };
      }
      case 'audit-event-bundle':
        return {
          kind: 'file',
          name: `gatehouse-audit-event-bundle-${officer.agency}-${filled.from}-${filled.to}.json`,
          type: 'application/fhir+json; charset=utf-8',
          text: JSON.stringify(await this.exports.auditEventBundle(officer, search)),
        };
      case 'evidence':
      case 'exchanges':
      case 'audit-events': {
        const { fileName, mediaType, stream } = await this.exports.begin(officer, filled.form, search);
        return { kind: 'stream', name: fileName, type: mediaType, stream };
      }
    }
  }
}
