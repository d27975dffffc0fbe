import type { SupplierAnswer } from '../connectors/index.js';
import type { ExchangeClaims } from '../disclosure-log/index.js';
import type { ReasonCode } from '../policy/index.js';

/** Items that a permit covers and the supplier marked as suppressed for somebody's safety. */
export const suppressedOf = ({ suppressed }: SupplierAnswer): { dataItem: string; reason: ReasonCode }[] =>
  suppressed.map((dataItem) => ({ dataItem, reason: 'PERMIT_PARTIAL_SUPPRESSED' }));

/** The decision as the requester is told it, with what only the supplier's answer showed. It can grow narrower, never wider. */
export function answeredDecision(
  decision: ExchangeClaims['decision'],
  { suppressed }: SupplierAnswer,
  noTrace: boolean,
): ExchangeClaims['decision'] {
  const narrowed: ExchangeClaims['decision'] =
    suppressed.length === 0
      ? decision
      : {
          ...decision,
          outcome: 'permit-partial',
          reasonCodes: [...decision.reasonCodes.filter((code) => code !== 'PERMIT'), 'PERMIT_PARTIAL_SUPPRESSED'],
        };
  return noTrace ? { ...narrowed, reasonCodes: [...narrowed.reasonCodes, 'NO_TRACE'] } : narrowed;
}
