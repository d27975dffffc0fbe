import { writeCsv } from '../agreement-documents/index.js';
import type { SubjectAccessReport } from './subject-access-report.js';

const COLUMNS = [
  'Part',
  'Date and time',
  'Who asked',
  'Role of the person who asked',
  'Who was asked',
  'Purpose',
  'What happened',
  'Given',
  'Not given',
  'The law behind it',
  'Under the agreement',
  'Reference',
] as const;

type Row = Readonly<Partial<Record<(typeof COLUMNS)[number], string>>>;

/** The report as a table; see `writeCsv` for its form. Several values of one cell are separated by semicolons. */
export function writeReportCsv({ about, disclosures, permissions, statements }: SubjectAccessReport): string {
  const rows: Row[] = [
    ...about.map((text) => ({ Part: 'About this report', 'What happened': text })),
    ...disclosures.map((one) => ({
      Part: 'Information that was asked for',
      'Date and time': one.when,
      'Who asked': one.askedBy,
      'Role of the person who asked': one.role ?? '',
      'Who was asked': one.askedOf,
      Purpose: one.purpose ?? '',
      'What happened': `${one.whatHappened}${one.withoutPermission ? ` ${WITHOUT_PERMISSION}` : ''}`,
      Given: listed(one.given),
      'Not given': listed(one.notGiven),
      'The law behind it': listed(one.law),
      'Under the agreement': one.agreement ?? '',
      Reference: one.reference,
    })),
    ...permissions.map((one) => ({
      Part: 'What was said about sharing',
      'Date and time': one.when,
      'Who asked': listed(one.recipients),
      Purpose: one.purpose,
      'What happened': `${one.said} (${one.kind}; said by: ${one.saidBy}). ${one.state}`,
      Given: listed(one.items),
    })),
    ...statements.map((one) => ({
      Part: 'Objections and decisions about sharing',
      'Date and time': one.when,
      'Who asked': listed(one.recipients),
      Purpose: one.purpose,
      'What happened': `${one.kind}: ${one.says}. ${one.state}`,
      Given: listed(one.items),
    })),
  ];
  return writeCsv(
    COLUMNS,
    rows.map((row) => COLUMNS.map((column) => row[column] ?? '')),
  );
}

/** What is said of a disclosure by an override. */
export const WITHOUT_PERMISSION = 'A member of staff decided that it had to be shared without permission.';

const listed = (texts: readonly string[]): string => texts.join('; ');
