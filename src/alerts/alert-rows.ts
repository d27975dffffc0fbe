/** What an `Alert` is read by. */
export const ALERTS = `
  SELECT id, kind, agency, about, detail, raised_at AS "raisedAt", status, investigated_by AS "investigatedBy",
    investigated_at AS "investigatedAt", closed_by AS "closedBy", closed_at AS "closedAt", outcome, reference
  FROM alerts`;
