import { verifyReceipt, type DataServicePage, type GatehouseClient, type Query } from '../../sdk/index.js';
import { AGENCIES, type Scene } from './cast.js';
import type { Ending } from './exchange.js';
import { basesOf, basisInWords, valueInWords } from './in-words.js';

type DataItem = DataServicePage['dataServices'][number]['dataItems'][number];

/** Says who asks whom for what, and why. */
export function showQuestion(
  { stage, catalogue }: Scene,
  query: Query,
  of: { asker: string; about: string; reference: string },
): void {
  const [supplier = ''] = query.dataService.split('/');
  stage.fact('Who asks', of.asker);
  stage.fact('Whom', `${AGENCIES[supplier] ?? supplier}, about ${of.about}`);
  stage.fact('Why', `${catalogue.purpose(query.purpose)?.title ?? query.purpose}; ${of.reference}`);
}

const WORDS = { permit: 'PERMITTED', 'permit-partial': 'PERMITTED IN PART', deny: 'REFUSED' } as const;

/** Says what was decided and why. */
export function showOutcome({ stage }: Scene, { outcome, reasonCodes, detail }: Ending): void {
  stage.outcome(`${WORDS[outcome]}  (${reasonCodes.join(', ')})`, outcome === 'deny' ? 'bad' : 'good');
  if (detail !== undefined) stage.paragraph(`${detail} Nothing was asked of the supplier, and nothing left it.`);
}

/** Says on what legal basis, as the receipt has it. */
export async function showLegalBasis({ stage, catalogue, keys }: Scene, { receipt }: Ending): Promise<void> {
  const verified = await verifyReceipt(receipt, keys);
  if (!verified.valid) return stage.outcome(`The receipt does not hold: ${verified.why}`, 'bad');
  const ids = basesOf(verified.claims);
  const words = ids.map((id) => basisInWords(catalogue, id));
  if (words.length > 0) stage.facts('Legal basis', words);
}

/** Every item that the supplier holds, whether it was asked for, and whether it went. */
export function showItems(
  { stage }: Scene,
  holder: string,
  held: readonly DataItem[],
  query: Query,
  ending: Ending,
): void {
  stage.line();
  stage.table([
    [`${holder} holds`, 'asked for', 'went'],
    ...held.map(({ id, name }) => [
      name,
      query.dataItems.includes(id) ? 'yes' : '-',
      Object.hasOwn(ending.data, id) ? 'yes' : 'no',
    ]),
  ]);
  stage.line();
}

/** What came back, in words. */
export function showData({ stage }: Scene, items: readonly DataItem[], { data }: Ending): void {
  const nameOf = (id: string): string => items.find((item) => item.id === id)?.name ?? id;
  stage.line();
  stage.facts(
    'Came back',
    Object.entries(data).map(([id, value]) => `${nameOf(id)}: ${valueInWords(value)}`),
  );
}

/** The items of a data service, as far as the client's agency may know of them. */
export async function itemsOf(client: GatehouseClient, dataService: string): Promise<readonly DataItem[]> {
  const [agency = ''] = dataService.split('/');
  const { dataServices } = await client.listDataServices({ agency });
  return dataServices.find(({ id }) => id === dataService)?.dataItems ?? [];
}
