import type { DatabaseLine } from '../database-line.js';
import type { SuppliedGateway } from '../supplied-gateway.js';
import { alerts } from './alerts.js';
import { decisionsNotToShare } from './decisions-not-to-share.js';
import { databaseFaults, permitted, refused, supplierFaults } from './exchanges.js';
import { notUnderstood } from './not-understood.js';
import { permissions } from './permissions.js';
import { Play, type Played } from './play.js';
import { retention } from './retention.js';
import { statements } from './statements.js';
import { elsewhere, notLetIn } from './strangers.js';
import { withdrawalNotices } from './withdrawal-notices.js';

export type { Played } from './play.js';

/**
 * Plays every kind of request with values that stand nowhere else, at a gateway with the definitions of the person record.
 * @param line over which the gateway reaches its database
 */
export async function playEveryRequest(gateway: SuppliedGateway, line: DatabaseLine): Promise<Played> {
  const play = new Play(gateway, await gateway.as('northmoor-council-adult-care'));
  await permitted(play);
  await refused(play);
  await notUnderstood(play);
  await supplierFaults(play);
  await permissions(play);
  await statements(play);
  await decisionsNotToShare(play);
  await withdrawalNotices(play);
  await alerts(play);
  await retention(play);
  await notLetIn(play);
  await elsewhere(play);
  await databaseFaults(play, line);
  return play.result();
}
