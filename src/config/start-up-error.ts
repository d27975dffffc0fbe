/**
 * A reason why the gateway cannot start, in one sentence for the person who started it. The command line prints the
 * message alone and exits with code 1. MUST NOT contain the value of a setting.
 */
export class StartUpError extends Error {
  override readonly name = 'StartUpError';
}
