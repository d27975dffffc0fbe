/**
 * The published identifiers of the sandbox, and what each brings about on purpose. NHS numbers are from the 999 range that
 * is kept for tests; the UPRNs and USRNs are above those in use. Nobody lives here.
 */
export const MAGIC_NHS_NUMBERS = {
  '9990000018': 'known: needs, risks, a care coordinator and an address are held',
  '9990000026': 'unknown to the trust: looks like a person of whom nothing is held',
  '9990000034': 'known; nobody has recorded a permission',
  '9990000042': 'known; a permission was given and withdrawn',
  '9990000050': 'the supplier is slow: it takes longer than its deadline',
  '9990000069': 'the supplier is broken: it answers 500',
  '9990000077': 'the supplier answers what is not JSON',
  '9990000085': 'the supplier answers a value of the wrong type',
  '9990000093': 'the supplier answers more than may be read',
  '9990000107': 'the supplier refuses the gateway: it answers 403',
  '9990000115': 'known; the address is suppressed for somebody’s safety',
} as const;

export const MAGIC_PLACES = {
  uprn: { known: '999900000001', unknown: '999900000099' },
  usrn: { known: '99990001' },
} as const;

/** Longer than any deadline in the sandbox's definitions, milliseconds. */
export const SLOW_MS = 8_000;

export interface Patient {
  readonly assessedNeeds: unknown;
  readonly riskSummary: unknown;
  readonly careCoordinator: unknown;
  readonly address: unknown;
  readonly addressSuppressed: boolean;
  readonly clinicalNotes: unknown;
}

const patient = (first: string, addressSuppressed = false): Patient => ({
  assessedNeeds: {
    assessedOn: '2026-10-14',
    needs: [
      { area: 'washing and dressing', level: 'high' },
      { area: 'preparing meals', level: 'moderate' },
    ],
  },
  riskSummary: { level: 'medium', summary: `${first} has fallen twice this year and lives alone.` },
  careCoordinator: { name: 'Casey Example', team: 'Northmoor East community team', telephone: '01632 960001' },
  address: { lines: ['1 Example Row', 'Northmoor'], postcode: 'ZZ99 3WZ' },
  addressSuppressed,
  clinicalNotes: [{ writtenOn: '2026-10-14', text: 'A note between clinicians that nobody else is to see.' }],
});

export const PATIENTS: Readonly<Record<string, Patient>> = {
  '9990000018': patient('Robin'),
  '9990000034': patient('Sam'),
  '9990000042': patient('Alex'),
  '9990000115': patient('Jo', true),
};

export const PREMISES: Readonly<Record<string, unknown>> = {
  [MAGIC_PLACES.uprn.known]: {
    hazards: ['combustible cladding above the third floor', 'gas meter in the rear stairwell'],
    accessNotes: 'Key safe beside the side door; the lift is out of use.',
    evacuationAssistanceCount: 2,
    owner: 'held by the council, and nothing to do with a fire',
  },
};

export const STREETS: Readonly<Record<string, unknown>> = {
  [MAGIC_PLACES.usrn.known]: { hazards: ['width restriction at the west end'], accessNotes: 'Enter from the east.' },
};

/** UPRNs at which home oxygen is in use. */
export const OXYGEN: ReadonlySet<string> = new Set([MAGIC_PLACES.uprn.known]);
