import type { Officer, SignInAccount } from '../agencies/index.js';
import { accountHash } from './sessions.js';

/** The officer whose account was proven, and that account; nobody where none is defined, or more than one. */
export function officerOfAccount(
  officers: readonly Officer[],
  { issuer, claims }: { readonly issuer: string; readonly claims: Readonly<Record<string, unknown>> },
): { readonly officer: Officer; readonly account: SignInAccount } | undefined {
  const found = officers.flatMap((officer) => {
    const account = (officer.signIn ?? []).find(
      (one) => one.issuer === issuer && claims[one.claim ?? 'sub'] === one.value,
    );
    return account ? [{ officer, account }] : [];
  });
  return found.length === 1 ? found[0] : undefined;
}

/** Whether a session was opened with an account that the officer still has. */
export const stillHas = (officer: Officer, hash: Buffer): boolean =>
  (officer.signIn ?? []).some((account) => accountHash(account).equals(hash));
