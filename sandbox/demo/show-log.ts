import { DataSource } from 'typeorm';
import { verifyReceipt, type ExchangeClaims, type VerifiedReceipt } from '../../sdk/index.js';
import { readVerifierKey, verifyLog } from '../../src/disclosure-log/index.js';
import { REASON_CODES } from '../../src/policy/index.js';
import { AGENCIES, type Scene } from './cast.js';
import { basesOf, titleOf } from './in-words.js';

/**
 * Shows what the disclosure log says of every step: of an exchange, as its receipt proves it, checked with nothing but the
 * gateway's public keys; of a permission, as the agency that recorded it is told.
 * @returns the receipts that hold, and whether all do
 */
export async function showLog(scene: Scene): Promise<{ all: boolean; verified: VerifiedReceipt[] }> {
  const { stage, played, keys } = scene;
  const verified: VerifiedReceipt[] = [];
  let all = true;
  for (const step of played) {
    if (step.permission !== undefined) await showPermission(scene, step.permission, verified.length === 0);
    if (step.receipt === undefined) continue;
    const checked = await verifyReceipt(step.receipt, keys);
    if (checked.valid) {
      verified.push(checked);
      if (checked.claims.kind !== 'decision-not-to-share') showEntry(scene, checked.claims, checked.index);
    } else {
      all = false;
      stage.outcome(`The receipt of "${step.title}" does not hold (${checked.failed}): ${checked.why}`, 'bad');
    }
  }
  if (all)
    stage.outcome(`ALL ${verified.length} RECEIPTS HOLD, verified offline with the gateway’s public keys`, 'good');
  stage.paragraph('The entries in between record the permission, and each permit before its supplier was asked.');
  return { all, verified };
}

async function showPermission({ stage, cast }: Scene, id: string, given: boolean): Promise<void> {
  const { kind, validFrom, withdrawnAt } = await cast.trust.getPermission(id);
  const at = given ? validFrom : (withdrawnAt ?? '');
  stage.fact(clock(at), `Northmoor NHS trust: Sam’s permission is ${given ? 'recorded' : 'withdrawn'} (${kind})`);
  stage.line();
}

function showEntry({ stage, catalogue, services }: Scene, claims: ExchangeClaims, index: number): void {
  const requester = AGENCIES[claims.requester.agency] ?? claims.requester.agency;
  const supplier = AGENCIES[claims.supplier ?? ''] ?? 'nobody';
  const dataService = services.get(claims.dataService ?? '') ?? '-';
  stage.fact(clock(claims.at), `entry ${index}: ${requester} asked ${supplier} for ${dataService}`);
  stage.fact('', decisionInWords(claims));
  const bases = basesOf(claims).map((id) => titleOf(catalogue, id));
  stage.fact('Legal basis', bases.length > 0 ? bases.join('; ') : 'none, and nothing was disclosed');
  stage.line();
}

const clock = (at: string): string => at.slice(11, 19);

function decisionInWords({ decision, outcome, items }: ExchangeClaims): string {
  if (outcome?.result !== 'disclosed') {
    const reasons: Readonly<Record<string, string>> = REASON_CODES;
    return `refused: ${decision.reasonCodes.map((code) => reasons[code] ?? code).join(' ')}`;
  }
  const stayed = items.filter((item) => item.outcome === 'deny').map((item) => item.dataItem);
  return `went: ${outcome.released.join(', ')}${stayed.length > 0 ? `; stayed: ${stayed.join(', ')}` : ''}`;
}

/**
 * Verifies the whole log as `gatehouse log verify` does, and that the checkpoints in the receipts are of this very log.
 * @param databaseUrl the gateway's database: whoever runs the gateway verifies it so
 */
export async function showVerification(
  scene: Scene,
  databaseUrl: string,
  receipts: VerifiedReceipt[],
): Promise<boolean> {
  const { stage, keys } = scene;
  const dataSource = await new DataSource({ type: 'postgres', url: databaseUrl, poolSize: 1 }).initialize();
  try {
    const kept = receipts.map(({ checkpoint }) => checkpoint);
    const { entries, checkpoints, findings } = await dataSource.transaction('REPEATABLE READ', async (manager) =>
      verifyLog(
        async <Row>(sql: string, values?: unknown[]) => (await manager.query(sql, values)) as Row[],
        readVerifierKey(keys.checkpoint),
        kept,
      ),
    );
    stage.fact('Recomputed', `${entries} entries, from the database`);
    stage.fact('Compared with', `${checkpoints} signed checkpoints, ${kept.length} of them out of the receipts`);
    for (const { sentence } of findings) stage.paragraph(sentence);
    const whole = findings.length === 0;
    stage.outcome(whole ? 'THE LOG VERIFIES' : 'THE LOG DOES NOT VERIFY', whole ? 'good' : 'bad');
    return whole;
  } finally {
    await dataSource.destroy();
  }
}
