import type { OfficerRole } from '../../../src/agencies/index.js';
import { DRAFT, type Things } from '../../support/authorization-world.js';

/** What a page of the console is expected to do, written down by hand as the routes of the API are. */
export interface ExpectedPage {
  /** Who may open it; everybody else is refused before anything is looked at. */
  readonly may: readonly OfficerRole[] | 'public';
  readonly path: (of: Things) => string;
  /** Of a page that is posted to. */
  readonly form?: (of: Things) => Readonly<Record<string, string>>;
  /** As of a route; see `every-route.ts`. */
  readonly stranger: 'not-found' | 'nothing-of-it' | 'the-same';
}

const SIGNERS = ['officer', 'reviewer'] as const;
const READERS = ['officer', 'reviewer', 'oversight'] as const;
const NOT_OPERATORS = ['officer', 'reviewer', 'administrator', 'oversight'] as const;
const EVERYONE = [...NOT_OPERATORS, 'operator'] as const;

const page = (
  address: string,
  may: ExpectedPage['may'],
  stranger: ExpectedPage['stranger'],
  path: ExpectedPage['path'] = () => address,
): Record<string, ExpectedPage> => ({ [`GET ${address}`]: { may, path, stranger } });

/** A list, and the same as CSV. */
const list = (address: string, may: ExpectedPage['may'], stranger: ExpectedPage['stranger'] = 'nothing-of-it') => ({
  ...page(address, may, stranger),
  ...page(`${address}.csv`, may, stranger),
});

const PERSON = { type: 'nhs-number', value: '9990000034' };

const disclosure = (form: string): Record<string, ExpectedPage> =>
  page(`/console/disclosures/:id${form}`, READERS, 'not-found', (of) => `/console/disclosures/${of.exchange}${form}`);
const posted = (
  address: string,
  may: ExpectedPage['may'],
  form: Readonly<Record<string, string>>,
): Record<string, ExpectedPage> => ({
  [`POST ${address}`]: { may, path: () => address, form: () => form, stranger: 'nothing-of-it' },
});

const alert = (method: string, step: string, may: ExpectedPage['may']): Record<string, ExpectedPage> => ({
  [`${method} /console/alerts/:id${step}`]: {
    may,
    path: (of) => `/console/alerts/${of.alert}${step}`,
    ...(method === 'POST' && { form: () => ({ outcome: 'in-order', reference: '' }) }),
    stranger: 'not-found',
  },
});

/** One that is withdrawn already, so that others find theirs as it was. */
const permission = (method: string, step: string): Record<string, ExpectedPage> => ({
  [`${method} /console/permissions/:id${step}`]: {
    may: SIGNERS,
    path: (of) => `/console/permissions/${of.withdrawn}${step}`,
    ...(method === 'POST' && { form: () => ({}) }),
    stranger: 'not-found',
  },
});

const version = (step: string, may: ExpectedPage['may'], path = step): Record<string, ExpectedPage> =>
  page(
    `/console/agreements/:id/:version${step}`,
    may,
    'not-found',
    (of) => `/console/agreements/${of.agreement}/1${path}`,
  );

const review = (step: string, may: ExpectedPage['may'], query = ''): Record<string, ExpectedPage> =>
  page(`/console/reviews/:id${step}`, may, 'not-found', (of) => `/console/reviews/${of.review}${step}${query}`);

