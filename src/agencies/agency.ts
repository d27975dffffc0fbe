import type { Hours } from '../agreements/agreement.js';

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

/** A key that officers of an agency sign agreements with. */
export interface AgencyKey extends PublicJwk {
  /** RFC 3339. What is signed with it from this instant on does not count; what was signed before stands. */
  readonly revokedAt?: string;
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
  readonly keys: readonly AgencyKey[];
  /** Where the gateway sends the agency's alerts. */
  readonly alerts?: {
    /** https; http on the machine itself in a sandbox. */
    readonly url: string;
    /** Kinds of alert that are sent; default all but `sampled`. */
    readonly kinds?: readonly string[];
  };
  readonly sampling?: SamplingPlan;
}

/** Which of the exchanges that an agency asks in are put before its privacy officer. Percentages are from 0 to 100. */
export interface SamplingPlan {
  /** Of all exchanges. */
  readonly percentage?: number;
  /** Of the exchanges at other times than these. */
  readonly outOfHours?: { readonly hours: Hours; readonly percentage: number };
  /** Of the members of staff on each day: all exchanges of that day of those who are drawn. */
  readonly staff?: { readonly percentage: number };
}

/**
 * What an information governance officer may be: any of them, a `reviewer` (Caldicott guardian or data protection officer),
 * an `administrator` of the agency's entries, `oversight` that looks and changes nothing; or an `operator`, who sees in the
 * console whether the gateway is well, and nothing of what is disclosed. A closed list.
 */
export const OFFICER_ROLES = ['officer', 'reviewer', 'administrator', 'oversight', 'operator'] as const;
export type OfficerRole = (typeof OFFICER_ROLES)[number];

/** An account at an identity provider, as the provider's ID tokens name it (OpenID Connect Core section 2). */
export interface SignInAccount {
  /** `iss` of the ID token. */
  readonly issuer: string;
  /** Name of the claim that tells accounts apart; default `sub`. The provider MUST give no two people the same value. */
  readonly claim?: string;
  /** An opaque id, e.g. `3f6c1d52-8a1b-4f7e-9c0d-2b1a`; never an e-mail address or a name. */
  readonly value: string;
}

/** An information governance officer of one agency: a registered client with a key of their own. No name is kept. */
export interface Officer {
  /** OAuth `client_id`, the agency's own id for a member of staff, e.g. `northmoor-council-ig-1`. No system has the same. */
  readonly id: string;
  readonly agency: string;
  readonly roles: readonly OfficerRole[];
  readonly keys: readonly PublicJwk[];
  /** Accounts that they sign in to the console with; absent: they cannot. No account is of two officers. */
  readonly signIn?: readonly SignInAccount[];
}

/** A registered client of one agency. It authenticates with its own key and acts for that agency only. */
export interface System {
  /** OAuth `client_id`, e.g. `northmoor-council-adult-care`. */
  readonly id: string;
  readonly agency: string;
  readonly name: string;
  readonly keys: readonly PublicJwk[];
}
