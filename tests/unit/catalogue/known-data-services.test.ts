import { knownDataServices } from '../../../src/catalogue/known-data-services.js';
import { readDataServiceSearch, searchDataServices } from '../../../src/catalogue/data-service-search.js';
import { buildRegister } from '../../../src/definitions/index.js';
import type { Problem } from '../../../src/api-contract/problem.js';
import { makeAgency, makeAgreement, makeDataService, makeItem } from '../../support/agreement.js';

const register = buildRegister({
  revision: 1,
  agencies: new Map([
    ['trust', makeAgency('trust', 'nhs-provider')],
    ['council', makeAgency('council', 'council')],
  ]),
  systems: new Map(),
  officers: new Map(),
  dataServices: new Map(
    [
      makeDataService({
        identifierTypes: ['nhs-number', 'uprn'],
        items: [makeItem('needs'), makeItem('coordinator'), makeItem('clinical-notes')],
      }),
      makeDataService({ id: 'trust/secret', name: 'Secret' }),
      makeDataService({ id: 'council/homes', agency: 'council', name: 'Homes' }),
    ].map((service) => [service.id, service]),
  ),
  agreements: [{ agreement: makeAgreement(), hash: 'h', signatures: [] }],
});
const known = (agency: string, on = '2026-11-22') => knownDataServices(register, agency, on);

describe('the data services that an agency may know of', () => {
  it('are none for an agency that holds none and is party to nothing', () => {
    expect(known('eastvale')).toEqual([]);
  });

  it('are its own, with every item', () => {
    const own = known('trust');
    expect(own.map(({ id, own: isOwn }) => [id, isOwn])).toEqual([
      ['trust/needs', true],
      ['trust/secret', true],
    ]);
    expect(own[0]?.dataItems.map(({ id }) => id)).toContain('clinical-notes');
    expect(own[0]?.identifierTypes).toEqual(['nhs-number', 'uprn']);
  });

  it('are those that an agreement lets it ask, with nothing that it may not ask for', () => {
    const [homes, needs, ...others] = known('council');
    expect([homes?.id, needs?.id, others.length]).toEqual(['council/homes', 'trust/needs', 0]);
    expect(needs?.dataItems.map(({ id }) => id)).toEqual(['needs', 'coordinator']);
    expect(needs?.identifierTypes).toEqual(['nhs-number']);
    expect(needs?.access).toEqual([
      expect.objectContaining({
        agreement: 'care',
        leg: 'trust-to-council',
        state: 'in-force',
        roles: ['social-worker'],
      }),
    ]);
    expect(JSON.stringify(needs)).not.toContain('clinical-notes');
    expect(JSON.stringify(needs)).not.toContain('trust.example');
    expect(JSON.stringify(needs)).not.toContain('$.needs');
  });

  it('are no longer those of an agreement that has ended, and already those of one that will start', () => {
    expect(known('council', '2029-01-01').map(({ id }) => id)).toEqual(['council/homes']);
    expect(known('council', '2025-12-31')[1]?.access[0]?.state).toBe('not-yet');
  });
});

describe('a search for data services', () => {
  const search = (query: Record<string, string>, agency = 'council') =>
    searchDataServices(known(agency), readDataServiceSearch(query));
  const ids = (query: Record<string, string>, agency?: string) =>
    search(query, agency).dataServices.map(({ id }) => id);

  it('finds by words in names and items, all of which must occur', () => {
    expect(ids({ q: 'NEEDS what' })).toEqual(['council/homes', 'trust/needs']);
    expect(ids({ q: 'trust coordinator' })).toEqual(['trust/needs']);
    expect(ids({ q: 'trust nothing' })).toEqual([]);
  });

  it('does not find by what the caller may not see', () => {
    expect(ids({ q: 'clinical-notes' })).toEqual([]);
    expect(ids({ q: 'clinical-notes' }, 'trust')).toEqual(['trust/needs']);
    expect(ids({ q: 'secret' })).toEqual([]);
    expect(ids({ q: '$.needs' })).toEqual([]);
  });

  it('finds by agency and by purpose', () => {
    expect(ids({ agency: 'trust' })).toEqual(['trust/needs']);
    expect(ids({ purpose: 'adult-social-care' })).toEqual(['trust/needs']);
    expect(ids({ purpose: 'safeguarding' })).toEqual([]);
  });

  it('gives one page after the other, each service once', () => {
    const first = search({ limit: '1' });
    expect(first.dataServices.map(({ id }) => id)).toEqual(['council/homes']);
    const second = search({ limit: '1', cursor: first.nextCursor! });
    expect(second.dataServices.map(({ id }) => id)).toEqual(['trust/needs']);
    expect(second.nextCursor).toBeNull();
  });

  it.each([
    [{ nhsNumber: '9434765919' }, '/nhsNumber'],
    [{ 'a/b~c': 'x' }, '/a~1b~0c'],
    [{ limit: '0' }, '/limit'],
    [{ limit: '101' }, '/limit'],
    [{ limit: '1e2' }, '/limit'],
    [{ cursor: 'x' }, '/cursor'],
    [{ q: '' }, '/q'],
    [{ q: ['a', 'b'] }, '/q'],
    [{ agency: 'x'.repeat(201) }, '/agency'],
  ])('refuses %j and says where, not what', (query, pointer) => {
    expect.assertions(2);
    try {
      readDataServiceSearch(query);
    } catch (error) {
      const { code, details } = error as Problem;
      expect([code, details.pointers]).toEqual(['REQUEST_INVALID', [pointer]]);
      expect(JSON.stringify(details)).not.toContain('9434765919');
    }
  });
});
