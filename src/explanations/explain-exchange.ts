import type { Agreement } from '../agreements/index.js';
import type { DataService } from '../catalogue/index.js';
import type { ExchangeClaims } from '../disclosure-log/index.js';
import type { LegalBasis, Purpose } from '../legal-bases/index.js';
import {
  REASON_CODES,
  wordDecision,
  type DecidedAgain,
  type DecisionArchive,
  type DisclosureFacts,
  type PermissionState,
  type PolicyFiles,
  type Query,
  type ReasonCode,
} from '../policy/index.js';
import type {
  ExplainedItem,
  ExplainedLegalBasis,
  ExplainedOutcome,
  ExplainedReason,
  Explanation,
  MadeAgain,
  Named,
} from './explanation.js';
import { inPlainEnglish } from './in-plain-english.js';
import { readExchange, type LoggedEntry, type LoggedExchange } from './read-exchange.js';

export interface ExplanationParts {
  readonly query: Query;
  readonly archive: DecisionArchive;
}

/**
 * Explains an exchange from what was kept of it: the decision is made again on its archived facts under its archived
 * policies, and legal bases are read from the catalogue of that policy version, not from today's. Names of agencies and
 * items are today's.
 *
 * INVARIANT: 1. Nothing of a person is in it. INVARIANT: 8. `undefined` for whoever is neither requester nor supplier;
 * `erased` once what was decided is no longer on record. What a person said to the supplier is told to the requester only as far as the reason codes tell it (invariant 9).
 *
 * Does NOT verify the log (see `verifyLog`), or record that somebody looked.
 *
 * @param agency The agency whose officer looks; `null` for whoever runs the gateway
 */
export async function explainExchange(
  exchangeId: string,
  agency: string | null,
  { query, archive }: ExplanationParts,
): Promise<Explanation | 'erased' | undefined> {
  const exchange = await readExchange(query, exchangeId, agency);
  if (!exchange || exchange === 'erased') return exchange;
  // Where a permit was decided again before its release, the later decision is the one that counts.
  const { claims, detail } = exchange.outcome ?? exchange.decision;
  const { requester, decision } = claims;
  const again = detail.factsHash === null ? undefined : await archive.decide(detail.factsHash, decision.policyVersion);
  const remade = typeof again === 'object' ? again : undefined;
  const names = await readNames(query, claims);
  const asRequester = agency === requester.agency;
  const staffId = (id: string | null): string | null => (asRequester ? id : null);
  const { override } = claims;
  const explained: Omit<Explanation, 'paragraph'> = {
    exchangeId: claims.exchangeId,
    outcome: decision.outcome,
    reasons: decision.reasonCodes.map(reasonOf),
    decidedAt: exchange.decision.claims.at,
    pattern: claims.pattern,
    requester: {
      id: requester.agency,
      name: names.agency(requester.agency).name,
      system: requester.system,
      role: requester.role,
      staffId: staffId(requester.staffId),
    },
    supplier: claims.supplier === null ? null : names.agency(claims.supplier),
    dataService: claims.dataService,
    purpose: claims.purpose === null ? null : purposeOf(claims.purpose, remade?.policies.files),
    justification: claims.justification,
    lawEnforcementJustification: claims.lawEnforcement?.justification ?? null,
    override: override
      ? { reason: override.reason, role: override.authorisedBy.role, staffId: staffId(override.authorisedBy.staffId) }
      : null,
    agreement: claims.agreement && { ...claims.agreement, title: await readTitle(query, claims.agreement) },
    conflictingAgreements: [...(detail.conflictingAgreements ?? [])],
    items: itemsOf(claims, remade, { names, asRequester }),
    permissions: await readPermissions(query, detail.permissions),
    becameOf: outcomeOf(exchange),
    madeAgain: compare(claims, again),
    facts: remade ? factsFor(remade.facts, asRequester) : null,
    policyVersion: decision.policyVersion,
    entries: [...exchange.entries],
  };
  return { ...explained, paragraph: inPlainEnglish(explained, basesOf(remade?.policies.files)) };
}

const reasonOf = (code: string): ExplainedReason => ({
  code,
  sentence: REASON_CODES[code as ReasonCode] ?? 'This reason is no longer known here.',
});

function itemsOf(
  claims: ExchangeClaims,
  remade: DecidedAgain | undefined,
  { names, asRequester }: { names: Names; asRequester: boolean },
): ExplainedItem[] {
  const bases = basesOf(remade?.policies.files);
  return claims.items.map(({ dataItem, outcome, reasonCodes, legalBasis }) => ({
    id: dataItem,
    name: names.item(dataItem),
    outcome,
    reasons: reasonCodes.map(reasonOf),
    leg: remade?.facts.items.find(({ item }) => item === dataItem)?.leg?.id ?? null,
    legalBasis: legalBasis.map((id) => basisOf(id, bases)),
    policies: (remade?.decision.items.find(({ item }) => item === dataItem)?.policies ?? []).filter(
      (id) => !asRequester || !TELLS_OF_THE_PERSON.has(id),
    ),
  }));
}

