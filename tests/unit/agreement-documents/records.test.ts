import {
  ARTICLE_30_COLUMNS,
  NOT_STATED,
  PUBLIC_REGISTER_COLUMNS,
  writeArticle30,
  writePublicRegisterRow,
} from '../../../src/agreement-documents/index.js';
import { parseCsv, readCsv } from '../../support/csv.js';
import { sandboxSource } from './sandbox-source.js';

const IDS = ['adult-care-assessed-needs', 'fire-premises-risk'];

describe('the lines for the records of processing (UK GDPR Art. 30)', () => {
  it.each(IDS)('of %s are one for each side of each leg', async (id) => {
    const source = await sandboxSource(id);
    const lines = readCsv(writeArticle30(source));
    expect(lines.map(({ Leg, Side, Controller }) => [Leg, Side, Controller])).toEqual(
      source.agreement.legs.flatMap((leg) => [
        [leg.id, 'discloses', source.register.agency(leg.from)?.name],
        [leg.id, 'receives', source.register.agency(leg.to)?.name],
      ]),
    );
    for (const cells of parseCsv(writeArticle30(source))) expect(cells).toHaveLength(ARTICLE_30_COLUMNS.length);
  });

  it('name the sensitive items, and each part of the legal basis stack in its own column', async () => {
    const [, receives] = readCsv(writeArticle30(await sandboxSource('adult-care-assessed-needs')));
    expect(receives).toMatchObject({
      'Special category and criminal offence data':
        'Needs for care and support as last assessed (special category); Summary of risks to the person and to those who visit (special category)',
      Source: 'Northmoor Community and Mental Health NHS Trust (fictional)',
      'Lawful basis': 'UK GDPR, Art. 6(1)(e) with DPA 2018 s.8 (Public task)',
      'Powers and duties': 'Care Act 2014, s.6 (Co-operating generally)',
      'Duty of confidence':
        'Common law, Duty of confidentiality: explicit consent (Confidentiality met by explicit consent)',
      'Categories of data subjects': NOT_STATED,
    });
    expect(receives?.['Time limits for erasure']).toMatch(/^Kept in the case record .* log: 8 years\.$/);
  });

  it('say whose retention it is: the requester’s is never the supplier’s', async () => {
    const [discloses] = readCsv(writeArticle30(await sandboxSource('adult-care-assessed-needs')));
    expect(discloses?.['Time limits for erasure']).toMatch(/^Not stated in this agreement\. /);
    expect(discloses?.Recipients).toBe('Northmoor Metropolitan Borough Council (fictional)');
  });

  it('put no formula into a spreadsheet, and lose none of a hostile title', async () => {
    const source = await sandboxSource('fire-premises-risk');
    const requester = '=HYPERLINK("http://evil.example","x"), and\nmore';
    const agreement = { ...source.agreement, retention: { ...source.agreement.retention, requester } };
    const [, receives] = readCsv(writeArticle30({ ...source, agreement }));
    expect(receives?.['Time limits for erasure']).toMatch(/^'=HYPERLINK\("http:\/\/evil\.example","x"\), and\nmore /);
  });
});

describe('the row for the public register', () => {
  it.each(IDS)('of %s has one cell for each field', async (id) => {
    const rows = parseCsv(writePublicRegisterRow(await sandboxSource(id)));
    expect(rows).toHaveLength(2);
    for (const cells of rows) expect(cells).toHaveLength(PUBLIC_REGISTER_COLUMNS.length);
  });

  it('names powers, controllers, areas and items, and makes up no benefits, processors or number', async () => {
    const [row] = readCsv(writePublicRegisterRow(await sandboxSource('fire-premises-risk')));
    expect(row).toMatchObject({
      'Information sharing agreement 0001': '',
      Name: 'Risks of premises for fire crews in Northmoor',
      Purpose: 'Knowing the risks of premises before crews arrive',
      'Information sharing benefits': NOT_STATED,
      'Legal power disclosure': 'Fire and Rescue Services Act 2004, s.7 (Fire-fighting and obtaining information)',
      Processors: NOT_STATED,
      'Start date': '2026-01-01',
      'End date': '2046-12-31',
      'Review date': '2046-06-30',
    });
    expect(PUBLIC_REGISTER_COLUMNS).toHaveLength(18);
    expect(row?.['Disclosed information']).toContain('Oxygen equipment in use at the premises');
    expect(row?.['Controller names']?.split('; ')).toHaveLength(3);
    for (const code of row?.['Controllers']?.split('; ') ?? []) expect(code).toMatch(/^(gss|ods|charity):\S+$/);
    expect(row?.['Areas']?.split('; ').length).toBe(row?.['Area names']?.split('; ').length);
    expect(row?.['Areas']).toMatch(/^[A-Z][0-9]{8}/);
  });
});
