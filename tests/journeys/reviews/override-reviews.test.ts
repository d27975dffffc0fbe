import { MovableClock } from '../../support/access-replica.js';
import { runAsOwner } from '../../support/database.js';
import { needsPermission, needsQuery, type Answer, type Call } from '../../support/gateway.js';
import { BY_OVERRIDE, REVIEW_DAYS, startOverrideWorld, type OverrideWorld } from '../../support/override-world.js';
import { logFindings, readLog } from '../../support/read-log.js';
import { held, patient } from '../../support/supplied-gateway.js';

const DAY_SECONDS = 86_400;

describe('a disclosure by an override', () => {
  const clock = new MovableClock();
  let world: OverrideWorld;
  let councilOfficer: Call;
  let councilReviewer: Call;
  let trustReviewer: Call;
  let stranger: Call;
  beforeAll(async () => {
    world = await startOverrideWorld(clock);
    councilOfficer = await world.officer('northmoor-council-ig-1');
    councilReviewer = await world.officer('northmoor-council-ig-2');
    trustReviewer = await world.officer('northmoor-nhs-trust-ig-2');
    stranger = await world.officer('eastvale-council-ig-1');
  });
  afterAll(() => world.stop());

  const overridden = async (change: object = {}): Promise<string> => {
    const answer = await world.askByOverride(change);
    expect([answer.status, answer.text]).toEqual([200, expect.any(String)]);
    return String(answer.body['exchangeId']);
  };
  const reviewOf = async (exchangeId: string, call: Call = councilReviewer): Promise<Record<string, unknown>> => {
    const { body } = await call('GET', '/v1/reviews?limit=100');
    const found = (body['reviews'] as Record<string, unknown>[]).find((one) => one['exchangeId'] === exchangeId);
    return found ?? {};
  };
  const answer = (call: Call, id: unknown, change: object = {}): Promise<Answer> =>
    call('POST', `/v1/reviews/${String(id)}/answers`, { outcome: 'justified', measures: ['person-told'], ...change });
  const gauges = async (): Promise<string[]> => {
    const text = await (await fetch(`${world.gateway.publicUrl}/metrics`)).text();
    return text.split('\n').filter((line) => line.startsWith('gatehouse_override_reviews{'));
  };
  const countReviews = async (): Promise<number> =>
    (await runAsOwner(world.gateway.database.ownerUrl, 'SELECT 1 FROM override_reviews')).length;

  it('is refused without permission, permitted by the override, recorded with who authorised it, and opens a review', async () => {
    const { override: _, ...without } = BY_OVERRIDE;
    const refused = await world.council('POST', '/v1/queries', needsQuery('9990000018', without));
    expect([refused.status, (refused.body['decision'] as { reasonCodes: string[] }).reasonCodes]).toEqual([
      403,
      ['DENY_CONSENT_REQUIRED'],
    ]);
    expect(await countReviews()).toBe(0);

    const given = await world.askByOverride();
    expect(given.body).toMatchObject({ decision: { outcome: 'permit', reasonCodes: ['PERMIT_STATUTORY_OVERRIDE'] } });
    const entries = await readLog(world.gateway.database.ownerUrl, given.body['exchangeId']);
    expect(entries.map(({ kind }) => kind)).toEqual(['decision', 'outcome']);
    for (const { claims } of entries) expect(claims.override).toEqual(BY_OVERRIDE.override);
    const review = await reviewOf(String(given.body['exchangeId']));
    expect(review).toMatchObject({
      requester: 'northmoor-council',
      supplier: 'northmoor-nhs-trust',
      state: 'open',
      closedAt: null,
      answers: [],
    });
    const { openedAt, dueAt } = review as { openedAt: string; dueAt: string };
    expect(openedAt).toBe(entries[0]!.claims.at);
    expect(Date.parse(dueAt) - Date.parse(openedAt)).toBe(REVIEW_DAYS * DAY_SECONDS * 1000);
  });

  it('opens no review when nothing goes: whoever authorises it may not', async () => {
    const before = await countReviews();
    const nobody = { reason: BY_OVERRIDE.override.reason, authorisedBy: { staffId: 'sw-4711', role: 'social-worker' } };
    const refused = await world.askByOverride({ override: nobody });
    expect([refused.status, await countReviews()]).toEqual([403, before]);
  });

  it('is reviewed too when it became one only while it was under way', async () => {
    const trust = await world.gateway.as('northmoor-nhs-trust-records');
    const person = '9990000034';
    const permission = { ...needsPermission(person), purpose: 'adult-safeguarding' };
    const { body } = await trust('POST', '/v1/permissions', permission);
    const supplier = held(patient());
    world.gateway.holds.set(person, supplier.answer);
    const before = await countReviews();
    const asking = world.council('POST', '/v1/queries', needsQuery(person, BY_OVERRIDE));
    await supplier.asked;
    expect(await countReviews()).toBe(before);
    await trust('POST', `/v1/permissions/${String(body['id'])}/withdraw`);
    supplier.release();
    const given = await asking;
    expect(given.body).toMatchObject({ decision: { reasonCodes: ['PERMIT_STATUTORY_OVERRIDE'] } });
    expect(await reviewOf(String(given.body['exchangeId']))).toMatchObject({ state: 'open' });
  });

  it('is answered by both agencies, each once, and closed when both have concluded', async () => {
    const exchangeId = await overridden();
    const { id } = await reviewOf(exchangeId);
    const more = await answer(trustReviewer, String(id).toUpperCase(), {
      outcome: 'more-information-needed',
      measures: ['none'],
    });
    expect([more.status, more.body['state'], more.body['closedAt']]).toEqual([201, 'open', null]);
    expect((await answer(councilReviewer, id)).body).toMatchObject({ state: 'answered', closedAt: null });
    const second = await answer(councilOfficer, id, { outcome: 'not-justified', measures: ['incident-reported'] });
    expect([second.status, second.body['code']]).toEqual([409, 'REVIEW_ANSWERED']);
    const closed = await answer(trustReviewer, id, { outcome: 'not-justified', measures: ['staff-guidance'] });
    expect(closed.body).toMatchObject({ state: 'answered', closedAt: expect.any(String) });
    const afterwards = await answer(trustReviewer, id, { outcome: 'more-information-needed', measures: ['none'] });
    expect(afterwards.status).toBe(409);
    const review = await councilOfficer('GET', `/v1/reviews/${String(id)}`);
    expect(
      (review.body['answers'] as { agency: string; outcome: string }[]).map((one) => [one.agency, one.outcome]),
    ).toEqual([
      ['northmoor-nhs-trust', 'more-information-needed'],
      ['northmoor-council', 'justified'],
      ['northmoor-nhs-trust', 'not-justified'],
    ]);
    const entries = await readLog(world.gateway.database.ownerUrl, exchangeId);
    const answers = entries.filter(({ kind }) => kind === 'override-review-answered');
    expect(answers.map(({ claims }) => claims)).toEqual([
      expect.objectContaining({ answeredBy: { agency: 'northmoor-nhs-trust', officer: 'northmoor-nhs-trust-ig-2' } }),
      expect.objectContaining({ answeredBy: { agency: 'northmoor-council', officer: 'northmoor-council-ig-2' } }),
      expect.objectContaining({ outcome: 'not-justified', measures: ['staff-guidance'] }),
    ]);
  });

  it('keeps one of two answers that one agency gives at once', async () => {
    const { id } = await reviewOf(await overridden());
    const both = await Promise.all([answer(councilOfficer, id), answer(councilReviewer, id)]);
    expect(both.map(({ status }) => status).toSorted((one, other) => one - other)).toEqual([201, 409]);
    const { body } = await councilOfficer('GET', `/v1/reviews/${String(id)}`);
    expect(body['answers']).toHaveLength(1);
  });

  it('is not reviewed by whoever authorised it', async () => {
    const authorisedBy = { staffId: 'northmoor-council-ig-1', role: 'team-manager' };
    const { id } = await reviewOf(await overridden({ override: { ...BY_OVERRIDE.override, authorisedBy } }));
    const own = await answer(councilOfficer, id);
    expect([own.status, own.body['code']]).toEqual([403, 'REVIEW_BY_AUTHORISER']);
    expect((await answer(councilReviewer, id)).status).toBe(201);
  });

  it('is no matter of a third agency, of systems, or of officers without the role', async () => {
    const { id } = await reviewOf(await overridden());
    const nothing = await answer(stranger, '0192f0c1-9b14-7a30-8f11-2b1c0d9e8f70');
    for (const hidden of [await stranger('GET', `/v1/reviews/${String(id)}`), await answer(stranger, id)]) {
      expect([hidden.status, hidden.body['code'], hidden.body['title']]).toEqual([
        404,
        'NOT_FOUND',
        nothing.body['title'],
      ]);
    }
    expect((await stranger('GET', '/v1/reviews')).body).toEqual({ reviews: [], nextCursor: null });
    for (const refused of [await world.council('GET', '/v1/reviews'), await answer(world.council, id)]) {
      expect([refused.status, refused.body['code']]).toEqual([403, 'ROLE_NOT_ALLOWED']);
    }
    const officerAsSystem = await councilOfficer('POST', '/v1/queries', needsQuery());
    expect(officerAsSystem.body['code']).toBe('ROLE_NOT_ALLOWED');
  });

  it.each([
    ['an outcome of no list', { outcome: 'fine' }, '/outcome'],
    ['no measure at all', { measures: [] }, '/measures'],
    ['none beside a measure', { measures: ['none', 'person-told'] }, '/measures'],
    ['words of their own', { comment: 'Mrs Example was told' }, '/comment'],
  ])('takes no answer with %s', async (_what, change, pointer) => {
    const { id } = await reviewOf(await overridden());
    const refused = await answer(councilReviewer, id, change);
    expect([refused.status, refused.body['pointers']]).toEqual([400, [pointer]]);
  });

  it('is listed a page at a time, and by its state', async () => {
    await overridden();
    const all = (await trustReviewer('GET', '/v1/reviews?limit=100')).body['reviews'] as {
      id: string;
      state: string;
    }[];
    const pages: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const page = (await trustReviewer('GET', `/v1/reviews?limit=2${cursor}`)).body as {
        reviews: { id: string }[];
        nextCursor: string | null;
      };
      pages.push(...page.reviews.map(({ id }) => id));
      cursor = page.nextCursor === null ? undefined : `&cursor=${page.nextCursor}`;
    }
    expect(pages).toEqual(all.map(({ id }) => id));
    for (const state of ['open', 'answered', 'overdue']) {
      const { body } = await trustReviewer('GET', `/v1/reviews?limit=100&state=${state}`);
      expect((body['reviews'] as { id: string }[]).map(({ id }) => id)).toEqual(
        all.filter((review) => review.state === state).map(({ id }) => id),
      );
    }
    for (const query of ['state=late', 'limit=0', 'limit=101', 'cursor=x', 'person=1']) {
      expect((await trustReviewer('GET', `/v1/reviews?${query}`)).status).toBe(400);
    }
  });

  it('shows in the measurements while it is open, and as overdue once its time is up', async () => {
    const exchangeId = await overridden();
    const pending = async (call: Call): Promise<number> =>
      ((await call('GET', '/v1/reviews?limit=100&state=open')).body['reviews'] as unknown[]).length;
    const [council, trust] = [await pending(councilReviewer), await pending(trustReviewer)];
    expect(trust).toBeGreaterThan(council);
    expect(await gauges()).toEqual([
      `gatehouse_override_reviews{agency="northmoor-council",state="open"} ${council}`,
      'gatehouse_override_reviews{agency="northmoor-council",state="overdue"} 0',
      `gatehouse_override_reviews{agency="northmoor-nhs-trust",state="open"} ${trust}`,
      'gatehouse_override_reviews{agency="northmoor-nhs-trust",state="overdue"} 0',
    ]);
    clock.aheadSeconds = REVIEW_DAYS * DAY_SECONDS + 60;
    expect(await gauges()).toEqual([
      'gatehouse_override_reviews{agency="northmoor-council",state="open"} 0',
      `gatehouse_override_reviews{agency="northmoor-council",state="overdue"} ${council}`,
      'gatehouse_override_reviews{agency="northmoor-nhs-trust",state="open"} 0',
      `gatehouse_override_reviews{agency="northmoor-nhs-trust",state="overdue"} ${trust}`,
    ]);
    const review = await reviewOf(exchangeId);
    expect(review['state']).toBe('overdue');
    expect((await answer(councilReviewer, review['id'])).body).toMatchObject({ state: 'answered' });
  });

  it('leaves a log that verifies', async () => {
    expect(await logFindings(world.gateway)).toEqual([]);
  });
});
