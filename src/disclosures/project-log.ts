import type { LawEnforcementSigns } from './law-enforcement.js';

/** Runs one statement, prepared once for each connection where it has a name. */
export type Run = (sql: string, values?: readonly unknown[], name?: string) => Promise<readonly unknown[]>;

/** Entries that a row of `disclosures` is made from. */
const KINDS = ['decision', 'outcome', 'reconciliation', 'decision-not-to-share'];

/**
 * Brings the tables derived from the log up to date with its entries from index `from` until before `to`. A row depends on
 * nothing but the log, so doing this again, or in other portions, comes to the same.
 *
 * INVARIANT: 7. What is erased from the log is in none of them: a row is made only of an exchange whose bodies are all there,
 * and goes with the entry that says that one was erased.
 *
 * MUST run in one transaction with whatever says how far it came.
 */
export async function projectLog(run: Run, from: number, to: number, signs: LawEnforcementSigns): Promise<void> {
  const { legalBases, purposes } = signs;
  await run(PROJECT_DISCLOSURES, [from, to, KINDS, legalBases, purposes], 'project_disclosures');
  await run(PROJECT_REPORTS, [from, to]);
  if ((await run(ERASED, [from, to])).length === 0) return;
  await run(DROP_ERASED_DISCLOSURES, [from, to, KINDS]);
  await run(DROP_ERASED_REPORTS, [from, to]);
}

const COLUMNS = [
  'log_index',
  'kind',
  'decided_at',
  'requester_agency',
  'supplier_agency',
  'asked_by',
  'pattern',
  'data_service',
  'purpose',
  'outcome',
  'result',
  'reasons',
  'items',
  'released',
  'legal_bases',
  'override_reason',
  'staff_role',
  'staff_id',
  'agreement',
  'agreement_version',
  'law_enforcement',
  'requester_handles',
  'supplier_handles',
  'terms',
];

/** The texts of a JSON array; of what is none, none. */
const texts = (array: string): string =>
  `ARRAY(SELECT jsonb_array_elements_text(CASE jsonb_typeof(${array}) WHEN 'array' THEN ${array} ELSE '[]' END))`;

/** Distinct texts that a path of JSON finds, in order. */
const found = (path: string): string =>
  `ARRAY(SELECT DISTINCT text #>> '{}' FROM jsonb_path_query(claims, '${path}') AS text ORDER BY 1)`;

/**
 * Where a permit was decided again before its release, the later decision is the one that counts. Each step is materialized, lest
 * what several columns are made of is made for each of them.
 */
