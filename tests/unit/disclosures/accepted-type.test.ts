import { acceptedType } from '../../../src/disclosures/accepted-type.js';

const OFFERED = ['application/json', 'text/csv', 'application/pdf'] as const;

describe('the type that an Accept header likes best', () => {
  const cases: [accept: string | undefined, type: string][] = [
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/pdf', 'application/pdf'],
    ['text/*', 'text/csv'],
    ['application/pdf;q=0.5, text/csv;q=0.9', 'text/csv'],
    ['application/*;q=0.5, application/pdf', 'application/pdf'],
    ['application/json;q=0, */*', 'text/csv'],
    ['Application/PDF ; q=1', 'application/pdf'],
    ['text/html', 'application/json'],
    ['', 'application/json'],
    ['text/csv;q=much', 'application/json'],
  ];
  it.each(cases)('of %j is %s', (accept, type) => {
    expect(acceptedType(accept, OFFERED)).toBe(type);
  });
});
