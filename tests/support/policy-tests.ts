import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { projectFolder } from '../../src/config/index.js';

/** A copy of the project's policies with tests of its own. */
export interface PoliciesFolder {
  readonly folder: string;
  write(file: string, content: string): Promise<void>;
  remove(): Promise<void>;
}

export async function makePoliciesFolder(): Promise<PoliciesFolder> {
  const folder = await mkdtemp(path.join(tmpdir(), 'gatehouse-policies-'));
  const source = path.join(projectFolder(), 'consent-policies');
  await cp(source, folder, { recursive: true, filter: (name) => name !== path.join(source, 'tests') });
  return {
    folder,
    async write(file, content) {
      await mkdir(path.dirname(path.join(folder, file)), { recursive: true });
      await writeFile(path.join(folder, file), content);
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A test of the sandbox's definitions whose one case passes. */
export const POLICY_TEST = `title: A test
definitions: ${path.join(projectFolder(), 'sandbox', 'definitions')}
now: 2026-11-22T09:30:00Z
cases:
  - name: a case
    system: northmoor-council-adult-care
    request:
      pattern: query
      dataService: northmoor-nhs-trust/assessed-needs
      purpose: adult-social-care
      identifierTypes: [nhs-number]
      dataItems: [assessed-needs, risk-summary]
      caseReference: ASC-2026-00123
      requestedBy: { staffId: sw-4711, role: social-worker }
    permissions:
      - recordedBy: northmoor-nhs-trust
        kind: confidentiality
        purpose: adult-social-care
        recipients: [northmoor-council]
        items: ['northmoor-nhs-trust/assessed-needs#*']
        givenBy: self
        capacity: own
        validFrom: 2026-01-01T00:00:00Z
        validUntil: 2028-01-01T00:00:00Z
    expect:
      outcome: permit
      reasonCodes: [PERMIT]
      items:
        assessed-needs: permit
        risk-summary: permit
`;
