import path from 'node:path';
import { projectFolder } from '../../src/config/index.js';
import { readDefinedRegister } from '../../src/definitions/index.js';
import type { Permission } from '../../src/permissions/permission.js';
import { tellPermission, type TellingParts, type ToldPermission } from '../../src/permissions/told-permission.js';
import { RULES } from './definitions.js';
import { CATALOGUE } from './legal-bases.js';
import { makePermission } from './permission.js';

const NEEDS = 'northmoor-nhs-trust/assessed-needs';

/** The register of the sandbox's definitions, as they lie in the project. */
export const sandboxRegister = async () =>
  (await readDefinedRegister(path.join(projectFolder(), 'sandbox', 'definitions'), RULES)).register;

/** What the trust recorded of a patient whom it asked, told on a day on which it stands. */
export async function tellSandboxPermission(
  change: Partial<Permission> = {},
  parts: Partial<TellingParts> = {},
): Promise<ToldPermission> {
  const permission = makePermission({
    id: '0192f0c1-7d6e-7cc3-98c4-dc0c0c07398f',
    recordedBy: 'northmoor-nhs-trust',
    recipients: ['northmoor-council'],
    items: [`${NEEDS}#assessed-needs`, `${NEEDS}#care-coordinator`],
    subjectHandles: ['a-handle', 'another-handle'],
    ...change,
  });
  const at = new Date('2026-11-22T12:00:00Z');
  return tellPermission(permission, {
    register: await sandboxRegister(),
    catalogue: CATALOGUE,
    at,
    supersededAt: null,
    ...parts,
  });
}
