import type { Browser, BrowserContext, Page } from 'playwright-core';
import { startBrowser, browserOf } from './browser.js';
import { startOverrideWorld, type OverrideWorld } from './override-world.js';

/** The sandbox with an override to review, a browser, and officers who sign in. */
export interface ConsoleWorld extends OverrideWorld {
  readonly browser: Browser;
  readonly url: string;
  /** A page of a browser of their own, signed in. */
  signedIn(account: string, options?: Parameters<Browser['newContext']>[0]): Promise<Page>;
  contexts(): readonly BrowserContext[];
}

export const COUNCIL_OFFICER = 'northmoor-council-ig-1';
export const COUNCIL_REVIEWER = 'northmoor-council-ig-2';
export const COUNCIL_OVERSIGHT = 'northmoor-council-ig-3';
export const COUNCIL_ADMINISTRATOR = 'northmoor-council-ig-4';
export const COUNCIL_OPERATOR = 'northmoor-council-op-1';
export const TRUST_OFFICER = 'northmoor-nhs-trust-ig-1';
export const TRUST_REVIEWER = 'northmoor-nhs-trust-ig-2';
/** Of an agency that shares nothing with the others. */
export const STRANGER = 'eastvale-council-ig-1';

export async function startConsoleWorld(...of: Parameters<typeof startOverrideWorld>): Promise<ConsoleWorld> {
  const world = await startOverrideWorld(...of);
  const browser = await startBrowser();
  const url = world.gateway.publicUrl;
  const contexts: BrowserContext[] = [];
  return {
    ...world,
    browser,
    url,
    contexts: () => contexts,
    async signedIn(account, options) {
      const { context, page } = await browserOf(browser, url, account, options);
      contexts.push(context);
      return page;
    },
    async stop(of) {
      await browser.close();
      await world.stop(of);
    },
  };
}
