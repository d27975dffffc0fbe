import { Injectable } from '@nestjs/common';
import { Problem } from '../../../api-contract/index.js';
import { DataServiceDirectory } from '../../../catalogue/catalogue.module.js';
import { Names } from '../../names.js';
import { READERS, view, type ConsolePage, type PageAnswer, type PageRoute, type Visit } from '../../page.js';

/** One data service, with its items and what lets the officer's agency ask for them. */
@Injectable()
export class DataServicePage implements ConsolePage {
  readonly routes: readonly PageRoute[] = [
    { method: 'GET', path: '/console/catalogue/:agency/:name', roles: READERS, answer: (visit) => this.show(visit) },
  ];

  constructor(
    private readonly directory: DataServiceDirectory,
    private readonly names: Names,
  ) {}

  private show({ officer, params }: Visit): PageAnswer {
    const id = `${params['agency']}/${params['name']}`;
    const service = this.directory.knownTo(officer.agency).find((one) => one.id === id);
    if (!service) throw new Problem('NOT_FOUND');
    return view('data-service/data-service', service.name, {
      service,
      identifierTypes: service.identifierTypes.map((type) => this.names.identifierType(type)),
      access: service.access.map(({ agreement, purposes, dataItems, ...one }) => ({
        ...one,
        agreement,
        title: this.names.agreement(agreement),
        purposes: purposes.map((purpose) => this.names.purpose(purpose)),
        items: dataItems.map((item) => this.names.item(id, item)),
      })),
    });
  }
}
