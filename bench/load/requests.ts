/** What is asked for, over and over: each workload spreads over many subjects, cases and members of staff. */
export type Workload = 'supplier-call' | 'premises-risk' | 'assessed-needs';

/** A request that is ready to be sent. */
export interface LoadRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

/** A value of a released item: an answer without it is an error. */
export const EXPECTED: Readonly<Record<Workload, string>> = {
  'supplier-call': '"combustible cladding above the third floor"',
  'premises-risk': '"combustible cladding above the third floor"',
  'assessed-needs': '"washing and dressing"',
};

const SUBJECTS = 500;

/** The requests of a workload, without the caller's credentials. They are sent in turn, from the first again after the last. */
export function makeRequests(workload: Workload, path: string): LoadRequest[] {
  return Array.from({ length: SUBJECTS }, (_, n) => {
    if (workload === 'supplier-call') {
      const target = `/northmoor-council/premises/${uprn(n)}?fields=hazards,accessNotes`;
      return { method: 'GET', path: target, headers: {}, body: undefined };
    }
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify(workload === 'premises-risk' ? premisesQuery(n) : needsQuery(n));
    return { method: 'POST', path, headers, body };
  });
}

const premisesQuery = (n: number) => ({
  dataService: 'northmoor-council/premises-risk',
  purpose: 'premises-risk',
  subject: { identifiers: [{ type: 'uprn', value: uprn(n) }] },
  dataItems: ['hazards', 'access-notes'],
  caseReference: `INC-20261016-${String(n % 10_000).padStart(4, '0')}`,
  requestedBy: { staffId: `fc-${n % 40}`, role: 'control-operator' },
});

const needsQuery = (n: number) => ({
  ...needsQueryOf(NHS_NUMBERS[n % NHS_NUMBERS.length] ?? ''),
  caseReference: `ASC-2026-${String(n % 100_000).padStart(5, '0')}`,
  requestedBy: { staffId: `sw-${n % 40}`, role: 'social-worker' },
});

/** Asks for the assessed needs of one person. */
export const needsQueryOf = (nhsNumber: string) => ({
  dataService: 'northmoor-nhs-trust/assessed-needs',
  purpose: 'adult-social-care',
  subject: { identifiers: [{ type: 'nhs-number', value: nhsNumber }] },
  dataItems: ['assessed-needs', 'care-coordinator'],
  caseReference: 'ASC-2026-00001',
  requestedBy: { staffId: 'sw-1', role: 'social-worker' },
});

/** In the range above the UPRNs that are in use. */
export const uprn = (n: number): string => String(999_900_001_000 + n);

/** People who gave their permission, and people who withdraw it, in the 999 range that is kept for tests. */
export const NHS_NUMBERS: readonly string[] = nhsNumbers(999_000_500, 200);
export const WITHDRAWING: readonly string[] = nhsNumbers(999_000_800, 50);

/** The first so many numbers from there on that have a check digit (mod 11). */
export function nhsNumbers(from: number, count: number): string[] {
  return Array.from({ length: 2 * count }, (_, n) => String(from + n))
    .map((nine) => {
      const sum = Array.from(nine).reduce((total, digit, place) => total + Number(digit) * (10 - place), 0);
      return { nine, check: (11 - (sum % 11)) % 11 };
    })
    .filter(({ check }) => check < 10)
    .map(({ nine, check }) => `${nine}${check}`)
    .slice(0, count);
}

/** Body of `POST /v1/permissions` by which a person lets the council's adult social care see assessed needs. */
export const permissionOf = (nhsNumber: string, now: Date) => ({
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
  validUntil: new Date(now.getTime() + 365 * 86_400_000).toISOString(),
});
