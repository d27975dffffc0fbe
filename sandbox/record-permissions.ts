import { readFile } from 'node:fs/promises';
import { GatehouseClient, type PermissionToRecord, type PrivateKey } from '../sdk/index.js';
import type { Clock } from '../src/config/index.js';
import { MAGIC_NHS_NUMBERS } from './suppliers/people.js';

/** Of whom nobody has recorded anything. */
const WITHOUT_PERMISSION = '9990000034';
/** Who gave a permission and took it back. */
const WITHDRAWN = '9990000042';

/** Who records, and where. */
export interface PermissionRecorder {
  /** Public URL of the gateway. */
  readonly publicUrl: string;
  /** Where it listens, which differs from the public URL when something stands in between. */
  readonly listeningUrl: string;
  /** File of each system's private key, by its `client_id`. */
  readonly clientKeys: ReadonlyMap<string, string>;
  readonly clock: Clock;
}

const RECORDER = 'northmoor-nhs-trust-records';

/**
 * Records the permissions that the sandbox's published identifiers need to bring about their outcomes, as the trust's own
 * system would: through the API. Idempotent: a later start in the same year records nothing again.
 */
export async function recordPermissions({
  publicUrl,
  listeningUrl,
  clientKeys,
  clock,
}: PermissionRecorder): Promise<void> {
  const keyFile = clientKeys.get(RECORDER);
  if (keyFile === undefined) throw new Error(`the sandbox has no system ${RECORDER}`);
  const client = new GatehouseClient({
    baseUrl: publicUrl,
    clientId: RECORDER,
    privateKey: JSON.parse(await readFile(keyFile, 'utf8')) as PrivateKey,
    allowHttp: true,
    fetch: async (url, init) => await fetch(url.replace(publicUrl, listeningUrl), init),
  });
  const year = clock.now().getUTCFullYear();
  const people = Object.keys(MAGIC_NHS_NUMBERS).filter((nhsNumber) => nhsNumber !== WITHOUT_PERMISSION);
  await Promise.all(
    people.map(async (nhsNumber) => {
      const idempotencyKey = `sandbox-${nhsNumber}-${year}`;
      const { id } = await client.recordPermission(permissionOf(nhsNumber, year), { idempotencyKey });
      if (nhsNumber === WITHDRAWN) await client.withdrawPermission(id);
    }),
  );
}

/** The same at each start of a year, so that it is a repeat and not another permission. */
const permissionOf = (nhsNumber: string, year: number): PermissionToRecord => ({
  kind: 'confidentiality',
  purpose: 'adult-social-care',
  recipients: ['northmoor-council'],
  items: ['northmoor-nhs-trust/assessed-needs#*'],
  subject: { identifiers: [{ type: 'nhs-number', value: nhsNumber }] },
  givenBy: 'self',
  capacity: 'own',
  method: 'in-person',
  wordingVersion: 'shared-assessment-v3',
  language: 'en',
  askedBy: { staffId: 'tr-0815', role: 'care-coordinator' },
  validFrom: `${year}-01-01T00:00:00Z`,
  validUntil: `${year + 2}-01-01T00:00:00Z`,
});