/** Every page of the console, by method and address. */
export const EVERY_PAGE: Readonly<Record<string, ExpectedPage>> = {
  ...page('/console', EVERYONE, 'nothing-of-it'),
  ...page('/console/help', 'public', 'the-same'),
  ...page('/console/accessibility', 'public', 'the-same'),
  ...page('/console/integrity', EVERYONE, 'the-same'),
  ...page('/console/integrity/checkpoint.txt', EVERYONE, 'the-same'),
  ...page('/console/integrity/verifications.csv', EVERYONE, 'the-same'),

  ...list('/console/disclosures', READERS),
  ...disclosure(''),
  ...disclosure('/decision-form.html'),
  ...disclosure('/decision-form.md'),
  'POST /console/disclosures/:id/verify': {
    may: READERS,
    path: ({ exchange }) => `/console/disclosures/${exchange}/verify`,
    form: () => ({}),
    stranger: 'not-found',
  },
  ...page('/console/person', SIGNERS, 'nothing-of-it'),
  'POST /console/person': {
    may: SIGNERS,
    path: () => '/console/person',
    form: () => PERSON,
    stranger: 'nothing-of-it',
  },
  'POST /console/person.csv': {
    may: SIGNERS,
    path: () => '/console/person.csv',
    form: () => PERSON,
    stranger: 'nothing-of-it',
  },
  'POST /console/person/report': {
    may: SIGNERS,
    path: () => '/console/person/report',
    form: () => ({ ...PERSON, as: 'json' }),
    stranger: 'nothing-of-it',
  },
  ...list('/console/subject-access-reports', ['oversight']),
  ...page(
    '/console/subject-access-reports/:id',
    ['oversight'],
    'not-found',
    ({ report }) => `/console/subject-access-reports/${report}`,
  ),
  ...list('/console/alerts', READERS),
  ...page('/console/alerts/sampling-plan', READERS, 'nothing-of-it'),
  ...alert('GET', '', READERS),
  ...alert('POST', '/investigate', SIGNERS),
  ...alert('GET', '/close', SIGNERS),
  ...alert('POST', '/close', SIGNERS),
  ...alert('POST', '/close/check', SIGNERS),
  ...alert('POST', '/close/record', SIGNERS),
  ...list('/console/operator-alerts', ['operator']),

  ...page('/console/permissions', SIGNERS, 'nothing-of-it'),
  ...posted('/console/permissions', SIGNERS, PERSON),
  ...posted('/console/permissions.csv', SIGNERS, PERSON),
  ...permission('GET', ''),
  ...permission('GET', '/receipt.json'),
  ...permission('GET', '/withdraw'),
  ...permission('POST', '/withdraw'),

  ...list('/console/exports', READERS),
  ...page(
    '/console/exports/ready',
    READERS,
    'nothing-of-it',
    () => '/console/exports/ready?form=exchanges&from=2026-01-01&to=2099-12-31',
  ),
  ...posted('/console/exports/file', READERS, { form: 'exchanges', from: '2026-01-01', to: '2099-12-31' }),

  ...list('/console/agreements', NOT_OPERATORS),
  ...version('', NOT_OPERATORS),
  ...version('/document', NOT_OPERATORS),
  ...version('/:step', SIGNERS, '/suspend'),
  ...version('/:step/check', SIGNERS, '/suspend/check?reason=other'),
  'POST /console/agreements/:id/:version/:step': {
    may: SIGNERS,
    path: ({ agreement }) => `/console/agreements/${agreement}/1/propose`,
    form: ({ hash }) => ({ hash }),
    stranger: 'not-found',
  },
  ...page(
    '/console/agreements/:id/compare',
    NOT_OPERATORS,
    'not-found',
    ({ agreement }) => `/console/agreements/${agreement}/compare`,
  ),

  ...list('/console/reviews', READERS),
  ...review('', READERS),
  ...review('/answer', SIGNERS),
  ...review('/answer/check', SIGNERS, '?outcome=justified&measure-none=yes'),
  'POST /console/reviews/:id/answer': {
    may: SIGNERS,
    path: (of) => `/console/reviews/${of.review}/answer`,
    form: () => ({ outcome: 'more-information-needed', measures: 'none' }),
    stranger: 'not-found',
  },

  ...list('/console/catalogue', NOT_OPERATORS),
  ...page(
    '/console/catalogue/:agency/:name',
    NOT_OPERATORS,
    'not-found',
    () => `/console/catalogue/${DRAFT.legs[0]!.dataService}`,
  ),
};
