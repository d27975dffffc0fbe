import type { Leg } from '../../../src/agreements/index.js';
import type { FoundAgreement } from '../../../src/exchange/find-agreement-in-force.js';
import { permissionUses, toldOfWithdrawal } from '../../../src/exchange/permission-uses.js';
import { makeAgreement, makeLeg } from '../../support/agreement.js';
import { makeDisclosureRequest } from '../../support/disclosure-request.js';

const AT = new Date('2026-11-22T09:30:00.000Z');
const relyingOn = (...ids: string[]) => ({
  required: ['confidentiality' as const],
  state: 'given' as const,
  permissions: ids.map((id) => ({ id, revision: 0 })),
});
const found = (legs: Record<string, Leg>): FoundAgreement => ({
  signed: { agreement: makeAgreement(), hash: 'h', signatures: [] },
  state: 'in-force',
  legs: new Map(Object.entries(legs)),
});
const TELLS = makeLeg({ tellOfWithdrawal: true });
const PERMISSIONS = new Map([
  ['needs', relyingOn('one', 'two')],
  ['risk', relyingOn('one')],
  ['coordinator', relyingOn('three')],
]);

describe('the uses of permissions to keep with a disclosure', () => {
  const told = toldOfWithdrawal(
    found({ needs: TELLS, risk: TELLS, coordinator: makeLeg() }),
    ['needs', 'risk', 'coordinator'],
    PERMISSIONS,
  );
  const keptOf = (...released: string[]) => {
    const request = makeDisclosureRequest();
    return permissionUses({ request, toldOfWithdrawal: told }, released, AT);
  };

  it('are those of legs that tell of withdrawals, and of no item that goes in another way', () => {
    expect(told.map(({ item, permission }) => `${item} ${permission}`)).toEqual(['needs one', 'needs two', 'risk one']);
    expect(toldOfWithdrawal(found({ needs: TELLS }), [], PERMISSIONS)).toEqual([]);
    expect(toldOfWithdrawal(undefined, ['needs'], PERMISSIONS)).toEqual([]);
  });

  it('are of released items alone, and one for each permission', () => {
    expect(keptOf('needs', 'risk', 'coordinator').map(({ permission }) => permission)).toEqual(['one', 'two']);
    expect(keptOf('risk').map(({ permission }) => permission)).toEqual(['one']);
    expect(keptOf('coordinator')).toEqual([]);
  });

  it('name the exchange and both agencies, and nobody', () => {
    const { exchangeId, caller, dataService } = makeDisclosureRequest();
    expect(keptOf('risk')).toEqual([
      {
        permission: 'one',
        exchangeId,
        recipient: caller.agency,
        supplier: dataService.split('/')[0],
        dataService,
        disclosedAt: AT,
      },
    ]);
  });
});
