import { AlertsService } from '../../src/alerts/alerts.module.js';
import { OFFICER_ROLES, type OfficerRole } from '../../src/agencies/index.js';
import { accountHash, Sessions } from '../../src/console/sessions.js';
import { needsPermission, needsQuery, type Answer, type Call } from './gateway.js';
import { BY_OVERRIDE, SAFEGUARDING } from './override-world.js';
import { patient, startSuppliedGateway, type SuppliedGateway } from './supplied-gateway.js';

/** Who calls: nobody in particular, or the system or an officer of one role of one agency. */
export type Caller = 'anyone' | 'system' | OfficerRole;

/** A council that asks, a trust that is asked, and a council that has nothing to do with either. */
const SYSTEMS = {
  'northmoor-council': 'northmoor-council-adult-care',
  'northmoor-nhs-trust': 'northmoor-nhs-trust-records',
  'eastvale-council': 'eastvale-council-adult-care',
} as const;
export type WorldAgency = keyof typeof SYSTEMS;

/** Something of each kind that a route names, the council's but for what the trust has to do. */
export interface Things {
  readonly permission: string;
  readonly withdrawn: string;
  readonly objection: string;
  readonly bestInterestsDecision: string;
  readonly holdBack: string;
  readonly addressSuppression: string;
  /** An exchange by an override, its review, and its place in the log. */
  readonly exchange: string;
  readonly review: string;
  readonly entry: string;
  readonly notice: string;
  /** Of the exchange: an alert about it, an order to erase it, and a legal hold that keeps it. */
  readonly alert: string;
  readonly erasure: string;
  readonly legalHold: string;
  /** Made for a person. */
  readonly report: string;
  /** A proposed agreement of council and trust, and its hash. */
  readonly agreement: string;
  readonly hash: string;
}

export interface AuthorizationWorld {
  readonly gateway: SuppliedGateway;
  readonly things: Things;
  /** Whether the caller may call is for the gateway to say. */
  call(caller: Caller, agency: WorldAgency): Promise<Call>;
  /** The same in the console: as if they had signed in there. Forms are those of their session. */
  browse(caller: 'anyone' | OfficerRole, agency: WorldAgency): Promise<Browse>;
}

/** Opens an address of the console, without going where it leads on to. @param form sent by POST */
export type Browse = (
  path: string,
  form?: Readonly<Record<string, string>>,
) => Promise<{ readonly status: number; readonly headers: Headers; readonly text: string }>;

/** Of the accounts that officers sign in with. Nobody does: their sessions are made for them. */
const ISSUER = 'https://sign-in.example';

/** An officer with one role alone, for each role and agency. */
const OFFICERS = Object.keys(SYSTEMS)
  .flatMap((agency) => OFFICER_ROLES.map((role) => officerOf(agency, role)))
  .map(
    ({ id, agency, role }) =>
      `kind: Officer\nid: ${id}\nagency: ${agency}\nroles: [${role}]\nkeys: []\nsignIn:\n  - issuer: ${ISSUER}\n    value: ${id}\n`,
  )
  .join('---\n');

function officerOf(agency: string, role: OfficerRole) {
  return { id: `${agency}-only-${role}`, agency, role };
}

/**
 * The sandbox with an officer for each role, and with something of each kind on record.
 * @param name what every agency, system, data service, item and agreement of its definitions is called, where given
 */
