import { generateKeyPairSync, randomUUIDv7 as uuid } from 'node:crypto';
import type { Clock } from '../../src/config/index.js';
import { DisclosureLog, type LogEntry } from '../../src/disclosure-log/index.js';

export const FIXED_NOW = new Date('2026-11-22T09:30:00.000Z');
export const fixedClock: Clock = { now: () => FIXED_NOW };
export const logSigner = { name: 'gateway.test/log', key: generateKeyPairSync('ed25519').privateKey };

export function openLog(databaseUrl: string, signer = logSigner, clock = fixedClock): DisclosureLog {
  return new DisclosureLog({ databaseUrl, signer, clock });
}

/** A permitted decision about nobody in particular. */
export function decisionEntry(exchangeId: string = uuid(), at = FIXED_NOW): LogEntry {
  return {
    claims: {
      kind: 'decision',
      exchangeId,
      at: at.toISOString(),
      pattern: 'query',
      requester: { agency: 'a-council', system: 'a-system', staffId: 'staff-1', role: 'social-worker' },
      supplier: 'a-trust',
      dataService: 'a-trust/needs',
      purpose: 'adult-social-care',
      justification: null,
      agreement: null,
      decision: { outcome: 'permit', reasonCodes: ['PERMIT'], policyVersion: 'f'.repeat(64) },
      items: [],
    },
    detail: { subjectHandles: null, caseReferenceHandle: null, permissions: [], registerRevision: 0, factsHash: null },
  };
}
