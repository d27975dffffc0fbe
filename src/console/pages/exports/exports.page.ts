import { Injectable } from '@nestjs/common';
import type { CallingOfficer } from '../../../access/index.js';
import { renderHtml, writeCsv } from '../../../agreement-documents/index.js';
import { Problem } from '../../../api-contract/index.js';
import { RECENT_WITHIN, type ExportSearch } from '../../../exports/index.js';
import { BUNDLE_SIZE, ExportsService } from '../../../exports/exports.module.js';
import { ukTime } from '../../in-words.js';
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
/** Most earlier exports on the page; all of them are in the file. */
const MOST_RECENT = 20;

const COLUMNS = [
  'Taken out',
  'Form',
  'From',
  'Until before',
  'Officer',
  'Size of the log',
  'Exchange',
  'Went on after',
];

const NO_SUCH_SIZE: Fault = { field: 'treeSize', text: 'Enter the size that was shown: the log never had this one' };

/**
 * What officers take out of the log. What is chosen stands in the address, so that a page of a period can be come back to; the
 * file itself is asked for by a form, since each is an entry of the log.
 */
@Injectable()
export class ExportsPage implements ConsolePage {
  readonly entry = { text: 'Exports', path: PATH } as const;
  readonly routes: readonly PageRoute[] = [
    { method: 'GET', path: PATH, roles: EXPORTERS, answer: (visit) => this.choose(visit, visit.query) },
    { method: 'GET', path: `${PATH}.csv`, roles: EXPORTERS, answer: (visit) => this.csv(visit) },
    { method: 'GET', path: `${PATH}/ready`, roles: EXPORTERS, answer: (visit) => this.ready(visit) },
    { method: 'POST', path: `${PATH}/file`, roles: EXPORTERS, answer: (visit) => this.file(visit) },
  ];

  constructor(private readonly exports: ExportsService) {}

  private async choose(
    { officer, now }: Visit,
    { form, from = '', to = '', month }: Visit['query'],
    faults: readonly Fault[] = [],
  ): Promise<PageAnswer> {
    const recent = await this.recent(officer);
    const refused = new Set(faults.map(({ field }) => field));
    return view(
      'exports/exports',
      'Exports',
      {
        forms: Object.entries(EXPORT_FORMS).map(([value, words]) => ({ value, ...words, checked: value === form })),
        months: monthsUpTo(now).map((value) => ({ value, day: `${value}-01`, selected: value === month })),
        from: refused.has('from') ? '' : from,
        to: refused.has('to') ? '' : to,
        recent: recent.slice(0, MOST_RECENT),
        recentCount: recent.length,
        recentWithin: RECENT_WITHIN,
        csv: `${PATH}.csv`,
      },
      faults,
    );
  }

  private async csv({ officer }: Visit): Promise<PageAnswer> {
    const rows = (await this.recent(officer)).map((one) => [
      ukTime(one.at),
      one.text,
      one.from,
      one.to,
      one.officer,
      String(one.treeSize),
      one.exchangeId ?? '',
      one.after === null ? '' : String(one.after),
    ]);
    return csvFile('exports.csv', writeCsv(COLUMNS, rows));
  }

  private async recent(officer: CallingOfficer) {
    return (await this.exports.recent(officer)).map(
      ({ form, at, period, exportedBy, treeSize, after, exchangeId }) => ({
        at,
        text: form === 'decision-form' ? 'Decision form of one exchange' : EXPORT_FORMS[form].text,
        from: period ? ukTime(period.from) : '',
        to: period ? ukTime(period.to) : '',
        officer: exportedBy.officer,
        treeSize,
        after,
        exchangeId,
      }),
    );
  }

  private async ready(visit: Visit): Promise<PageAnswer> {
    const { officer, query } = visit;
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
    if ('faults' in begun) return await this.choose(visit, query, begun.faults);
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

  private async file(visit: Visit): Promise<PageAnswer> {
    const { officer, form } = visit;
    const fields = Object.fromEntries(Object.entries(form).map(([name, [value = '']]) => [name, value]));
    const read = readExportForm(fields);
    if ('faults' in read) return await this.choose(visit, fields, read.faults);
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
