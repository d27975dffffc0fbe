/** What a command has to say, and whether all is well. */
export interface AgreementReport {
  readonly lines: readonly string[];
  readonly ok: boolean;
}
