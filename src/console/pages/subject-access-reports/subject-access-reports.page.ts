import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { writeCsv } from '../../../agreement-documents/index.js';
import { Problem } from '../../../api-contract/index.js';
import { SubjectAccessReportsService } from '../../../disclosures/disclosures.module.js';
import { ukTime } from '../../in-words.js';
import { csvFile, view, type ConsolePage, type PageAnswer, type PageRoute, type Visit } from '../../page.js';

const PATH = '/console/subject-access-reports';

/** Who sees what persons are not told: as by the API. */
const OVERSEERS = ['oversight'] as const;

const COLUMNS = ['Report', 'Made', 'Officer', 'Disclosures in it', 'Records left out'];
/** Most reports in a file: an agency makes some a day. */
const MOST_IN_FILE = 10_000;

/** The reports that were made for persons, and what was left out of each. */
@Injectable()
export class SubjectAccessReportsPage implements ConsolePage {
  readonly entry = { text: 'Reports to people', path: PATH } as const;
  readonly routes: readonly PageRoute[] = [
    { method: 'GET', path: PATH, roles: OVERSEERS, answer: (visit) => this.list(visit) },
    { method: 'GET', path: `${PATH}.csv`, roles: OVERSEERS, answer: (visit) => this.csv(visit) },
    { method: 'GET', path: `${PATH}/:id`, roles: OVERSEERS, answer: (visit) => this.show(visit) },
  ];

  constructor(private readonly reports: SubjectAccessReportsService) {}

  private async list({ officer, query }: Visit): Promise<PageAnswer> {
    const cursor = query['cursor'] || undefined;
    if (cursor !== undefined && !/^\d{1,15}$/.test(cursor)) throw new Problem('REQUEST_INVALID');
    const { reports, count, nextCursor } = await this.reports.list(officer, cursor ? Number(cursor) : undefined);
    return view('subject-access-reports/subject-access-reports', 'Reports to people', {
      rows: reports,
      count,
      csv: `${PATH}.csv`,
      first: cursor && PATH,
      next: nextCursor === null ? undefined : `${PATH}?cursor=${nextCursor}`,
    });
  }

  private async csv({ officer }: Visit): Promise<PageAnswer> {
    const { reports } = await this.reports.list(officer, undefined, MOST_IN_FILE);
    const rows = reports.map(({ id, madeAt, officer: by, disclosures, withheld }) => [
      id,
      ukTime(madeAt),
      by,
      String(disclosures),
      String(withheld),
    ]);
    return csvFile('subject-access-reports.csv', writeCsv(COLUMNS, rows));
  }

  private async show({ officer, params }: Visit): Promise<PageAnswer> {
    if (!isUUID(params['id'])) throw new Problem('NOT_FOUND');
    const report = await this.reports.withheld(officer, String(params['id']));
    return view('subject-access-reports/subject-access-report', 'A report to a person', { report });
  }
}
