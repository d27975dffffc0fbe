import { readFileSync } from 'node:fs';
import path from 'node:path';
import { AGENCY_ALERT_KINDS } from '../../../src/alerts/index.js';
import { projectFolder } from '../../../src/config/index.js';
import { makeSchemaCheck } from '../../../src/definitions/index.js';

const check = makeSchemaCheck('agency');
const faultsOf = (change: object): string[] =>
  check({ kind: 'Agency', id: 'council', type: 'council', name: 'Council', codes: {}, keys: [], ...change }).map(
    ({ path: at }) => at.join('.'),
  );
const HOURS = { days: ['mon'], from: '08:00', until: '18:00' };

describe('what an agency’s definition says of alerts', () => {
  it.each([
    'https://alerts.council.example/in?box=1',
    'https://127.0.0.1:9000',
    'http://127.0.0.1:9000/in',
    'http://127.0.0.1',
  ])('is an address such as %s', (url) => expect(faultsOf({ alerts: { url } })).toEqual([]));

  it.each([
    'http://alerts.council.example/',
    'http://127.0.0.1.example/',
    'http://127.0.0.1@example/',
    'https://user:secret@alerts.council.example/',
    'https://alerts.council.example/#part',
    'ftp://alerts.council.example/',
    '/in',
  ])('is no address such as %s', (url) => expect(faultsOf({ alerts: { url } })).toContain('alerts.url'));

  it('may name any kind of alert that an agency has, and no other', () => {
    const { properties } = JSON.parse(
      readFileSync(path.join(projectFolder(), 'schemas', 'agency.schema.json'), 'utf8'),
    ) as { properties: { alerts: { properties: { kinds: { items: { enum: string[] } } } } } };
    expect(properties.alerts.properties.kinds.items.enum).toEqual([...AGENCY_ALERT_KINDS]);
  });

  it.each<[object, string[]]>([
    [{ percentage: 0.5, outOfHours: { hours: HOURS, percentage: 100 }, staff: { percentage: 0 } }, []],
    [{}, []],
    [{ percentage: 101 }, ['sampling.percentage']],
    [{ percentage: -1 }, ['sampling.percentage']],
    [{ outOfHours: { percentage: 1 } }, ['sampling.outOfHours']],
    [{ staff: { percentage: 1, names: [] } }, ['sampling.staff.names']],
  ])('has a sampling plan in percentages: %j', (sampling, faults) => expect(faultsOf({ sampling })).toEqual(faults));
});
