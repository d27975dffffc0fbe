import { readFileSync } from 'node:fs';
import { MAGIC_NHS_NUMBERS, MAGIC_PLACES } from '../../../sandbox/suppliers/people.js';
import { PROBLEMS } from '../../../src/api-contract/index.js';
import { REASON_CODES } from '../../../src/policy/index.js';
import { MAGIC_OUTCOMES } from '../../support/magic-outcomes.js';

const guide = readFileSync('docs/for-developers.md', 'utf8');
const rows = guide
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

describe('docs/for-developers.md', () => {
  it('lists the published NHS numbers of the sandbox, each with what it brings about and its answer', () => {
    const listed = rows.filter(([first = '']) => /^`\d{10}`$/.test(first));
    const published = Object.entries(MAGIC_NHS_NUMBERS).map(([nhsNumber, words]) => {
      const { status, code, reasonCodes } = MAGIC_OUTCOMES.find(({ identifier }) => identifier === nhsNumber) ?? {};
      return [`\`${nhsNumber}\``, words, `${status} \`${reasonCodes?.[0] ?? code}\``];
    });
    expect(listed).toEqual(published);
  });

  it('lists the published places', () => {
    const listed = rows.flatMap(([first = '']) => /^U[PS]RN `(\d+)`$/.exec(first)?.[1] ?? []);
    const { uprn, usrn } = MAGIC_PLACES;
    expect(listed.toSorted()).toEqual([uprn.known, uprn.unknown, usrn.known].toSorted());
  });

  it('names only codes that exist', () => {
    const named = guide.match(/`[A-Z]+(_[A-Z]+)+`/g)?.map((code) => code.slice(1, -1)) ?? [];
    const known = new Set([...Object.keys(PROBLEMS), ...Object.keys(REASON_CODES)]);
    expect(named.filter((code) => !known.has(code) && !code.startsWith('SUPPLIER_'))).toEqual([]);
    expect(named.length).toBeGreaterThan(10);
  });
});

describe('package.json', () => {
  it('exports the SDK under the name that the guide imports it by', () => {
    const { name, exports, dependencies } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      name: string;
      exports?: Record<string, { default: string }>;
      dependencies: Record<string, string>;
    };
    expect(guide).toContain(`from '${name}/sdk'`);
    expect(exports?.['./sdk']?.default).toBe('./dist/sdk/index.js');
    expect(Object.keys(dependencies)).toEqual(expect.arrayContaining(['openid-client', 'openapi-fetch', 'jose']));
  });
});
