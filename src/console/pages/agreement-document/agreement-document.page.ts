import { Injectable } from '@nestjs/common';
import { AgreementLifecycle, type SeenAgreement } from '../../../agreement-lifecycle/index.js';
import { describeAgreement, linesOf, type Block, type Cell, type Section } from '../../../agreement-documents/index.js';
import { canonicalAgreement, signatureFault, type AgreementSignature } from '../../../agreements/index.js';
import { RegisterService } from '../../../definitions/definitions.module.js';
import { projectLegalBases } from '../../../legal-bases/index.js';
import { READERS, view, type ConsolePage, type PageAnswer, type PageRoute, type Visit } from '../../page.js';
import { knownVersion } from '../agreement/agreement.page.js';

/** The whole agreement in words, made from the one form that the gateway goes by. */
@Injectable()
export class AgreementDocumentPage implements ConsolePage {
  readonly routes: readonly PageRoute[] = [
    {
      method: 'GET',
      path: '/console/agreements/:id/:version/document',
      roles: READERS,
      answer: (visit) => this.show(visit),
    },
  ];
  private readonly legalBases = projectLegalBases();

  constructor(
    private readonly lifecycle: AgreementLifecycle,
    private readonly registers: RegisterService,
  ) {}

  private async show({ officer, params, now }: Visit): Promise<PageAnswer> {
    const seen = await this.lifecycle.find(officer, ...knownVersion(params['id'], params['version']));
    const { document, hash } = seen.life;
    const { title, blocks, sections } = describeAgreement({
      agreement: document,
      hash,
      signatures: await this.verified(seen, now),
      register: this.registers.current(),
      systems: this.registers.current().systems(),
      legalBases: this.legalBases,
      on: now.toISOString().slice(0, 10),
    });
    return view('agreement-document/agreement-document', title, {
      version: document.version,
      address: `/console/agreements/${document.id}/${document.version}`,
      blocks: blocks.map(inLines),
      sections: sections.map(sectionInLines),
    });
  }

  /** A document says of each signature that it stands, so only those are in it that do. */
  private async verified({ life }: SeenAgreement, now: Date): Promise<AgreementSignature[]> {
    const { bytes } = canonicalAgreement(life.document);
    const verified: AgreementSignature[] = [];
    for (const signature of life.signatures) {
      const keys = this.registers.current().agency(signature.agency)?.keys ?? [];
      if ((await signatureFault(bytes, signature, keys, () => now)) === undefined) verified.push(signature);
    }
    return verified;
  }
}

/** Texts as lines, so that the view only writes down. */
function inLines(block: Block): object {
  if (block.kind === 'paragraph') return { kind: block.kind, lines: linesOf(block.text) };
  if (block.kind === 'list') return { kind: block.kind, entries: block.entries.map(linesOf) };
  const row = (cells: readonly Cell[]): string[][] => cells.map(linesOf);
  return { kind: block.kind, caption: block.caption, columns: block.columns, rows: block.rows.map(row) };
}

function sectionInLines({ heading, blocks, sections = [] }: Section): object {
  return { heading, blocks: blocks.map(inLines), sections: sections.map(sectionInLines) };
}
