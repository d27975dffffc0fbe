import { Injectable } from '@nestjs/common';
import { knownId } from '../../../permissions/index.js';
import { PermissionReceipts, PermissionsService } from '../../../permissions/permissions.module.js';
import { ACTORS, redirect, view, type ConsolePage, type PageAnswer, type PageRoute, type Visit } from '../../page.js';
import { PERMISSION_STATE_WORDS, permissionInWords } from '../../permission-words.js';

const PERMISSION = '/console/permissions/:id' as const;

/** One permission that the officer's agency recorded; its address holds an opaque id. */
@Injectable()
export class PermissionPage implements ConsolePage {
  readonly routes: readonly PageRoute[] = [
    { method: 'GET', path: PERMISSION, roles: ACTORS, answer: (visit) => this.show(visit) },
    { method: 'GET', path: `${PERMISSION}/receipt.json`, roles: ACTORS, answer: (visit) => this.receipt(visit) },
    { method: 'GET', path: `${PERMISSION}/withdraw`, roles: ACTORS, answer: (visit) => this.check(visit) },
    { method: 'POST', path: `${PERMISSION}/withdraw`, roles: ACTORS, answer: (visit) => this.withdraw(visit) },
  ];

  constructor(
    private readonly permissions: PermissionsService,
    private readonly receipts: PermissionReceipts,
  ) {}

  private async show(visit: Visit): Promise<PageAnswer> {
    const found = await this.find(visit);
    return view('permission/permission', 'A permission', { ...found, isDone: visit.query['done'] === 'withdraw' });
  }

  /** As the API gives it: the record, and the same signed. */
  private async receipt({ officer, params }: Visit): Promise<PageAnswer> {
    const permission = await this.permissions.read(officer, knownId(params['id'] ?? ''));
    const receipt = await this.receipts.receiptOf(permission);
    return {
      kind: 'file',
      name: `permission-receipt-${permission.id}.json`,
      type: 'application/json; charset=utf-8',
      text: `${JSON.stringify(receipt, undefined, 2)}\n`,
    };
  }

  private async check(visit: Visit): Promise<PageAnswer> {
    const found = await this.find(visit);
    if (!found.mayWithdraw) return redirect(found.address);
    return view('permission/withdraw', 'Withdraw the permission', found);
  }

  private async withdraw({ officer, params }: Visit): Promise<PageAnswer> {
    const { id } = await this.permissions.withdraw(officer, knownId(params['id'] ?? ''));
    return redirect(`/console/permissions/${id}?done=withdraw`);
  }

  private async find({ officer, params }: Visit) {
    const permission = await this.permissions.read(officer, knownId(params['id'] ?? ''));
    const told = permissionInWords(await this.receipts.told(permission));
    return {
      permission: told,
      address: `/console/permissions/${permission.id}`,
      stateWords: PERMISSION_STATE_WORDS,
      mayWithdraw: told.state === 'given',
    };
  }
}