/** Policies that speak of what the supplier knows of the person, where the reason code does not. */
const TELLS_OF_THE_PERSON: ReadonlySet<string> = new Set(['held-back']);

/** States of a permission that one reason code stands for. */
const NOT_GIVEN: ReadonlySet<PermissionState> = new Set(['none', 'refused', 'withdrawn', 'expired', 'outside-scope']);

/** INVARIANT: 9. What was recorded of a person, or that anything was, is the recorder's to tell. */
function factsFor(facts: DisclosureFacts, asRequester: boolean): object {
  if (!asRequester) return facts;
  return {
    ...facts,
    items: facts.items.map((item) => ({
      ...item,
      permission: {
        ...item.permission,
        state: NOT_GIVEN.has(item.permission.state) ? 'not-given' : item.permission.state,
      },
      heldBack: undefined,
    })),
  };
}

function compare(claims: ExchangeClaims, again: DecidedAgain | string | undefined): MadeAgain {
  if (again === undefined) return { same: true, difference: null };
  if (typeof again === 'string') return { same: false, difference: `It cannot be decided again: ${again}.` };
  const { outcome, reasonCodes } = claims.decision;
  const recorded = JSON.stringify(wordDecision({ outcome, reasonCodes, items: claims.items }));
  const remade = wordDecision(again.decision);
  if (recorded === JSON.stringify(remade)) return { same: true, difference: null };
  const items = remade.items.map((item) => `${item.dataItem} ${item.outcome}`).join(', ');
  return {
    same: false,
    difference: `Decided again, it comes out otherwise than it was recorded: ${remade.outcome} (${items}).`,
  };
}

function outcomeOf({ outcome, reconciliation }: LoggedExchange): ExplainedOutcome | null {
  const of = outcome?.claims.outcome;
  if (reconciliation) {
    const nothing = {
      released: [],
      withheld: [],
      noTrace: false,
      cause: `${reconciliation.unconfirmed} not confirmed`,
    };
    return { result: 'not-released', at: reconciliation.at, ...nothing };
  }
  if (!outcome || !of) return null;
  const { result, released, withheld, noTrace = false, cause } = of;
  return { result, at: outcome.claims.at, released, withheld, noTrace, cause };
}

/** The legal bases of a policy version, by id. */
function basesOf(files: PolicyFiles | undefined): ReadonlyMap<string, LegalBasis> {
  const { legalBases = [] } = parsed<{ legalBases?: LegalBasis[] }>(files?.['legal-bases.json']);
  return new Map(legalBases.map((basis) => [basis.id, basis]));
}

function basisOf(id: string, bases: ReadonlyMap<string, LegalBasis>): ExplainedLegalBasis {
  const { instrument = null, provision = null, title = null, plainEnglish = null } = bases.get(id) ?? {};
  return { id, instrument, provision, title, plainEnglish };
}

function purposeOf(code: string, files: PolicyFiles | undefined): Named {
  const { purposes = [] } = parsed<{ purposes?: Purpose[] }>(files?.['purposes.json']);
  return { id: code, name: purposes.find((purpose) => purpose.code === code)?.title ?? inWords(code) };
}

const parsed = <Content extends object>(text = '{}'): Content => JSON.parse(text) as Content;
const inWords = (id: string): string => id.replaceAll('-', ' ');

interface Names {
  agency(id: string): Named;
  item(id: string): string;
}

/** As they are called today. */
async function readNames(query: Query, { requester, supplier, dataService }: ExchangeClaims): Promise<Names> {
  const agencies = await query<{ id: string; name: string }>(
    `SELECT id, document ->> 'name' AS name FROM agencies WHERE id = ANY ($1)`,
    [[requester.agency, supplier]],
  );
  const [service] = await query<{ document: DataService }>('SELECT document FROM data_services WHERE id = $1', [
    dataService,
  ]);
  return {
    agency: (id) => agencies.find((agency) => agency.id === id) ?? { id, name: inWords(id) },
    item: (id) => service?.document.items.find((item) => item.id === id)?.name ?? inWords(id),
  };
}

async function readTitle(query: Query, of: NonNullable<ExchangeClaims['agreement']>): Promise<string | null> {
  const [row] = await query<{ document: Agreement }>(
    'SELECT document FROM agreements WHERE id = $1 AND version = $2 AND hash = $3',
    [of.id, of.version, of.hash],
  );
  return row?.document.title ?? null;
}

async function readPermissions(
  query: Query,
  ids: LoggedEntry['detail']['permissions'],
): Promise<{ id: string; kind: string | null }[]> {
  if (ids.length === 0) return [];
  const rows = await query<{ id: string; kind: string }>(
    'SELECT id, kind FROM permissions WHERE id = ANY ($1::uuid[])',
    [ids],
  );
  return ids.map((id) => ({ id, kind: rows.find((row) => row.id === id)?.kind ?? null }));
}
