import { monthsUpTo, readExportForm } from '../../../src/console/pages/exports/export-form.js';

const DAYS = { from: '2026-07-01', to: '2026-07-31' };
const faultsOf = (fields: Readonly<Record<string, string>>): string[] => {
  const read = readExportForm(fields);
  return 'faults' in read ? read.faults.map(({ field }) => field) : [];
};
const searchOf = (fields: Readonly<Record<string, string>>) => {
  const read = readExportForm(fields);
  if ('faults' in read) throw new Error(`refused: ${JSON.stringify(read.faults)}`);
  return read.search;
};

describe('what is to be taken out', () => {
  it('is refused when nothing is filled in', () => {
    expect(faultsOf({})).toEqual(['form']);
  });

  it.each<[Record<string, string>, string[]]>([
    [{ form: 'constructor', ...DAYS }, ['form']],
    [{ form: 'decision-form', ...DAYS }, ['form']],
    [{ form: 'evidence' }, ['from', 'to']],
    [{ form: 'evidence', from: '2026-02-30', to: '2026-03-01' }, ['from']],
    [{ form: 'evidence', from: '2026-03-02', to: '2026-03-01' }, ['to']],
    [{ form: 'evidence', ...DAYS, after: '5' }, ['treeSize']],
    [{ form: 'evidence', ...DAYS, treeSize: '-1', after: '5' }, ['treeSize']],
    [{ form: 'evidence', ...DAYS, treeSize: '9', after: '1e3' }, ['after']],
    [{ form: 'statistics', ...DAYS }, ['month']],
    [{ form: 'statistics', month: '2026-13' }, ['month']],
  ])('is refused by the field that is wrong: %j', (fields, faults) => expect(faultsOf(fields)).toEqual(faults));

  it('is a period of whole days in UK time, summer time included', () => {
    expect(searchOf({ form: 'exchanges', ...DAYS })).toEqual({
      from: new Date('2026-06-30T23:00:00Z'),
      to: new Date('2026-07-31T23:00:00Z'),
    });
  });

  it('is a month in UTC for statistics', () => {
    expect(searchOf({ form: 'published-statistics', month: '2026-12' })).toEqual({
      from: new Date('2026-12-01T00:00:00Z'),
      to: new Date('2027-01-01T00:00:00Z'),
    });
  });

  it('is tied to a size of the log, from the beginning or from where it broke off, where that form goes on', () => {
    expect(searchOf({ form: 'evidence', ...DAYS, treeSize: '40' })).toMatchObject({
      pin: { treeSize: 40, after: null },
    });
    expect(searchOf({ form: 'evidence', ...DAYS, treeSize: '40', after: '6' })).toMatchObject({
      pin: { treeSize: 40, after: 6 },
    });
    expect(searchOf({ form: 'routine-sharing', ...DAYS, treeSize: '40' })).not.toHaveProperty('pin');
  });

  it('can be of the last 24 months', () => {
    const months = monthsUpTo(new Date('2026-01-31T23:59:59Z'));
    expect([months.length, months[0], months[1], months.at(-1)]).toEqual([24, '2026-01', '2025-12', '2024-02']);
  });
});
