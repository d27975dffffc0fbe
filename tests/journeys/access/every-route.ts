import type { OfficerRole } from '../../../src/agencies/index.js';
import { DRAFT, STATEMENTS, type Things } from '../../support/authorization-world.js';
import { needsPermission, needsQuery } from '../../support/gateway.js';

/** What a route is expected to do, written down by hand: the code says the same, or a test fails. */
export interface ExpectedRoute {
  /** Who may call it; everybody else is refused before anything is looked at. */
  readonly may: readonly ('anyone' | 'system' | OfficerRole)[];
  readonly path: (of: Things) => string;
  readonly body?: (of: Things) => object;
  /**
   * What a caller of an agency that has nothing to do with it gets. `not-found`: what it also gets for what does not exist.
   * `nothing-of-it`: an answer in which none of the things occurs. `the-same`: what is for everybody.
   */
  readonly stranger: 'not-found' | 'nothing-of-it' | 'the-same';
}

const SIGNERS = ['officer', 'reviewer'] as const;
const READERS = ['officer', 'reviewer', 'oversight'] as const;
const EVERY_OFFICER = ['officer', 'reviewer', 'administrator', 'oversight'] as const;

const open = (path: string): ExpectedRoute => ({ may: ['anyone'], path: () => path, stranger: 'the-same' });

/** Record, see and lift, of one kind of statement. */
const statement = (path: string, kind: keyof typeof STATEMENTS & keyof Things): Record<string, ExpectedRoute> => ({
  [`POST /v1/${path}`]: {
    may: ['system'],
    path: () => `/v1/${path}`,
    body: () => STATEMENTS[kind],
    stranger: 'nothing-of-it',
  },
  [`GET /v1/${path}/:id`]: { may: ['system'], path: (of) => `/v1/${path}/${of[kind]}`, stranger: 'not-found' },
  [`POST /v1/${path}/:id/lift`]: {
    may: ['system'],
    path: (of) => `/v1/${path}/${of[kind]}/lift`,
    stranger: 'not-found',
  },
});

const ofPermission = (
  method: string,
  form = '',
  may: ExpectedRoute['may'] = ['system', ...SIGNERS],
): Record<string, ExpectedRoute> => ({
  [`${method} /v1/permissions/:id${form}`]: {
    may,
    path: ({ permission }) => `/v1/permissions/${permission}${form}`,
    stranger: 'not-found',
  },
});

const step = (name: string, body?: (of: Things) => object): Record<string, ExpectedRoute> => ({
  [`POST /v1/agreements/:id/versions/:version/${name}`]: {
    may: SIGNERS,
    path: ({ agreement }) => `/v1/agreements/${agreement}/versions/1/${name}`,
    ...(body && { body }),
    stranger: 'not-found',
  },
});

const PERSON = { subject: { identifiers: [{ type: 'nhs-number', value: '9990000034' }] } };
const PERIOD = 'from=2026-01-01T00:00:00Z&to=2100-01-01T00:00:00Z';

const exported = (form: string, query = PERIOD): Record<string, ExpectedRoute> => ({
  [`GET /v1/exports/${form}`]: {
    may: READERS,
    path: () => `/v1/exports/${form}?${query}`,
    stranger: 'nothing-of-it',
  },
});

