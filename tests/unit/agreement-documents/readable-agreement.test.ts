import { describeAgreement, NOT_STATED, renderHtml, renderMarkdown } from '../../../src/agreement-documents/index.js';
import { rolesOf } from '../../../src/agreements/index.js';
import { sandboxSource, signedByAll, textsOf, withTerms } from './sandbox-source.js';

const ADULT_CARE = 'adult-care-assessed-needs';
const FIRE = 'fire-premises-risk';

describe('the readable agreement', () => {
  it.each([ADULT_CARE, FIRE])(
    'of %s has the headings that the ICO code and WASPI ask for, in their order',
    async (id) => {
      const { sections } = describeAgreement(await sandboxSource(id));
      expect(sections.map(({ heading }) => heading)).toEqual([
        '1. Purpose',
        '2. Parties and contacts',
        '3. What is shared',
        '4. Lawful basis, conditions and statutory powers',
        '5. Special category, criminal offence and confidential items',
        '6. Individual rights and access',
        '7. Quality, retention, deletion and complaints',
        '8. Security',
        '9. Review and termination',
        '10. Signatures',
        'Appendix A. Glossary',
        'Appendix B. Where the templates’ headings are answered',
      ]);
    },
  );

  it.each([ADULT_CARE, FIRE])(
    'of %s names every item, agency and provision that the machine form names',
    async (id) => {
      const source = await sandboxSource(id);
      const texts = textsOf(describeAgreement(source)).join('\n');
      for (const leg of source.agreement.legs) {
        for (const item of leg.items) {
          const name = source.register.dataService(leg.dataService)?.items.find((known) => known.id === item)?.name;
          expect(texts).toContain(name);
        }
        for (const agency of [leg.from, leg.to]) expect(texts).toContain(source.register.agency(agency)?.name);
        for (const basis of leg.legalBasis) {
          const known = source.legalBases.get(basis);
          expect(texts).toContain(`${known?.instrument}, ${known?.provision}`);
          expect(texts).toContain(known?.title);
          expect(texts).toContain(known?.verified);
        }
        for (const { pattern } of leg.caseReferences) expect(texts).toContain(pattern);
        for (const role of rolesOf(leg)) expect(texts).toContain(role);
      }
      expect(texts).toContain(source.hash);
      expect(texts).toContain(source.agreement.retention.requester);
      expect(texts).not.toMatch(/not registered|not in the catalogue|undefined|\[object/);
    },
  );

  it('never names an item that the data service has and the agreement does not', async () => {
    expect(textsOf(describeAgreement(await sandboxSource(ADULT_CARE))).join('\n')).not.toMatch(/clinic/i);
  });

  it('says what the machine form does not hold, and makes nothing up for it', async () => {
    const source = await sandboxSource(ADULT_CARE);
    const { reviewOn: _, ...withoutReview } = source.agreement;
    const texts = textsOf(describeAgreement({ ...source, agreement: withoutReview }));
    expect(texts).toContain(`Contacts and data protection officers: ${NOT_STATED}`);
    for (const right of ['Access (subject access requests)', 'Rectification', 'Complaints', 'To be reviewed by']) {
      expect(texts[texts.indexOf(right) + 1]).toBe(NOT_STATED);
    }
  });

  it('says that a disclosure needs the person’s permission, by its kind, and only where it does', async () => {
    const adult = textsOf(describeAgreement(await sandboxSource(ADULT_CARE)));
    expect(adult).toContain('permission under the duty of confidence');
    expect(adult.join('\n')).not.toContain('consent under the UK GDPR');
    const fire = textsOf(describeAgreement(await sandboxSource(FIRE)));
    expect(fire).toContain('No disclosure under this agreement relies on a permission of the person.');
  });

  it('calls an agreement a draft until every party has signed, and then names each key', async () => {
    const draft = await sandboxSource(FIRE);
    expect(textsOf(describeAgreement(draft))[1]).toMatch(/^A draft/);
    const signed = signedByAll(draft);
    const oneMissing = { ...signed, signatures: signed.signatures.slice(1) };
    expect(textsOf(describeAgreement(oneMissing))[1]).toMatch(/^A draft/);
    expect(textsOf(describeAgreement(oneMissing))).toContain('Has not signed.');
    const texts = textsOf(describeAgreement(signed));
    expect(texts[1]).toBe('An information sharing agreement, signed by every party.');
    expect(texts).toEqual(expect.arrayContaining(['northmoor-fire-key-1', 'northmoor-council-key-1']));
    expect(texts).not.toContain('Has not signed.');
  });

  it('says so of what nobody has registered, instead of leaving it out', async () => {
    const source = await sandboxSource(ADULT_CARE);
    const nothing = { agency: () => undefined, dataService: () => undefined };
    const texts = textsOf(describeAgreement({ ...source, register: nothing }));
    expect(texts).toContain('northmoor-nhs-trust (not registered)');
    expect(texts).toContain('risk-summary (not registered)');
    expect(texts).toContain('permission under the duty of confidence');
  });

  it('warns of a leg that lets the requester learn who is known', async () => {
    const source = await sandboxSource(ADULT_CARE);
    const legs = source.agreement.legs.map((leg) => ({ ...leg, unmatched: 'reveal' as const }));
    const texts = textsOf(describeAgreement({ ...source, agreement: { ...source.agreement, legs } })).join('\n');
    expect(texts).toContain('The requester may learn whether a person is known to the supplier.');
    expect(texts).toContain('except on the leg trust-to-council');
  });

  it('is the same however often it is made', async () => {
    const source = await sandboxSource(FIRE);
    expect(renderHtml(describeAgreement(source))).toBe(renderHtml(describeAgreement(source)));
    expect(renderMarkdown(describeAgreement(source))).toBe(renderMarkdown(describeAgreement(source)));
  });

  it('says when and how often may be asked, and which staff may ask for which purpose', async () => {
    const source = await sandboxSource(ADULT_CARE);
    const texts = textsOf(describeAgreement(withTerms(source)));
    expect(texts).toContain('Only on Monday and Friday from 20:00 until 06:00 on the next day (Europe/London).');
    expect(texts).toContain('At most 20 times an hour for each system. At most once a day for each system.');
    expect(texts.join('\n')).toContain('For staff in the role social-worker, clerk for ');
    expect(texts).toContain('The requester is told which exchanges relied on it, and takes note.');
    const without = textsOf(describeAgreement(source));
    expect(without).toEqual(
      expect.arrayContaining(['At any time.', 'As often as needed.', 'The requester is not told.']),
    );
  });
});
