import { performance } from 'node:perf_hooks';
import { DataSource } from 'typeorm';
import { countDisclosures, pageOfDisclosures, linkHandles } from '../src/disclosures/index.js';
import type { Query } from '../src/policy/index.js';

/** Agencies of a made-up region; the first few take part in most of what is shared. */
const AGENCIES = 40;
/** A handle is looked for by a few exchanges on average, as a person's are. */
const PER_PERSON = 5;

/** Fills the tables that officers search with `rows` exchanges of five years. The log is not touched: nothing is proved of them. */
export async function makeDisclosures(query: Query, rows: number): Promise<void> {
  await query('TRUNCATE disclosures');
  await query(MAKE, [rows, AGENCIES, Math.ceil(rows / PER_PERSON)]);
  await query('VACUUM ANALYZE disclosures');
}

const MAKE = `
  INSERT INTO disclosures
  SELECT gen_random_uuid(), n * 2, 'exchange', timestamptz '2021-11-22' + n * (interval '5 years' / $1::int),
    'agency-' || asker, 'agency-' || holder, NULL, 'query', 'agency-' || holder || '/needs', purpose, outcome,
    CASE outcome WHEN 'deny' THEN NULL ELSE 'disclosed' END, ARRAY[reason], ARRAY['one', 'two'], ARRAY['one'], ARRAY[basis], NULL,
    role, staff, agreement, 1, false, ARRAY['asker-' || person], ARRAY['holder-' || person],
    ARRAY['kind:exchange', 'asker:agency-' || asker, 'supplier:agency-' || holder, 'pattern:query', 'purpose:' || purpose,
      'outcome:' || outcome, 'role:' || role, 'staff:' || staff, 'agreement:' || agreement, 'override:no', 'basis:' || basis,
      'reason:' || reason]
  FROM generate_series(1, $1::int) AS n,
    LATERAL (SELECT floor($2::int * power(random(), 3))::int AS asker, floor($2::int * power(random(), 2))::int AS other,
      'purpose-' || floor(40 * power(random(), 2)) AS purpose, 'basis-' || floor(60 * power(random(), 2)) AS basis,
      'role-' || floor(20 * random()) AS role, 'staff-' || floor(5000 * random()) AS staff,
      'agreement-' || floor(100 * power(random(), 2)) AS agreement, floor($3::int * random())::int AS person,
      (ARRAY['permit', 'permit', 'permit', 'permit-partial', 'deny'])[1 + floor(5 * random() + n * 0)::int] AS outcome) AS drawn,
    LATERAL (SELECT (asker + 1 + other) % $2::int AS holder,
      CASE outcome WHEN 'deny' THEN 'DENY_CONSENT_REQUIRED' WHEN 'permit' THEN 'PERMIT' ELSE 'PERMIT_PARTIAL' END AS reason)
      AS followed`;

/** `node dist/bench/make-disclosures.js <rows>`, on DATABASE_URL with the owner's role: how long searches take. */
async function main(): Promise<void> {
  const dataSource = await new DataSource({ type: 'postgres', url: process.env['DATABASE_URL'] ?? '' }).initialize();
  const query: Query = async <Row>(sql: string, values?: readonly unknown[]) =>
    (await dataSource.query(sql, values?.slice())) as Row[];
  const rows = Number(process.argv[2] ?? 500_000);
  console.log(`Making ${rows} disclosures ...`);
  await makeDisclosures(query, rows);
  const logSize = rows * 2 + 1;
  const day = 86_400_000;
  const pick = (most: number): number => Math.floor(most * Math.random());
  const searches: Record<
    string,
    () => { agency: string; filters: object; from?: Date; to?: Date; handles?: string[] }
  > = {
    'all of an agency': () => ({ agency: `agency-${pick(40)}`, filters: {} }),
    'a week': () => {
      const from = new Date(Date.parse('2021-11-22') + pick(1800) * day);
      return { agency: `agency-${pick(40)}`, filters: {}, from, to: new Date(from.getTime() + 7 * day) };
    },
    'a person': () => {
      const person = pick(rows / PER_PERSON);
      return { agency: `agency-${pick(10)}`, filters: {}, handles: [`asker-${person}`, `holder-${person}`] };
    },
    'purpose and outcome': () => ({
      agency: `agency-${pick(40)}`,
      filters: { purpose: `purpose-${pick(40)}`, outcome: 'deny' },
    }),
    'a member of staff': () => ({ agency: `agency-${pick(40)}`, filters: { staffId: `staff-${pick(5000)}` } }),
    'an agreement, other agency': () => ({
      agency: `agency-${pick(40)}`,
      filters: { agreement: `agreement-${pick(100)}`, agency: `agency-${pick(40)}` },
    }),
  };
  for (const [name, make] of Object.entries(searches)) {
    const took: number[] = [];
    for (let turn = 0; turn < 200; turn++) {
      const wanted = { ...make(), logSize };
      const began = performance.now();
      if (wanted.handles) await linkHandles(query, wanted.agency, wanted.handles, ['agency-1/needs', 'agency-2/needs']);
      const count = await countDisclosures(query, wanted);
      await pageOfDisclosures(query, wanted, { count, limit: 51 });
      took.push(performance.now() - began);
    }
    took.sort((a, b) => a - b);
    console.log(
      `${name}: p50 ${took[100]?.toFixed(1)} ms, p95 ${took[190]?.toFixed(1)} ms, longest ${took[199]?.toFixed(1)} ms`,
    );
  }
  await dataSource.destroy();
}

if (process.argv[1]?.endsWith('make-disclosures.js')) await main();
