import { randomInt } from 'node:crypto';

/** Somebody made up for one test. Each member is a value that stands nowhere else. */
export interface Person {
  readonly nhsNumber: string;
  readonly nino: string;
  readonly uprn: string;
  readonly surname: string;
  readonly born: string;
  readonly postcode: string;
  readonly caseReference: string;
  readonly street: string;
  readonly note: string;
  readonly telephone: string;
  /** Held by the supplier and in no agreement. */
  readonly diagnosis: string;
}

export function makePerson(): Person {
  return {
    nhsNumber: makeNhsNumber(),
    nino: `NN${digits(6)}C`,
    uprn: `9999${digits(8)}`,
    surname: `Zq${letters(8)}`,
    born: `18${randomInt(71, 100)}-0${randomInt(1, 10)}-${randomInt(10, 29)}`,
    postcode: `YO${randomInt(30, 99)} ${digits(1)}${letters(2, 'QXZ')}`.toUpperCase(),
    caseReference: `ASC-1${digits(3)}-${digits(5)}`,
    street: `${digits(3)} ${letters(10)} Row`,
    note: `takes ${letters(12)} at night`,
    telephone: `01632 9${digits(5)}`,
    diagnosis: `${letters(14)} syndrome`,
  };
}

/** An NHS number of the range 999, with its check digit. */
export function makeNhsNumber(): string {
  const nine = `999${digits(6)}`;
  const sum = Array.from(nine).reduce((total, digit, place) => total + Number(digit) * (10 - place), 0);
  const check = (11 - (sum % 11)) % 11;
  return check === 10 ? makeNhsNumber() : nine + String(check);
}

const digits = (count: number): string => Array.from({ length: count }, () => randomInt(0, 10)).join('');
const letters = (count: number, from = 'bcdfghjklmnpqrstvwxz'): string =>
  Array.from({ length: count }, () => from[randomInt(0, from.length)]).join('');

/** How a requester names the person, written as people write. */
export const subjectOf = ({ nhsNumber, nino, uprn, surname, born, postcode }: Person) => ({
  identifiers: [
    { type: 'nhs-number', value: nhsNumber.replace(/(...)(...)(....)/, '$1 $2 $3') },
    { type: 'nino', value: nino.toLowerCase().replace(/(..)(..)(..)(..)(.)/, '$1 $2 $3 $4 $5') },
    { type: 'uprn', value: uprn },
    { type: 'name-dob-postcode', value: `${surname}|${born}|${postcode}` },
  ],
});

/** What the supplier holds of the person. */
export const recordOf = (person: Person, change: object = {}) => ({
  person: {
    identity: { surname: person.surname, born: person.born },
    address: { street: person.street, postcode: person.postcode },
    notes: [person.note],
    telephone: person.telephone,
    nhsNumber: person.nhsNumber,
    diagnosis: person.diagnosis,
    ...change,
  },
});

export const PERSON_RECORD = 'northmoor-nhs-trust/person-record';

/** A data service that is asked with every kind of identifier, each at another place of the request. */
export const PERSON_RECORD_DEFINITIONS = {
  'person-record.yaml': `
kind: DataService
id: ${PERSON_RECORD}
agency: northmoor-nhs-trust
name: Person record
description: Who somebody is, where they live and what is noted.
identifierTypes: [nhs-number, nino, uprn, name-dob-postcode]
items:
  - id: identity
    name: Identity
    sensitivity: standard
    confidential: true
    schema: { type: object, additionalProperties: false, properties: { surname: { type: string }, born: { type: string } } }
    select: $.person.identity
  - id: address
    name: Address
    sensitivity: standard
    confidential: true
    schema: { type: object, additionalProperties: false, properties: { street: { type: string }, postcode: { type: string } } }
    suppressedWhen: $.person.suppressed
    select: $.person.address
  - id: notes
    name: Notes
    sensitivity: special-category
    confidential: true
    schema: { type: array, maxItems: 5, items: { type: string, maxLength: 100 } }
    select: $.person.notes
  - id: referrals
    name: Referrals, which a query may not ask for
    sensitivity: standard
    confidential: true
    schema: { type: string }
    select: $.person.telephone
connector:
  kind: http-json
  baseUrl: \${SANDBOX_SUPPLIERS}/person-record
  method: POST
  path: /people/{identifier:uprn}?who={identifier:name-dob-postcode}
  headers: { X-Nino: '{identifier:nino}' }
  body: { nhsNumber: '{identifier:nhs-number}' }
  deadlineMs: 600
  maxBytes: 20000
  credential: { method: none }
`,
  'person-record.agreement.yaml': `
kind: Agreement
id: person-record
version: 1
title: Person records for adult social care
parties: [northmoor-council, northmoor-nhs-trust]
purposes: [adult-social-care]
startsOn: 2026-01-01
endsOn: 2046-12-31
reviewOn: 2046-06-30
retention: { requester: Eight years., logBodyYears: 8 }
legs:
${[
  ['query', '[identity, address, notes]', '[query]'],
  ['referral', '[referrals]', '[referral]'],
]
  .map(
    ([id, items, patterns]) => `
  - id: ${id}
    from: northmoor-nhs-trust
    to: northmoor-council
    dataService: ${PERSON_RECORD}
    items: ${items}
    purposes: [adult-social-care]
    patterns: ${patterns}
    roles: [social-worker]
    identifierTypes: [nhs-number, nino, uprn, name-dob-postcode]
    caseReferences: [{ kind: case, pattern: '^ASC-[0-9]{4}-[0-9]{5}$' }]
    legalBasis: [ukgdpr-6-1-e, care-2014-s6, ukgdpr-9-2-h, dpa-sch1-para2, cldc-explicit-consent]
    unmatched: uniform
    tellOfWithdrawal: true`,
  )
  .join('')}
`,
};
