import {
  describeAgreement,
  renderHtml,
  renderMarkdown,
  writeArticle30,
  writeOdrl,
  writePublicRegisterRow,
  type AgreementSource,
} from '../agreement-documents/index.js';
import { canonicalAgreement, signatureFault } from '../agreements/index.js';
import { StartUpError } from '../config/index.js';
import { buildRegister, type Defined } from '../definitions/index.js';
import { projectLegalBases } from '../legal-bases/index.js';
import { readAgreementFile, readDefinitionsAround } from './read-agreement-file.js';

const FORMS: Readonly<Record<string, (source: AgreementSource) => string>> = {
  html: (source) => renderHtml(describeAgreement(source)),
  markdown: (source) => renderMarkdown(describeAgreement(source)),
  'article-30': writeArticle30,
  'public-register': writePublicRegisterRow,
  odrl: writeOdrl,
};

/** What was made of an agreement's file. */
export interface AgreementDocument {
  readonly text: string;
  /** Sentences for whoever ran the command: signatures that do not verify, and so are not in the document. */
  readonly remarks: readonly string[];
}

/**
 * Makes a document of an agreement's file, with the names that a folder of definitions gives to what it speaks of.
 * @param form `html`, `markdown`, `article-30`, `public-register` or `odrl`
 * @throws StartUpError when the file holds no agreement, or for another form
 */
export async function documentFile(
  file: string,
  form: string,
  folder: string | undefined,
  now: Date,
): Promise<AgreementDocument> {
  const write = Object.hasOwn(FORMS, form) ? FORMS[form] : undefined;
  if (!write) throw new StartUpError(`A document is one of ${Object.keys(FORMS).join(', ')}; ${form} is none of them.`);
  const { value: agreement, signatures } = await readAgreementFile(file);
  const { agencies, systems, officers, dataServices } = await readDefinitionsAround(file, folder);
  const register = buildRegister({
    revision: 0,
    agencies: byId(agencies),
    systems: byId(systems),
    officers: byId(officers),
    dataServices: byId(dataServices),
    agreements: [],
  });
  const { bytes, hash } = canonicalAgreement(agreement);
  const verified: (typeof signatures)[number][] = [];
  const remarks: string[] = [];
  for (const signature of signatures) {
    const { agency } = signature;
    const fault = agreement.parties.includes(agency)
      ? await signatureFault(bytes, signature, register.agency(agency)?.keys ?? [], () => now)
      : 'is by an agency that is not a party';
    if (fault) remarks.push(`Left out: the signature of ${agency} ${fault}.`);
    else verified.push(signature);
  }
  const source: AgreementSource = {
    agreement,
    hash,
    signatures: verified,
    register,
    systems: systems.map(({ value }) => value),
    legalBases: projectLegalBases(),
    on: now.toISOString().slice(0, 10),
  };
  return { text: write(source), remarks };
}

const byId = <T extends { readonly id: string }>(defined: readonly Defined<T>[]): Map<string, T> =>
  new Map(defined.map(({ value }) => [value.id, value]));
