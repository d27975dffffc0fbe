import fc from 'fast-check';
import { fileName } from '../../../src/exports/file-name.js';

describe('the name of a file that is handed out', () => {
  it('says what it is, of whom and of when', () => {
    expect(fileName(['exchanges', 'northmoor-council', '2026-11-01', '2026-12-01'], 'csv')).toBe(
      'gatehouse-exchanges-northmoor-council-2026-11-01-2026-12-01.csv',
    );
  });

  it('cannot leave its header, its quotes or its folder, whatever it is made of', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (parts) => {
        expect(fileName([...parts, 'a"\r\nSet-Cookie: b=c; ../../etc'], 'csv')).toMatch(
          /^gatehouse[A-Za-z0-9._-]*\.csv$/,
        );
        expect(fileName(parts, 'csv').length).toBeLessThan(160);
      }),
    );
  });
});
