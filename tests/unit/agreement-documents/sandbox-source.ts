import path from 'node:path';
import type { AgreementSource } from '../../../src/agreement-documents/index.js';
import { canonicalAgreement } from '../../../src/agreements/index.js';
import { projectFolder } from '../../../src/config/index.js';
import { buildRegister, readDefinitions } from '../../../src/definitions/index.js';
import type { StructuredDocument, Block, Cell, Section } from '../../../src/agreement-documents/index.js';
import { CATALOGUE } from '../../support/legal-bases.js';
import { ON } from '../../support/definitions.js';

/** What documents are made of for one of the sandbox's agreements, as it lies in the project: not signed. */
export async function sandboxSource(id: string, change: Partial<AgreementSource> = {}): Promise<AgreementSource> {
  const { definitions } = await readDefinitions(path.join(projectFolder(), 'sandbox', 'definitions'));
  const agreement = definitions.agreements.find(({ value }) => value.id === id)?.value;
  if (!agreement) throw new Error(`the sandbox has no agreement ${id}`);
  return {
    agreement,
    hash: canonicalAgreement(agreement).hash,
    signatures: [],
    register: buildRegister({
      revision: 0,
      agencies: new Map(definitions.agencies.map(({ value }) => [value.id, value])),
      systems: new Map(),
      officers: new Map(),
      dataServices: new Map(definitions.dataServices.map(({ value }) => [value.id, value])),
      agreements: [],
    }),
    systems: definitions.systems.map(({ value }) => value),
    legalBases: CATALOGUE,
    on: ON,
    ...change,
  };
}

/** The source with hours, a budget, roles by purpose and notices of withdrawals on each leg. */
export const withTerms = (source: AgreementSource): AgreementSource => ({
  ...source,
  agreement: {
    ...source.agreement,
    legs: source.agreement.legs.map(({ roles: _roles, ...leg }) => ({
      ...leg,
      rolesByPurpose: Object.fromEntries(leg.purposes.map((purpose) => [purpose, ['social-worker', 'clerk']])),
      hours: { days: ['fri', 'mon'], from: '20:00', until: '06:00' },
      budget: { perHour: 20, perDay: 1 },
      tellOfWithdrawal: true,
    })),
  },
});

/** The source with a signature for each party. What a signature holds is no matter here: documents do not verify any. */
export const signedByAll = (source: AgreementSource): AgreementSource => ({
  ...source,
  signatures: source.agreement.parties.map((agency) => ({ agency, kid: `${agency}-key-1`, jws: '' })),
});

/** Every text of a document in its order, one for each heading, caption, entry, paragraph and cell, its lines joined. */
export function textsOf(content: StructuredDocument): string[] {
  return [content.title, ...content.blocks.flatMap(textsOfBlock), ...content.sections.flatMap(textsOfSection)].map(
    onOneLine,
  );
}

const textsOfSection = ({ heading, blocks, sections = [] }: Section): Cell[] => [
  heading,
  ...blocks.flatMap(textsOfBlock),
  ...sections.flatMap(textsOfSection),
];

function textsOfBlock(block: Block): Cell[] {
  if (block.kind === 'paragraph') return [block.text];
  return block.kind === 'list' ? [...block.entries] : [block.caption, ...block.columns, ...block.rows.flat()];
}

/** A text or cell as a reader sees it when line ends are spaces. */
export const onOneLine = (cell: Cell): string =>
  (typeof cell === 'string' ? [cell] : cell)
    .flatMap((text) => text.split(/[\r\n\u2028\u2029]+/))
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .join(' ');