export async function startAuthorizationWorld(name?: string): Promise<AuthorizationWorld> {
  const named = (text: string): string =>
    name === undefined ? text : text.replaceAll(WRITTEN, (_, member: string) => member + JSON.stringify(name));
  const gateway = await startSuppliedGateway({
    add: { ...SAFEGUARDING, 'each-role.yaml': OFFICERS },
    // The next version tells of withdrawals.
    edit: (file, text) => {
      if (!file.endsWith('.agreement.yaml')) return named(text);
      if (file !== 'adult-care-assessed-needs.agreement.yaml') return text;
      return `${named(text).replace('version: 1', 'version: 2')}    tellOfWithdrawal: true\n`;
    },
  });
  for (const person of [KNOWN, OTHER]) gateway.holds.set(person, patient());
  const council = await gateway.as(SYSTEMS['northmoor-council']);
  const trust = await gateway.as(SYSTEMS['northmoor-nhs-trust']);
  const officer = await gateway.as(officerOf('northmoor-council', 'officer').id);
  const reviewer = await gateway.as(officerOf('northmoor-council', 'reviewer').id);
  const alerts = gateway.sandbox.gateway.app.get(AlertsService);
  const draft =
    name === undefined ? DRAFT : { ...DRAFT, title: name, retention: { ...DRAFT.retention, requester: name } };
  const things = await makeThings({ council, trust, officer, reviewer, alerts, draft });
  return {
    gateway,
    things,
    async call(caller, agency) {
      if (caller === 'anyone') return withoutToken(gateway.publicUrl);
      return await gateway.as(caller === 'system' ? SYSTEMS[agency] : officerOf(agency, caller).id);
    },
    async browse(caller, agency) {
      return await browserOf(gateway, caller === 'anyone' ? undefined : officerOf(agency, caller).id);
    },
  };
}

/** Members of a definition that an agency writes as it pleases. */
const WRITTEN = /^([ -]*(?:name|description|address|title|requester): )(?![{[|>]).+$/gm;

async function browserOf({ sandbox, publicUrl }: SuppliedGateway, officer: string | undefined): Promise<Browse> {
  const open = async (path: string, cookie: string, form?: Readonly<Record<string, string>>) =>
    await fetch(publicUrl + path, {
      method: form ? 'POST' : 'GET',
      headers: { cookie, ...(form && { 'content-type': 'application/x-www-form-urlencoded' }) },
      ...(form && { body: new URLSearchParams(form).toString() }),
      redirect: 'manual',
    });
  if (officer === undefined) return async (path, form) => told(await open(path, '', form));
  const account = accountHash({ issuer: ISSUER, value: officer });
  const session = await sandbox.gateway.app.get(Sessions).open({ officer, accountHash: account }, ISSUER);
  const home = await open('/console/help', `gatehouse-session=${session}`);
  const cookie = [`gatehouse-session=${session}`, ...home.headers.getSetCookie().map((one) => one.split(';')[0])].join(
    '; ',
  );
  const [, token = ''] = /name="_csrf" value="([^"]+)"/.exec(await home.text()) ?? [];
  return async (path, form) => told(await open(path, cookie, form && { _csrf: token, ...form }));
}

const told = async (answer: Response) => ({
  status: answer.status,
  headers: answer.headers,
  text: await answer.text(),
});

const [KNOWN, OTHER] = ['9990000018', '9990000034'] as const;

async function makeThings({
  council,
  trust,
  officer,
  reviewer,
  alerts,
  draft,
}: Readonly<Record<'council' | 'trust' | 'officer' | 'reviewer', Call>> & {
  alerts: AlertsService;
  draft: object;
}): Promise<Things> {
  const sent = async (call: Call, path: string, body?: object): Promise<Answer['body']> => {
    const answer = await call('POST', path, body);
    if (answer.status >= 300) throw new Error(`${path} was answered ${answer.status}: ${answer.text}`);
    return answer.body;
  };
  const idOf = async (...of: Parameters<typeof sent>): Promise<string> => String((await sent(...of))['id']);
  const permission = await idOf(council, '/v1/permissions', needsPermission(KNOWN));
  const withdrawn = await idOf(trust, '/v1/permissions', needsPermission(OTHER));
  await sent(council, '/v1/queries', needsQuery(OTHER));
  await sent(trust, `/v1/permissions/${withdrawn}/withdraw`);
  const { notices } = (await council('GET', '/v1/withdrawal-notices')).body as { notices: { id: string }[] };
  const overridden = await sent(council, '/v1/queries', needsQuery(OTHER, BY_OVERRIDE));
  const { reviews } = (await officer('GET', '/v1/reviews')).body as { reviews: { id: string }[] };
  const exchange = String(overridden['exchangeId']);
  const exchanges = [exchange];
  const erasure = await idOf(reviewer, '/v1/erasures', { exchanges, ground: 'recorded-in-error' });
  await alerts.raise({
    kind: 'decision-without-outcome',
    agency: 'northmoor-council',
    about: exchange,
    detail: { exchangeId: exchange },
  });
  const raised = (await officer('GET', '/v1/alerts?kind=decision-without-outcome')).body as {
    alerts: { id: string }[];
  };
  const drafted = await sent(officer, '/v1/agreements', draft);
  await sent(officer, `/v1/agreements/${DRAFT.id}/versions/1/propose`);
  return {
    permission,
    withdrawn,
    objection: await idOf(council, '/v1/objections', STATEMENTS.objection),
    bestInterestsDecision: await idOf(council, '/v1/best-interests-decisions', STATEMENTS.bestInterestsDecision),
    holdBack: await idOf(council, '/v1/hold-backs', STATEMENTS.holdBack),
    addressSuppression: await idOf(council, '/v1/address-suppressions', STATEMENTS.addressSuppression),
    exchange,
    alert: raised.alerts[0]!.id,
    erasure,
    legalHold: await idOf(officer, '/v1/legal-holds', {
      exchanges,
      reason: 'court-proceedings',
      reference: 'LIT/2026/0042',
    }),
    report: await idOf(officer, '/v1/subject-access-reports', { subject }),
    review: reviews[0]!.id,
    entry: String(indexOf(String(overridden['receipt']))),
    notice: notices[0]!.id,
    agreement: DRAFT.id,
    hash: String(drafted['hash']),
  };
}

