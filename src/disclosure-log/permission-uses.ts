import pg from 'pg';

/** Items went to a recipient on a permission, under a leg that has the recipient told when the permission is withdrawn. */
export interface PermissionUse {
  readonly permission: string;
  readonly exchangeId: string;
  /** Agency ids. */
  readonly recipient: string;
  readonly supplier: string;
  readonly dataService: string;
  readonly disclosedAt: Date;
}

/** Stores uses; one statement without parameters, to be committed with the entries. Undefined where there are none. */
export function insertPermissionUses(uses: readonly PermissionUse[]): string | undefined {
  if (uses.length === 0) return undefined;
  const rows = uses.map(({ permission, exchangeId, recipient, supplier, dataService, disclosedAt }) =>
    [permission, exchangeId, recipient, supplier, dataService, disclosedAt.toISOString()].map(pg.escapeLiteral),
  );
  return `INSERT INTO permission_uses (permission, exchange_id, recipient, supplier, data_service, disclosed_at)
    VALUES ${rows.map((row) => `(${row.join(', ')})`).join(', ')} ON CONFLICT DO NOTHING`;
}