const PROJECT_DISCLOSURES = `
  WITH touched AS (
    SELECT DISTINCT exchange_id FROM log_entries WHERE log_index >= $1 AND log_index < $2 AND kind = ANY ($3::text[])
  ), story AS MATERIALIZED (
    SELECT entry.exchange_id, min(entry.log_index) AS log_index,
      (array_agg(entry.kind ORDER BY entry.log_index))[1] AS first_kind,
      bool_or(entry.kind = 'reconciliation') AS reconciled,
      ((array_agg(body.claims ORDER BY entry.log_index))[1]::json ->> 'at')::timestamptz AS decided_at,
      (array_agg(body.claims ORDER BY entry.log_index DESC) FILTER (WHERE entry.kind <> 'reconciliation'))[1]::jsonb AS claims,
      (array_agg(body.detail ORDER BY entry.log_index DESC) FILTER (WHERE entry.kind <> 'reconciliation'))[1]::jsonb AS detail
    FROM touched JOIN log_entries entry USING (exchange_id) LEFT JOIN log_bodies body USING (log_index)
    WHERE entry.kind = ANY ($3::text[])
    GROUP BY entry.exchange_id
    HAVING bool_and(body.log_index IS NOT NULL) AND bool_or(entry.kind IN ('decision', 'decision-not-to-share'))
  ), facts AS MATERIALIZED (
    SELECT hash, jsonb_path_query_array(content::jsonb, '$.items[*].*.legalBasis[*]') AS bases FROM decision_facts
    WHERE hash IN (SELECT detail ->> 'factsHash' FROM story)
  ), told AS MATERIALIZED (
    SELECT story.*,
      CASE first_kind WHEN 'decision' THEN 'exchange' ELSE first_kind END AS kind,
      CASE WHEN reconciled THEN 'not-released' ELSE claims #>> '{outcome,result}' END AS result,
      jsonb_path_query_array(claims, '$.items[*].legalBasis[*]') || coalesce(facts.bases, '[]') || coalesce(legs.bases, '[]')
        AS stack
    FROM story LEFT JOIN facts ON facts.hash = detail ->> 'factsHash'
      LEFT JOIN LATERAL (
        -- What a budget refused has no facts of its own.
        SELECT jsonb_path_query_array(document, '$.legs[*] ? (@.dataService == $service).legalBasis[*]',
          jsonb_build_object('service', claims -> 'dataService')) AS bases
        FROM agreements
        WHERE facts.hash IS NULL AND id = claims #>> '{agreement,id}' AND version = (claims #>> '{agreement,version}')::int
      ) AS legs ON true
  ), disclosed AS MATERIALIZED (
    SELECT told.*, CASE result WHEN 'disclosed' THEN ${texts(`claims #> '{outcome,released}'`)} ELSE '{}' END AS released
    FROM told
  ), worded AS MATERIALIZED (
    SELECT exchange_id, log_index, kind, decided_at, result, released,
      claims #>> '{requester,agency}' AS requester_agency,
      claims ->> 'supplier' AS supplier_agency,
      claims ->> 'askedBy' AS asked_by,
      claims ->> 'pattern' AS pattern,
      claims ->> 'dataService' AS data_service,
      claims ->> 'purpose' AS purpose,
      coalesce(claims #>> '{decision,outcome}', 'deny') AS outcome,
      CASE kind
        WHEN 'exchange' THEN ${found('$.decision.reasonCodes[*]')}
        ELSE ARRAY[claims ->> 'reason'] END AS decided_for,
      CASE kind WHEN 'exchange' THEN ${found('$.items[*].reasonCodes[*]')} ELSE '{}' END AS items_decided_for,
      CASE kind WHEN 'exchange' THEN ${found('$.items[*].dataItem')} ELSE ${texts(`claims -> 'items'`)} END AS items,
      ARRAY(
        SELECT DISTINCT basis FROM jsonb_array_elements(CASE kind WHEN 'exchange' THEN claims -> 'items' ELSE '[]' END) AS item,
          jsonb_array_elements_text(item -> 'legalBasis') AS basis
        WHERE item ->> 'dataItem' = ANY (released) ORDER BY basis
      ) AS legal_bases,
      claims #>> '{override,reason}' AS override_reason,
      coalesce(claims #>> '{requester,role}', claims #>> '{decidedBy,role}') AS staff_role,
      coalesce(claims #>> '{requester,staffId}', claims #>> '{decidedBy,staffId}') AS staff_id,
      claims #>> '{agreement,id}' AS agreement,
      (claims #>> '{agreement,version}')::int AS agreement_version,
      claims ? 'lawEnforcement' OR CASE jsonb_array_length(stack)
        WHEN 0 THEN coalesce(kind = 'exchange' AND claims ->> 'purpose' = ANY ($5::text[]), false)
        ELSE stack ?| $4::text[] END AS law_enforcement,
      ${texts(`detail #> '{subjectHandles,requester}'`)} AS requester_handles,
      CASE kind WHEN 'exchange' THEN ${texts(`detail #> '{subjectHandles,supplier}'`)}
        ELSE ${texts(`detail -> 'subjectHandles'`)} END AS supplier_handles
    FROM disclosed
  ), shaped AS MATERIALIZED (
    SELECT worded.*, ARRAY(SELECT DISTINCT unnest(decided_for || items_decided_for) ORDER BY 1) AS reasons FROM worded
  )
  INSERT INTO disclosures (exchange_id, ${COLUMNS.join(', ')})
  SELECT exchange_id, ${COLUMNS.filter((column) => column !== 'terms').join(', ')},
    array_remove(ARRAY[
      'kind:' || kind, 'asker:' || coalesce(requester_agency, asked_by), 'supplier:' || supplier_agency,
      'pattern:' || pattern, 'purpose:' || purpose, 'outcome:' || outcome, 'result:' || result, 'role:' || staff_role,
      'staff:' || staff_id, 'agreement:' || agreement,
      CASE WHEN override_reason IS NULL THEN 'override:no' ELSE 'override:yes' END
    ], NULL) || ARRAY(SELECT 'basis:' || unnest(legal_bases)) || ARRAY(SELECT 'reason:' || unnest(reasons))
  FROM shaped
  ON CONFLICT (exchange_id) DO UPDATE SET ${COLUMNS.map((column) => `${column} = EXCLUDED.${column}`).join(', ')}`;

const PROJECT_REPORTS = `
  INSERT INTO subject_access_reports
    (id, log_index, agency, officer, made_at, disclosures, withheld_disclosures, withheld_statements)
  SELECT (said ->> 'report')::uuid, log_index, said #>> '{reportedBy,agency}', said #>> '{reportedBy,officer}',
    (said ->> 'at')::timestamptz, (said ->> 'disclosures')::int,
    ${texts(`kept -> 'withheldDisclosures'`)}::uuid[], ${texts(`kept -> 'withheldStatements'`)}::uuid[]
  FROM log_entries JOIN log_bodies USING (log_index),
    LATERAL (SELECT claims::jsonb AS said, detail::jsonb AS kept) AS body
  WHERE log_index >= $1 AND log_index < $2 AND kind = 'subject-access-reported'
  ON CONFLICT DO NOTHING`;

/** The ranges of log indexes that entries of a portion say were erased. */
const ERASED = `
  SELECT (range ->> 0)::bigint AS first, (range ->> 1)::bigint AS last
  FROM log_entries JOIN log_bodies USING (log_index), jsonb_array_elements(claims::jsonb -> 'erased') AS range
  WHERE log_index >= $1 AND log_index < $2 AND kind = 'bodies-erased'`;

const DROP_ERASED_DISCLOSURES = `
  DELETE FROM disclosures USING (${ERASED}) AS erased, log_entries entry
  WHERE entry.log_index BETWEEN erased.first AND erased.last AND entry.kind = ANY ($3::text[])
    AND disclosures.exchange_id = entry.exchange_id`;

const DROP_ERASED_REPORTS = `
  DELETE FROM subject_access_reports report USING (${ERASED}) AS erased
  WHERE report.log_index BETWEEN erased.first AND erased.last`;
