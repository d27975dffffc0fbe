import fhirpath from 'fhirpath';
import r4 from 'fhirpath/fhir-context/r4';
import { fhirConsent } from '../../../src/permissions/fhir-consent.js';
import { LACKS_CAPACITY } from '../../support/permission.js';
import { tellSandboxPermission } from '../../support/told-permission.js';

const consent = async (...of: Parameters<typeof tellSandboxPermission>) =>
  fhirConsent(await tellSandboxPermission(...of), 'https://gatehouse.example');

/** Formats of the primitive types that occur (https://hl7.org/fhir/R4/datatypes.html). */
const FORMATS: Readonly<Record<string, RegExp>> = {
  'System.String': /^[A-Za-z0-9.-]{1,64}$/,
  code: /^\S+( \S+)*$/,
  uri: /^\S+$/,
  string: /\S/,
  dateTime: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z$/,
};

/** Elements with a minimum of one (https://hl7.org/fhir/R4/consent.html), wherever the element they are in is there. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  Consent: ['status', 'scope', 'category'],
  'Consent.verification': ['verified'],
  'Consent.provision.actor': ['role', 'reference'],
};

/** The parts of the library's model of R4 that say what elements there are, of which type, and which repeat. */
const model = r4 as unknown as {
  readonly path2Type: Readonly<Record<string, string>>;
  readonly path2Repeating: Readonly<Record<string, boolean>>;
};

/** What R4 says against a resource: by the library's model of R4, and by {@link REQUIRED}. */
function faultsOf(value: unknown, at = 'Consent', place = at): string[] {
  if (typeof value !== 'object' || value === null) return [`${place} has no members`];
  const members = Object.entries(value).filter(([name]) => name !== 'resourceType');
  const missing = (REQUIRED[at] ?? []).filter((name) => !(name in value)).map((name) => `${place} lacks ${name}`);
  return [
    ...missing,
    ...(members.length === 0 ? [`${place} is empty`] : []),
    ...members.flatMap(([name, member]) => {
      const path = `${at}.${name}`;
      const type = model.path2Type[path];
      if (type === undefined) return [`${place}.${name} is no element of R4`];
      const repeats = model.path2Repeating[path] === true;
      if (Array.isArray(member) !== repeats) return [`${place}.${name} ${repeats ? 'repeats' : 'occurs once'}`];
      const all = repeats ? (member as unknown[]) : [member];
      if (all.length === 0) return [`${place}.${name} is an empty list`];
      return all.flatMap((one) => {
        if (type === 'boolean') return typeof one === 'boolean' ? [] : [`${place}.${name} is no boolean`];
        const format = FORMATS[type];
        if (!format) return faultsOf(one, type === 'BackboneElement' ? path : type, `${place}.${name}`);
        return typeof one === 'string' && format.test(one) ? [] : [`${place}.${name} is no ${type}`];
      });
    }),
  ];
}

const evaluate = (resource: object, expression: string): unknown[] =>
  fhirpath.evaluate(resource, expression, undefined, r4) as unknown[];

describe('a permission as an HL7 FHIR R4 Consent', () => {
  const attorney = { givenBy: 'attorney', capacity: 'health-and-welfare', capacityStatement: LACKS_CAPACITY } as const;

  it.each<[string, Parameters<typeof tellSandboxPermission>[0]]>([
    ['a yes', {}],
    ['a refusal', { answer: 'refused', validUntil: null }],
    ['a withdrawn one', { withdrawnAt: new Date('2026-03-01T00:00:00Z') }],
    ['one by an attorney', attorney],
    ['one of agencies that nobody has registered', { recipients: ['gone'], items: ['gone/service#*'] }],
  ])('has the elements, types and cardinalities of R4: %s', async (_what, change) => {
    expect(faultsOf(await consent(change))).toEqual([]);
  });

  it('is held against rules that find what is wrong', () => {
    expect(
      faultsOf({ resourceType: 'Consent', status: 'on', scope: {}, patient: [], colour: 1, dateTime: 'now' }),
    ).toEqual([
      'Consent lacks category',
      'Consent.scope is empty',
      'Consent.patient occurs once',
      'Consent.colour is no element of R4',
      'Consent.dateTime is no dateTime',
    ]);
  });

  it.each([
    // ppc-1 to ppc-5 and ref-1 of R4, and the required value sets.
    'policy.exists() or policyRule.exists()',
    "patient.exists() or scope.coding.where(code='patient-privacy').exists().not()",
    "status in ('draft' | 'proposed' | 'active' | 'rejected' | 'inactive' | 'entered-in-error')",
    "provision.type in ('deny' | 'permit')",
    "category.coding.where(system='http://terminology.hl7.org/CodeSystem/v3-ActCode' and code='IDSCL').exists()",
    'descendants().where(reference.exists() and reference is string).empty()',
    'patient.reference.empty() and patient.identifier.system.exists() and patient.identifier.value.exists()',
    'provision.period.start <= provision.period.end',
  ])('satisfies %s', async (rule) => {
    expect(evaluate(await consent(), rule)).toEqual([true]);
  });

  it.each<[string, Parameters<typeof tellSandboxPermission>[0], string, string]>([
    ['a yes that stands', {}, 'active', 'permit'],
    ['a refusal', { answer: 'refused', validUntil: null }, 'rejected', 'deny'],
    ['one that was withdrawn', { withdrawnAt: new Date('2026-03-01T00:00:00Z') }, 'inactive', 'permit'],
    ['one that another took the place of', { supersededBy: 'later' }, 'inactive', 'permit'],
    ['one that has ended', { validUntil: new Date('2026-03-01T00:00:00Z') }, 'inactive', 'permit'],
  ])('says of %s what it is', async (_what, change, status, type) => {
    expect(await consent(change)).toMatchObject({ status, provision: { type } });
  });

  it('names the patient by a handle, organisations by their codes, and what may go to whom for what', async () => {
    expect(await consent()).toMatchObject({
      patient: {
        identifier: { system: 'https://gatehouse.example/subject-handles/northmoor-nhs-trust', value: 'a-handle' },
      },
      organization: [{ identifier: { system: 'https://fhir.nhs.uk/Id/ods-organization-code', value: 'ZZ991' } }],
      policyRule: { coding: [{ code: 'confidentiality' }] },
      provision: {
        actor: [{ role: { coding: [{ code: 'IRCP' }] }, reference: { identifier: { value: 'northmoor-council' } } }],
        purpose: [{ code: 'adult-social-care' }],
        class: [
          { code: 'northmoor-nhs-trust/assessed-needs#assessed-needs' },
          { code: 'northmoor-nhs-trust/assessed-needs#care-coordinator' },
        ],
      },
    });
  });

  it('is verified with whoever spoke for the person, by their authority alone', async () => {
    expect(await consent(attorney)).toMatchObject({
      performer: [{ type: 'RelatedPerson', display: 'attorney (health-and-welfare)' }],
      verification: [{ verified: true, verifiedWith: { display: 'attorney (health-and-welfare)' } }],
    });
    expect(await consent()).not.toHaveProperty('verification');
  });
});
