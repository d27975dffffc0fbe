import type { Agency } from '../../src/agencies/index.js';
import { agreementState, type Agreement } from '../../src/agreements/index.js';
import type { DataService } from '../../src/catalogue/index.js';
import { stackGaps } from '../../src/legal-bases/index.js';
import { runAsOwner } from './database.js';
import { CATALOGUE } from './legal-bases.js';
import { readLog, type StoredEntry } from './read-log.js';

/**
 * Goes through the whole log, and says of each released item what its record lacks: an agreement that was in force that day
 * and has it in a leg, and a legal basis stack of that leg that is complete on that day.
 */
export async function findIncompleteDisclosures(
  ownerUrl: string,
): Promise<{ disclosures: number; released: number; lacking: string[] }> {
  const outcomes = (await readLog(ownerUrl)).filter(({ claims }) => claims.outcome?.result === 'disclosed');
  const agencies = await documents<Agency>(ownerUrl, 'agencies');
  const services = await documents<DataService>(ownerUrl, 'data_services');
  const agreements = await documents<Agreement>(ownerUrl, 'agreements');
  const lacking: string[] = [];
  let released = 0;
  for (const entry of outcomes) {
    for (const item of entry.claims.outcome?.released ?? []) {
      released += 1;
      const lack = lackOf(entry, item, { agencies, services, agreements });
      if (lack !== undefined) lacking.push(`entry ${entry.index}, ${item}: ${lack}`);
    }
  }
  return { disclosures: outcomes.length, released, lacking };
}

interface Applied {
  readonly agencies: readonly Agency[];
  readonly services: readonly DataService[];
  readonly agreements: readonly Agreement[];
}

function lackOf(
  { claims }: StoredEntry,
  item: string,
  { agencies, services, agreements }: Applied,
): string | undefined {
  const on = claims.at.slice(0, 10);
  const agreement = agreements.find(
    ({ id, version }) => id === claims.agreement?.id && version === claims.agreement.version,
  );
  if (!agreement || agreementState(agreement, on) !== 'in-force') return 'no agreement in force';
  const leg = agreement.legs.find(
    (one) =>
      one.dataService === claims.dataService &&
      one.to === claims.requester.agency &&
      one.items.includes(item) &&
      one.purposes.includes(claims.purpose ?? ''),
  );
  const definition = services.find(({ id }) => id === claims.dataService)?.items.find(({ id }) => id === item);
  if (!leg || !definition) return 'no leg or no definition';
  const named = claims.items.find(({ dataItem }) => dataItem === item);
  if (named?.outcome !== 'permit' || named.legalBasis.length === 0) return 'no stack is named';
  if (!named.legalBasis.every((basis) => leg.legalBasis.includes(basis))) return 'a basis is not of the agreement';
  const typeOf = (agency: string) => agencies.find(({ id }) => id === agency)?.type ?? 'elected-representative';
  const gaps = stackGaps(CATALOGUE, named.legalBasis, {
    from: typeOf(leg.from),
    to: typeOf(leg.to),
    purpose: claims.purpose ?? '',
    sensitivity: definition.sensitivity,
    confidential: definition.confidential,
    on,
    policyDocument: agreement.policyDocument !== undefined,
  });
  return gaps.length > 0 ? gaps.map(({ message }) => message).join(' ') : undefined;
}

async function documents<Document>(ownerUrl: string, table: string): Promise<Document[]> {
  const rows = await runAsOwner<{ document: Document } & Record<string, unknown>>(
    ownerUrl,
    `SELECT document FROM ${table}`,
  );
  return rows.map(({ document }) => document);
}
