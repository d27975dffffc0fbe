import { writeReportCsv, writeReportPdf, type SubjectAccessReport } from '../../../src/disclosures/index.js';
import { readPdf } from '../../support/read-pdf.js';

const report = (change: Partial<SubjectAccessReport> = {}, disclosure: object = {}): SubjectAccessReport => ({
  id: '0192f0c1-bb01-7a30-8f11-2b1c0d9e8f70',
  title: 'What was shared about you',
  madeAt: '2026-07-01T23:30:00.000Z',
  agency: { id: 'cyngor', name: 'Cyngor Tŷ Ŵen', email: null, address: null },
  about: ['About it.'],
  disclosures: [
    {
      reference: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f',
      at: '2026-07-01T09:00:00.000Z',
      when: '1 July 2026 at 10:00 (British Summer Time)',
      askedBy: 'A council',
      role: null,
      askedOf: 'A trust',
      purpose: null,
      whatHappened: 'Nothing was given.',
      given: [],
      notGiven: ['One', 'Two'],
      law: [],
      agreement: null,
      withoutPermission: false,
      ...disclosure,
    },
  ],
  permissions: [],
  statements: [],
  ...change,
});

describe('a report as CSV', () => {
  it('has every cell quoted, as many in each line, and CRLF after each (RFC 4180)', () => {
    const text = writeReportCsv(report({}, { agreement: 'Of "A", and B\nand C' }));
    expect(text.endsWith('\r\n')).toBe(true);
    expect(text).toContain('"Of ""A"", and B\nand C"');
    for (const line of text.replaceAll('""A""', '').trimEnd().split('\r\n')) {
      expect(line.match(/"[^"]*"/g)).toHaveLength(12);
    }
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '＝1', ' =cmd|"/c calc"!A1'])(
    'has no formula where a definition says %j',
    (formula) => {
      const text = writeReportCsv(report({}, { askedBy: formula, given: [formula] }));
      expect(text).not.toContain(`"${formula.replaceAll('"', '""')}`);
      expect(text).toContain(`"'${formula.replaceAll('"', '""')}`);
    },
  );
});

describe('a report as PDF', () => {
  it('says what there is, times as clocks in the United Kingdom show them, and nothing of what is not there', async () => {
    const pdf = readPdf(await writeReportPdf(report()));
    expect(pdf.text).toContain('made on 2 July 2026 at 00:30 (British Summer Time)');
    expect(pdf.text).toContain('1 July 2026 at 10:00 (British Summer Time)');
    expect(pdf.text).toContain('What was not given One Two');
    expect(pdf.text).not.toContain('The law behind it');
    expect(pdf.pages).toBe(1);
  });

  it('writes what the font has no letter for without its mark, and leaves no box', async () => {
    const pdf = readPdf(await writeReportPdf(report()));
    expect(pdf.text).toContain('From Cyngor Ty Wen');
    expect(pdf.title).toBe('What was shared about you: Cyngor Tŷ Ŵen');
  });

  it('goes on over as many pages as it takes, each row whole, and a cell longer than a page too', async () => {
    const [one] = report().disclosures;
    const many = readPdf(await writeReportPdf(report({ disclosures: Array.from({ length: 30 }, () => one!) })));
    expect(many.pages).toBeGreaterThan(4);
    expect(many.story.filter((type) => type === 'Table')).toHaveLength(30);
    expect(many.text.match(/Nothing was given\./g)).toHaveLength(30);
    const long = readPdf(
      await writeReportPdf(report({}, { notGiven: Array.from({ length: 90 }, (_, i) => `Item ${i}.`) })),
    );
    for (let i = 0; i < 90; i++) expect(long.text).toContain(`Item ${i}.`);
    expect(long.text).toContain('Reference');
  });
});
