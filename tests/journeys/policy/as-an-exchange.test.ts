import path from 'node:path';
import { projectFolder } from '../../../src/config/index.js';
import { listPolicyTests, readPolicyTest, type PolicyCase } from '../../../src/exchange/policy-test.js';
import { IDENTIFIER_TYPES, type IdentifierType } from '../../../src/subject-handles/index.js';
import { startTestGateway, type Answer, type TestGateway } from '../../support/gateway.js';

const TESTS = path.join(projectFolder(), 'consent-policies', 'tests');
/** A person of the sandbox of whom nobody has recorded anything. */
const WITHOUT_PERMISSION = '9990000034';

describe('what a policy test shows', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startTestGateway();
  });
  afterAll(async () => gateway.stop());

  /** The cases that the sandbox's gateway can be asked today: of its own agreements, at no other time, in the one pattern there is, of a person without history. */
  async function askableCases(): Promise<PolicyCase[]> {
    const files = (await listPolicyTests(TESTS)).filter((file) => !file.startsWith('scenarios/'));
    const read = await Promise.all(files.map((file) => readPolicyTest(TESTS, file)));
    return read
      .flatMap((one) => ('test' in one ? one.test.cases : []))
      .filter(
        ({ now, permissions, statements, request }) =>
          !now && !permissions && !statements && request.pattern === 'query',
      );
  }

  async function ask({ system, request }: PolicyCase): Promise<Answer> {
    const { pattern: _, identifierTypes, ...rest } = request;
    const identifiers = identifierTypes.map((type) => ({
      type,
      value: type === 'nhs-number' ? WITHOUT_PERMISSION : IDENTIFIER_TYPES[type as IdentifierType].example,
    }));
    return await (
      await gateway.as(system)
    )('POST', '/v1/queries', { ...rest, subject: { identifiers } });
  }

  it('is what an exchange does', async () => {
    const cases = await askableCases();
    expect(cases.length).toBeGreaterThan(15);
    for (const one of cases) {
      const { status, body } = await ask(one);
      const { outcome, reasonCodes, items } = one.expect;
      const name = { name: one.name };
      if (reasonCodes.includes('REQUEST_INVALID')) {
        expect({ ...name, status }).toEqual({ ...name, status: 400 });
        continue;
      }
      const withheld = Object.entries(items).filter(([, decided]) => decided !== 'permit');
      expect({ ...name, status, decision: body['decision'], withheld: body['withheld'] }).toEqual({
        ...name,
        status: outcome === 'deny' ? 403 : 200,
        decision: expect.objectContaining({ outcome, reasonCodes }) as unknown,
        withheld: withheld.map(([dataItem, reason]) => ({ dataItem, reason })),
      });
    }
  });
});
