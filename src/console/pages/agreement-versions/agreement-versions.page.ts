import { Injectable } from '@nestjs/common';
import { AgreementLifecycle } from '../../../agreement-lifecycle/index.js';
import { diffAgreements, type ChangeEffect } from '../../../agreements/index.js';
import { Problem } from '../../../api-contract/index.js';
import { RegisterService } from '../../../definitions/definitions.module.js';
import { READERS, view, type ConsolePage, type PageAnswer, type PageRoute, type Visit } from '../../page.js';
import { knownVersion } from '../agreement/agreement.page.js';

/** In the order in which they are read: what widens must not be overlooked. */
const EFFECTS: Readonly<Record<ChangeEffect, string>> = {
  widens: 'Widens what may be shared',
  changes: 'To be read, because it may do either or neither',
  narrows: 'Narrows what may be shared',
};

/** What one version of an agreement changes against another. */
@Injectable()
export class AgreementVersionsPage implements ConsolePage {
  readonly routes: readonly PageRoute[] = [
    { method: 'GET', path: '/console/agreements/:id/compare', roles: READERS, answer: (visit) => this.show(visit) },
  ];

  constructor(
    private readonly lifecycle: AgreementLifecycle,
    private readonly registers: RegisterService,
  ) {}

  private async show({ officer, params, query }: Visit): Promise<PageAnswer> {
    const [id] = knownVersion(params['id'], '1');
    const documents = (await this.lifecycle.list(officer, id)).map(({ life }) => life.document);
    const newest = documents.at(-1);
    if (!newest) throw new Problem('NOT_FOUND');
    const of = (version: string | undefined, otherwise: number) =>
      documents.find((document) => String(document.version) === (version ?? String(otherwise)));
    const [from, to] = [
      of(query['from'], documents.at(-2)?.version ?? newest.version),
      of(query['to'], newest.version),
    ];
    if (!from || !to) throw new Problem('NOT_FOUND');
    const [older, newer] = from.version <= to.version ? [from, to] : [to, from];
    const register = this.registers.current();
    const changes = diffAgreements(older, newer, {
      agency: (agency) => register.agency(agency)?.name ?? agency,
      item: (service, item) => register.dataService(service)?.items.find((one) => one.id === item)?.name ?? item,
    }).filter(({ kind }) => kind !== 'version-changed');
    return view('agreement-versions/agreement-versions', `Versions of ${newer.title}`, {
      agreement: newer,
      from: String(older.version),
      to: String(newer.version),
      versions: documents.map(({ version }) => ({ value: String(version), text: `Version ${version}` })),
      groups: Object.entries(EFFECTS).map(([effect, heading]) => ({
        heading,
        changes: changes.filter((change) => change.effect === effect),
      })),
      count: changes.length,
    });
  }
}
