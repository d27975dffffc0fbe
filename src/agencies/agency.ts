/** The kinds of agency that legal bases speak of. A closed vocabulary: a power names the types it reaches. */
export const AGENCY_TYPES = [
  'council',
  'nhs-provider',
  'gp-practice',
  'icb',
  'nhs-england',
  'ambulance',
  'dwp',
  'hmrc',
  'home-office',
  'hm-passport-office',
  'dvla',
  'dfe',
  'cabinet-office',
  'ministry-of-defence',
  'police',
  'fire-and-rescue',
  'probation',
  'prison',
  'youth-offending-team',
  'court',
  'school',
  'registration-service',
  'safeguarding-adults-board',
  'housing-association',
  'private-provider',
  'voluntary-sector',
  'utility',
  'anti-fraud-organisation',
  'elected-representative',
] as const;
export type AgencyType = (typeof AGENCY_TYPES)[number];

/** A public signing key as a JSON Web Key (RFC 7517). `kid` names it in signatures. */
export interface PublicJwk {
  readonly kty: 'EC' | 'OKP' | 'RSA';
  readonly kid: string;
  readonly alg?: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly n?: string;
  readonly e?: string;
}

/** A controller that takes part: a council, an NHS trust, a fire and rescue service ... */
export interface Agency {
  /** Lower-case name that never changes, e.g. `northmoor-council`. */
  readonly id: string;
  readonly type: AgencyType;
  readonly name: string;
  /** Official codes: `ods` (NHS), `gss` (ONS), `dfe-urn`, `laestab`, `companies-house`, `charity`. */
  readonly codes: Readonly<Record<string, string>>;
  /** How people reach it about their data; stands in their receipts. */
  readonly contact?: {
    readonly address: string;
    readonly email: string;
    readonly telephone?: string;
    readonly url?: string;
  };
  /** Base URL of the gateway that serves the agency; absent means this one. */
  readonly gateway?: string;
  /** Keys its officers sign agreements with. */
  readonly keys: readonly PublicJwk[];
}

/** A registered client of one agency. It authenticates with its own key and acts for that agency only. */
export interface System {
  /** OAuth `client_id`, e.g. `northmoor-council-adult-care`. */
  readonly id: string;
  readonly agency: string;
  readonly name: string;
  readonly keys: readonly PublicJwk[];
}
