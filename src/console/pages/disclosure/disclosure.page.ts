import { Injectable } from '@nestjs/common';
import { isUUID } from 'class-validator';
import { KIND_OF_BASIS, renderHtml, renderMarkdown } from '../../../agreement-documents/index.js';
import { Problem } from '../../../api-contract/index.js';
import { DisclosureLog } from '../../../disclosure-log/index.js';
import { type DisclosureAnswer, type DisclosureSummary } from '../../../disclosures/index.js';
import { DisclosuresService } from '../../../disclosures/disclosures.module.js';
import { DecisionForms } from '../../../exports/exports.module.js';
import { projectLegalBases } from '../../../legal-bases/index.js';
import { ukTime } from '../../in-words.js';
import { Names } from '../../names.js';
import { view, type ConsolePage, type PageAnswer, type PageRoute, type Visit } from '../../page.js';
import { DIRECTION_WORDS, fateOf, marksOf, RESULT_WORDS } from '../disclosures/disclosure-words.js';
import { DISCLOSURE_READERS } from '../disclosures/disclosures.page.js';
import { releasedItems } from './released-items.js';

const DISCLOSURE = '/console/disclosures/:id' as const;

/** One disclosure: the story of its decision, its items, and its proof, which can be verified here. */
@Injectable()
export class DisclosurePage implements ConsolePage {
  readonly routes: readonly PageRoute[] = [
    { method: 'GET', path: DISCLOSURE, roles: DISCLOSURE_READERS, answer: (visit) => this.show(visit) },
    { method: 'POST', path: `${DISCLOSURE}/verify`, roles: DISCLOSURE_READERS, answer: (visit) => this.verify(visit) },
    {
      method: 'GET',
      path: `${DISCLOSURE}/decision-form.html`,
      roles: DISCLOSURE_READERS,
      answer: (visit) => this.decisionForm(visit, 'html'),
    },
    {
      method: 'GET',
      path: `${DISCLOSURE}/decision-form.md`,
      roles: DISCLOSURE_READERS,
      answer: (visit) => this.decisionForm(visit, 'md'),
    },
  ];

  private readonly catalogue = projectLegalBases();

  constructor(
    private readonly disclosures: DisclosuresService,
    private readonly forms: DecisionForms,
    private readonly log: DisclosureLog,
    private readonly names: Names,
  ) {}

  private async show(visit: Visit): Promise<PageAnswer> {
    const id = knownExchange(visit);
    const found = await this.findOrErased(visit, id);
    if (found === 'erased') {
      const proofs = await this.disclosures.placesOf(visit.officer, id);
      return view('disclosure/erased', 'A disclosure that was erased', { id, address: addressOf(id), proofs });
    }
    const { disclosure, explanation, proofs } = found;
    return view('disclosure/disclosure', `Disclosure of ${ukTime(disclosure.decidedAt)}`, {
      disclosure,
      address: addressOf(disclosure.exchangeId),
      fate: fateOf(disclosure),
      marks: marksOf(disclosure),
      directionWords: DIRECTION_WORDS[disclosure.direction],
      resultWords: RESULT_WORDS[explanation?.becameOf?.result ?? ''],
      story: explanation,
      items: explanation && releasedItems(explanation, (basis) => this.basisInWords(basis)),
      decidedOutside: explanation ? undefined : this.decidedOutside(disclosure),
      more: this.moreLike(disclosure),
      proofs,
    });
  }

  /** Reads the entries and bodies anew, and answers with what came of each check. */
  private async verify(visit: Visit): Promise<PageAnswer> {
    const id = knownExchange(visit);
    const { checkpoint, entries, findings } = await this.disclosures.verify(visit.officer, id);
    const stands = findings.length === 0;
    return view('disclosure/verification', stands ? 'It stands in the log' : 'It does not stand in the log', {
      id,
      address: addressOf(id),
      stands,
      findings,
      checkpoint: checkpoint && { ...checkpoint, root: checkpoint.root.toString('base64') },
      verifierKey: this.log.verifier().text,
      verified: entries.map((entry) => ({ ...entry, leafHash: entry.leafHash.toString('base64') })),
      isErased: entries.some(({ hasBody }) => !hasBody),
      now: visit.now,
    });
  }

  private async decisionForm(visit: Visit, as: 'html' | 'md'): Promise<PageAnswer> {
    const id = knownExchange(visit);
    const form = await this.forms.of(visit.officer, id);
    const name = `decision-form-${id.toLowerCase()}.${as}`;
    if (as === 'md') return { kind: 'file', name, type: 'text/markdown; charset=utf-8', text: renderMarkdown(form) };
    return { kind: 'file', name, type: 'text/html; charset=utf-8', text: renderHtml(form) };
  }

  private async findOrErased({ officer }: Visit, id: string): Promise<DisclosureAnswer | 'erased'> {
    try {
      return await this.disclosures.find(officer, id);
    } catch (error) {
      if (error instanceof Problem && error.code === 'EXCHANGE_ERASED') return 'erased';
      throw error;
    }
  }

  /** The law in the words of the day of the decision; what part it is of a stack, in those of today. */
  private basisInWords({ id, instrument, provision, title, plainEnglish }: ExplainedBasis): string {
    const known = this.catalogue.get(id);
    const law = instrument === null ? id : `${instrument} ${provision ?? ''} (${title ?? id}). ${plainEnglish ?? ''}`;
    return known ? `${KIND_OF_BASIS[known.kind]}: ${law}` : law;
  }

  private decidedOutside({ otherAgency, items, purpose, reasons, staffRole, staffId }: DisclosureSummary): object {
    return {
      askedBy: otherAgency === null ? null : this.names.agency(otherAgency),
      items: items.map((item) => this.itemInWords(item)),
      purpose: purpose === null ? null : this.names.purpose(purpose),
      reasons,
      staffRole,
      staffId,
    };
  }

  /** Of `<data service>#<item>`, where `*` is all of them. */
  private itemInWords(reference: string): string {
    const [service = '', item = ''] = reference.split('#');
    return `${this.names.dataService(service)}: ${item === '*' ? 'everything' : this.names.item(service, item)}`;
  }

  /** Searches that this disclosure is among. */
  private moreLike({ agreement, otherAgency, purpose, staffId }: DisclosureSummary): object[] {
    const search = (text: string, name: string, value: string | null | undefined): object[] =>
      value ? [{ text, href: `/console/disclosures?${new URLSearchParams({ [name]: value }).toString()}` }] : [];
    return [
      ...search('under the same agreement', 'agreement', agreement?.id),
      ...search('with the same agency', 'agency', otherAgency),
      ...search('for the same purpose', 'purpose', purpose),
      ...search('by the same member of staff', 'staffId', staffId),
    ];
  }
}

type ExplainedBasis = NonNullable<DisclosureAnswer['explanation']>['items'][number]['legalBasis'][number];

const addressOf = (id: string): string => `/console/disclosures/${id}`;

/** @throws Problem NOT_FOUND for what is no id of an exchange */
function knownExchange({ params }: Visit): string {
  const { id } = params;
  if (!isUUID(id)) throw new Problem('NOT_FOUND');
  return String(id).toLowerCase();
}
