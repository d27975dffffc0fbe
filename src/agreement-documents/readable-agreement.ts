import { partiesStillToSign, type AgreementSource } from './agreement-source.js';
import { list, paragraph, table, type Block, type Section, type StructuredDocument } from './document.js';
import { describeGovernance, describeReview, describeRights, describeSecurity } from './readable-governance.js';
import { describeLegalBases, describeSensitiveItems, describeSharing } from './readable-legs.js';
import { nameOf, purposeInWords, resolveLegs } from './resolve-legs.js';
import { agencyTypeInWords, dateInWords, NOT_STATED } from './words.js';

/**
 * Makes an agreement readable: the headings that the ICO data sharing code of practice and the WASPI protocol ask for, filled
 * from the machine form, the register and the catalogue of legal bases.
 *
 * Guarantee: nothing is made up. Where the machine form does not hold what a heading asks for, it says "Not stated in this
 * agreement."
 *
 * Does NOT check that the agreement is sound, its legal basis stacks complete or its signatures true.
 */
export function describeAgreement(source: AgreementSource): StructuredDocument {
  const legs = resolveLegs(source);
  return {
    title: source.agreement.title,
    blocks: describeStanding(source),
    sections: [
      describePurpose(source),
      describeParties(source),
      describeSharing(source, legs),
      describeLegalBases(source, legs),
      describeSensitiveItems(legs),
      describeRights(legs),
      describeGovernance(source),
      describeSecurity(legs),
      describeReview(source),
      describeSignatures(source),
      GLOSSARY,
      WHERE_TO_FIND,
    ],
  };
}

function describeStanding(source: AgreementSource): Block[] {
  const { agreement, hash, on } = source;
  const missing = partiesStillToSign(source);
  return [
    paragraph(
      missing.length === 0
        ? 'An information sharing agreement, signed by every party.'
        : 'A draft of an information sharing agreement. Not every party has signed it, so it binds nobody.',
    ),
    table(
      'The agreement',
      ['Detail', 'Value'],
      [
        ['Id', agreement.id],
        ['Version', String(agreement.version)],
        ['Starts on', dateInWords(agreement.startsOn)],
        ['Ends on', dateInWords(agreement.endsOn)],
        ['To be reviewed by', agreement.reviewOn === undefined ? NOT_STATED : dateInWords(agreement.reviewOn)],
        ['SHA-256 of its canonical text', hash],
      ],
    ),
    paragraph(
      `This document was generated from the agreement’s machine form, which is what the parties sign: where they differ, the machine form counts. The names of agencies, data services and items are as registered on ${dateInWords(on)}; titles and sections of the law are those of the gateway’s catalogue of legal bases.`,
    ),
  ];
}

function describePurpose(source: AgreementSource): Section {
  return {
    heading: '1. Purpose',
    blocks: [
      table(
        'Purposes of the sharing',
        ['Purpose', 'Code'],
        source.agreement.purposes.map((code) => [purposeInWords(source, code), code]),
      ),
      ...notStated('Why the sharing is necessary, and what it is expected to bring'),
      ...notStated('Data protection impact assessment'),
    ],
  };
}

function describeParties({ agreement, register, systems }: AgreementSource): Section {
  const rows = agreement.parties.map((id) => {
    const agency = register.agency(id);
    const codes = Object.entries(agency?.codes ?? {}).map(([code, value]) => `${code}: ${value}`);
    const own = systems.filter((system) => system.agency === id).map(({ name }) => name);
    return [
      nameOf({ id, known: agency }),
      id,
      agency ? agencyTypeInWords(agency.type) : 'Not registered.',
      codes.length > 0 ? codes : 'None registered.',
      own.length > 0 ? own : 'None registered.',
    ];
  });
  return {
    heading: '2. Parties and contacts',
    blocks: [
      table('Parties, as registered', ['Party', 'Id', 'Type', 'Official codes', 'Systems that may act for it'], rows),
      ...notStated('Contacts and data protection officers'),
      ...notStated('Whether the parties are joint controllers'),
    ],
  };
}

function describeSignatures(source: AgreementSource): Section {
  const { agreement, signatures, register, hash } = source;
  const rows = agreement.parties.map((id) => {
    const kids = signatures.filter(({ agency }) => agency === id).map(({ kid }) => kid);
    const party = nameOf({ id, known: register.agency(id) });
    return kids.length > 0 ? [party, kids, 'Signed; the signature was verified.'] : [party, 'None.', 'Has not signed.'];
  });
  return {
    heading: '10. Signatures',
    blocks: [
      paragraph(
        `Each party signs the canonical form (RFC 8785) of the agreement with a key of its own. Its SHA-256 is ${hash}.`,
      ),
      table('Signatures', ['Party', 'Key', 'State'], rows),
    ],
  };
}

const notStated = (what: string): Block[] => [paragraph(`${what}: ${NOT_STATED}`)];

const GLOSSARY: Section = {
  heading: 'Appendix A. Glossary',
  blocks: [
    list(
      'Agency: a public service or partner that is a controller of personal data.',
      'Case reference: the number of a case in the requesting agency’s own system, from which every request starts.',
      'Confidential: held under the duty of confidence. A power to share does not set that duty aside by itself.',
      'Data item: one named field, or group of fields, of a data service.',
      'Data service: something that an agency can be asked for.',
      'Gateway: the software that decides on each request under this agreement, passes on what may be passed on, and records it.',
      'Leg: one direction of flow: from one agency, to another, of certain items, for certain purposes.',
      'Legal basis stack: everything that makes a leg lawful, together: lawful basis, conditions, powers or duties, and what sets the duty of confidence aside.',
      'Log: the gateway’s tamper-evident record of every decision and disclosure.',
      'Pattern: the form that an exchange takes, such as a query.',
      'Permission: a recorded yes or no of a person, of one of four kinds that never stand in for one another.',
    ),
  ],
};

const WHERE_TO_FIND: Section = {
  heading: 'Appendix B. Where the templates’ headings are answered',
  blocks: [
    table(
      'ICO data sharing code of practice',
      ['Heading', 'Section'],
      [
        ['Purpose', '1'],
        ['Parties, and whether they are joint controllers', '2'],
        ['Data items', '3'],
        ['Lawful basis', '4'],
        ['Special category and sensitive data', '5'],
        ['Individual rights and access', '6'],
        ['Information governance: quality, retention and deletion, complaints', '7'],
        ['Information governance: security and breaches', '8'],
        ['Review and termination', '9'],
      ],
    ),
    table(
      'WASPI Information Sharing Protocol',
      ['Heading', 'Section'],
      [
        ['1 Introduction', '1'],
        ['2 Partner organisations and contacts', '2'],
        ['3 Specific organisational and practitioner obligations', '3 and 7'],
        ['4 Legislative and statutory powers', '4'],
        ['5 Personal information to be shared', '3 and 5'],
        ['6 Data subjects’ rights', '6'],
        ['7 Information security', '8'],
        ['8 Review', '9'],
        ['Appendix A Glossary', 'Appendix A'],
        ['Appendix B Information reference table', '3'],
      ],
    ),
  ],
};
