import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { stringify } from 'yaml';
import type { Agency, PublicJwk } from '../../src/agencies/index.js';
import {
  canonicalAgreement,
  signAgreement,
  type Agreement,
  type PrivateJwk,
  type SignedAgreement,
} from '../../src/agreements/index.js';
import type { DataService } from '../../src/catalogue/index.js';
import { SIGNATURES_SUFFIX } from '../../src/definitions/index.js';

/** Fictional councils and trusts, and agreements between them: each in force, sound, and signed by both parties. */
export interface ManyAgreements {
  readonly agencies: readonly Agency[];
  readonly dataServices: readonly DataService[];
  readonly agreements: readonly SignedAgreement[];
}

/** What each agreement is for, and the day on which all are in force. */
export const PURPOSE = 'adult-social-care';
export const ON = '2026-11-22';

/**
 * As many trusts as councils, so many that each pair has one agreement or none.
 * @param count how many agreements
 * @param signed false leaves the signatures out, which take most of the time
 */
export async function makeManyAgreements(count: number, signed = true): Promise<ManyAgreements> {
  const side = Math.ceil(Math.sqrt(count));
  const keys = new Map<string, PrivateJwk>();
  const agencies = Array.from({ length: side }, (_, place) => [
    makeAgency(`council-${place}`, 'council', keys),
    makeAgency(`trust-${place}`, 'nhs-provider', keys),
  ]).flat();
  const dataServices = Array.from({ length: side }, (_, place) => makeDataService(`trust-${place}`));
  const agreements: SignedAgreement[] = [];
  for (let number = 0; number < count; number++) {
    const agreement = makeAgreement(number, `council-${Math.floor(number / side)}`, `trust-${number % side}`);
    const { hash } = canonicalAgreement(agreement);
    const signatures = await Promise.all(
      (signed ? agreement.parties : []).map((party) => signAgreement(agreement, party, keys.get(party)!)),
    );
    agreements.push({ agreement, hash, signatures });
  }
  return { agencies, dataServices, agreements };
}

/** Writes them as definitions: agencies and data services in a file each, each agreement in its own with its signatures. */
export async function writeDefinitions({ agencies, dataServices, agreements }: ManyAgreements, folder: string) {
  const documents = (kind: string, all: readonly object[]): string =>
    all.map((one) => `---\n${stringify({ kind, ...one })}`).join('');
  await mkdir(path.join(folder, 'agreements'), { recursive: true });
  await writeFile(path.join(folder, 'agencies.yaml'), documents('Agency', agencies));
  await writeFile(path.join(folder, 'data-services.yaml'), documents('DataService', dataServices));
  for (const { agreement, signatures } of agreements) {
    const file = path.join(folder, 'agreements', `${agreement.id}.agreement.yaml`);
    await writeFile(file, stringify({ kind: 'Agreement', ...agreement }));
    await writeFile(file + SIGNATURES_SUFFIX, JSON.stringify(signatures));
  }
}

function makeAgency(id: string, type: Agency['type'], keys: Map<string, PrivateJwk>): Agency {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const kid = `${id}-key`;
  keys.set(id, { ...privateKey.export({ format: 'jwk' }), kid } as PrivateJwk);
  const key = { ...publicKey.export({ format: 'jwk' }), kid } as PublicJwk;
  return { id, type, name: `${id} (fictional)`, codes: {}, keys: [key] };
}

const makeDataService = (trust: string): DataService => ({
  id: `${trust}/needs`,
  agency: trust,
  name: 'Needs',
  description: 'What people need.',
  identifierTypes: ['nhs-number'],
  items: ['needs', 'coordinator'].map((id) => ({
    id,
    name: `The ${id}`,
    sensitivity: 'standard',
    confidential: false,
    schema: { type: 'string' },
    select: `$.${id}`,
  })),
  connector: {
    kind: 'http-json',
    baseUrl: 'https://trust.example',
    method: 'GET',
    path: '/needs/{identifier:nhs-number}',
    credential: { method: 'none' },
  },
});

const makeAgreement = (number: number, council: string, trust: string): Agreement => ({
  id: `needs-${String(number).padStart(5, '0')}`,
  version: 1,
  title: `Needs for care, ${number}`,
  parties: [council, trust],
  purposes: [PURPOSE],
  legs: [
    {
      id: 'trust-to-council',
      from: trust,
      to: council,
      dataService: `${trust}/needs`,
      items: ['needs', 'coordinator'],
      purposes: [PURPOSE],
      patterns: ['query'],
      roles: ['social-worker'],
      identifierTypes: ['nhs-number'],
      caseReferences: [{ kind: 'case', pattern: '^ASC-[0-9]{4}-[0-9]{5}$' }],
      legalBasis: ['ukgdpr-6-1-e', 'care-2014-s6'],
      unmatched: 'uniform',
    },
  ],
  startsOn: '2026-01-01',
  endsOn: '2028-12-31',
  reviewOn: '2027-12-31',
  retention: { requester: 'Eight years after the case closes.', logBodyYears: 8 },
});