/** Every route of the gateway, by method and path. */
export const EVERY_ROUTE: Readonly<Record<string, ExpectedRoute>> = {
  'GET /health/live': open('/health/live'),
  'GET /health/ready': open('/health/ready'),
  'GET /metrics': open('/metrics'),
  'GET /openapi.json': open('/openapi.json'),
  'GET /docs': open('/docs'),
  'GET /docs/errors': open('/docs/errors'),
  'GET /docs/assets/:file': open('/docs/assets/swagger-ui.css'),
  'GET /v1/log/checkpoint': open('/v1/log/checkpoint'),
  'GET /v1/log/keys': open('/v1/log/keys'),
  'GET /v1/log/consistency-proof': open('/v1/log/consistency-proof?from=1'),
  'GET /v1/log/tile/*': open('/v1/log/tile/0/000.p/1'),
  'GET /v1/witness/key': open('/v1/witness/key'),
  // A log proves itself by its own signature.
  'POST /v1/witness/add-checkpoint': { ...open('/v1/witness/add-checkpoint'), body: () => ({}) },
  'GET /v1/log/entries/:index/proof': {
    may: ['system'],
    path: ({ entry }) => `/v1/log/entries/${entry}/proof`,
    stranger: 'not-found',
  },

  'GET /v1/data-services': { may: ['system'], path: () => '/v1/data-services', stranger: 'nothing-of-it' },
  'POST /v1/queries': {
    may: ['system'],
    path: () => '/v1/queries',
    body: () => needsQuery('9990000018'),
    stranger: 'nothing-of-it',
  },

  'POST /v1/permissions': {
    may: ['system'],
    path: () => '/v1/permissions',
    body: () => needsPermission('9990000042'),
    stranger: 'nothing-of-it',
  },
  'POST /v1/permissions/search-by-subject': {
    may: SIGNERS,
    path: () => '/v1/permissions/search-by-subject',
    body: () => PERSON,
    stranger: 'nothing-of-it',
  },
  ...ofPermission('GET'),
  ...ofPermission('GET', '/receipt'),
  ...ofPermission('GET', '/fhir-consent', ['system']),
  ...ofPermission('POST', '/withdraw'),
  ...statement('objections', 'objection'),
  ...statement('hold-backs', 'holdBack'),
  ...statement('best-interests-decisions', 'bestInterestsDecision'),
  ...statement('address-suppressions', 'addressSuppression'),
  'GET /v1/withdrawal-notices': { may: ['system'], path: () => '/v1/withdrawal-notices', stranger: 'nothing-of-it' },
  'POST /v1/withdrawal-notices/:id/acknowledge': {
    may: ['system'],
    path: ({ notice }) => `/v1/withdrawal-notices/${notice}/acknowledge`,
    stranger: 'not-found',
  },

  'POST /v1/agreements': {
    may: SIGNERS,
    path: () => '/v1/agreements',
    body: () => DRAFT,
    // Its agency is no party to what it drafts.
    stranger: 'nothing-of-it',
  },
  'GET /v1/agreements': { may: EVERY_OFFICER, path: () => '/v1/agreements', stranger: 'nothing-of-it' },
  'GET /v1/agreements/:id/versions/:version': {
    may: EVERY_OFFICER,
    path: ({ agreement }) => `/v1/agreements/${agreement}/versions/1`,
    stranger: 'not-found',
  },
  ...step('propose'),
  ...step('sign', ({ hash }) => ({ hash })),
  ...step('suspend', () => ({ reason: 'other' })),
  ...step('resume'),
  ...step('revoke', () => ({ reason: 'other' })),

  'GET /v1/exchanges/:exchangeId/explanation': {
    may: READERS,
    path: ({ exchange }) => `/v1/exchanges/${exchange}/explanation`,
    stranger: 'not-found',
  },
  'GET /v1/exchanges/:exchangeId/decision-form': {
    may: READERS,
    path: ({ exchange }) => `/v1/exchanges/${exchange}/decision-form`,
    stranger: 'not-found',
  },
  ...exported('evidence'),
  ...exported('exchanges'),
  ...exported('audit-events'),
  ...exported('audit-event-bundle'),
  ...exported('routine-sharing'),
  ...exported('statistics', 'month=2026-11'),

  'GET /v1/reviews': { may: READERS, path: () => '/v1/reviews', stranger: 'nothing-of-it' },
  'GET /v1/reviews/:id': { may: READERS, path: ({ review }) => `/v1/reviews/${review}`, stranger: 'not-found' },
  'POST /v1/reviews/:id/answers': {
    may: SIGNERS,
    path: ({ review }) => `/v1/reviews/${review}/answers`,
    body: () => ({ outcome: 'more-information-needed', measures: ['none'] }),
    stranger: 'not-found',
  },
  'GET /v1/disclosures': { may: READERS, path: () => '/v1/disclosures', stranger: 'nothing-of-it' },
  'GET /v1/disclosures/:exchangeId': {
    may: READERS,
    path: ({ exchange }) => `/v1/disclosures/${exchange}`,
    stranger: 'not-found',
  },
  'POST /v1/disclosures/search-by-subject': {
    may: SIGNERS,
    path: () => '/v1/disclosures/search-by-subject',
    body: () => PERSON,
    stranger: 'nothing-of-it',
  },
  'POST /v1/subject-access-reports': {
    may: SIGNERS,
    path: () => '/v1/subject-access-reports',
    body: () => PERSON,
    stranger: 'nothing-of-it',
  },
  'GET /v1/subject-access-reports': {
    may: ['oversight'],
    path: () => '/v1/subject-access-reports',
    stranger: 'nothing-of-it',
  },
  'GET /v1/subject-access-reports/:id/withheld': {
    may: ['oversight'],
    path: ({ report }) => `/v1/subject-access-reports/${report}/withheld`,
    stranger: 'not-found',
  },

  'GET /v1/alerts': { may: READERS, path: () => '/v1/alerts', stranger: 'nothing-of-it' },
  'GET /v1/alert-webhook': { may: READERS, path: () => '/v1/alert-webhook', stranger: 'nothing-of-it' },
  'GET /v1/alerts/:id': { may: READERS, path: ({ alert }) => `/v1/alerts/${alert}`, stranger: 'not-found' },
  'POST /v1/alerts/:id/investigate': {
    may: SIGNERS,
    path: ({ alert }) => `/v1/alerts/${alert}/investigate`,
    stranger: 'not-found',
  },
  'POST /v1/alerts/:id/close': {
    may: SIGNERS,
    path: ({ alert }) => `/v1/alerts/${alert}/close`,
    body: () => ({ outcome: 'in-order' }),
    stranger: 'not-found',
  },

  'GET /v1/legal-holds': { may: READERS, path: () => '/v1/legal-holds', stranger: 'nothing-of-it' },
  'POST /v1/legal-holds': {
    may: SIGNERS,
    path: () => '/v1/legal-holds',
    body: ({ exchange }) => ({ exchanges: [exchange], reason: 'court-proceedings', reference: 'LIT/2026/0043' }),
    stranger: 'not-found',
  },
  'GET /v1/legal-holds/:id': {
    may: READERS,
    path: ({ legalHold }) => `/v1/legal-holds/${legalHold}`,
    stranger: 'not-found',
  },
  'GET /v1/erasures': { may: READERS, path: () => '/v1/erasures', stranger: 'nothing-of-it' },
  'GET /v1/erasures/:id': { may: READERS, path: ({ erasure }) => `/v1/erasures/${erasure}`, stranger: 'not-found' },
  'POST /v1/erasures': {
    may: ['reviewer'],
    path: () => '/v1/erasures',
    body: ({ exchange }) => ({ exchanges: [exchange], ground: 'recorded-in-error' }),
    stranger: 'not-found',
  },
  'POST /v1/erasures/:id/confirm': {
    may: ['reviewer'],
    path: ({ erasure }) => `/v1/erasures/${erasure}/confirm`,
    stranger: 'not-found',
  },
  'POST /v1/legal-holds/:id/lift': {
    may: ['reviewer'],
    path: ({ legalHold }) => `/v1/legal-holds/${legalHold}/lift`,
    stranger: 'not-found',
  },

  'POST /v1/decisions-not-to-share': {
    may: ['system', ...SIGNERS],
    path: () => '/v1/decisions-not-to-share',
    body: () => ({
      items: ['northmoor-nhs-trust/assessed-needs#risk-summary'],
      askedBy: 'northmoor-council',
      purpose: 'adult-social-care',
      reason: 'safety-of-somebody',
      legalBasis: ['care-2014-s6'],
      decidedBy: { staffId: 'dsl-0032', role: 'safeguarding-lead' },
    }),
    // Nobody decides about what another agency holds: it is told so, and no more.
    stranger: 'nothing-of-it',
  },
};