const indexOf = (receipt: string): number =>
  (JSON.parse(Buffer.from(receipt.split('.')[1]!, 'base64url').toString()) as { log: { index: number } }).log.index;

const subject = { identifiers: [{ type: 'nhs-number', value: '9990000042' }] };
const sharing = {
  subject,
  purpose: 'adult-social-care',
  recipients: ['northmoor-council'],
  items: ['northmoor-nhs-trust/assessed-needs#risk-summary'],
};
const decidedBy = { staffId: 'sw-4711', role: 'social-worker' };

/** Bodies that record a statement of each kind. */
export const STATEMENTS = {
  objection: { ...sharing, reason: 'confidentiality' },
  holdBack: { ...sharing, reason: 'serious-harm', decidedBy },
  bestInterestsDecision: {
    ...sharing,
    decision: 'do-not-share',
    decidedBy,
    consulted: ['carer'],
    capacityStatement: { finding: 'lacks-capacity', assessedBy: decidedBy, assessedOn: '2026-01-01' },
    validUntil: new Date(Date.now() + 86_400_000).toISOString(),
  },
  addressSuppression: { subject },
};

/** An agreement of council and trust. */
export const DRAFT = {
  id: 'looked-at-by-all',
  version: 1,
  title: 'An agreement to try every role on',
  parties: ['northmoor-council', 'northmoor-nhs-trust'],
  purposes: ['adult-social-care'],
  startsOn: '2026-01-01',
  endsOn: '2046-12-31',
  reviewOn: '2046-06-30',
  retention: { requester: 'As the schedule of adult social care says.', logBodyYears: 8 },
  legs: [
    {
      id: 'trust-to-council',
      from: 'northmoor-nhs-trust',
      to: 'northmoor-council',
      dataService: 'northmoor-nhs-trust/assessed-needs',
      items: ['care-coordinator'],
      purposes: ['adult-social-care'],
      patterns: ['query'],
      roles: ['social-worker'],
      identifierTypes: ['nhs-number'],
      caseReferences: [{ kind: 'case', pattern: '^ASC-[0-9]{4}-[0-9]{5}$' }],
      legalBasis: ['ukgdpr-6-1-e', 'care-2014-s6', 'ukgdpr-9-2-h', 'dpa-sch1-para2', 'cldc-explicit-consent'],
      unmatched: 'uniform',
    },
  ],
};

const withoutToken =
  (publicUrl: string): Call =>
  async (method, path, body) => {
    const response = await fetch(publicUrl + path, {
      method,
      ...(body !== undefined && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      headers: response.headers,
      text,
      body: (isJson ? JSON.parse(text) : {}) as Answer['body'],
    };
  };
