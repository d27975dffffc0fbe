import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import chromium from '@sparticuz/chromium';
import { chromium as playwright, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { projectFolder } from '../../src/config/index.js';

/**
 * A real Chromium out of an npm package, which needs no package of the system and runs as root too. Only what it takes to be
 * started so is switched off: what protects a page from another stays as it is in any browser.
 */
export async function startBrowser(): Promise<Browser> {
  return await playwright.launch({
    executablePath: await chromium.executablePath(),
    args: ['--no-sandbox', '--disable-gpu', '--font-render-hinting=none'],
    env: { ...process.env, HOME: process.env['HOME'] ?? '/tmp' } as Record<string, string>,
  });
}

/** As wide as a screen at a desk, without JavaScript: the console has none. axe-core alone needs it. */
export const DESK = { viewport: { width: 1280, height: 900 }, locale: 'en-GB', javaScriptEnabled: false } as const;

/** What is wrong with a page, by axe-core's rules of WCAG 2.2 A and AA and its best practices; in words, so that a failure says it. */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page })
    .setLegacyMode()
    .options({ resultTypes: ['violations'] })
    .analyze();
  return violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`));
}

/** Whether anything makes the page scroll sideways. */
export async function scrollsSideways(page: Page): Promise<boolean> {
  return await page.evaluate<boolean>('document.documentElement.scrollWidth > document.documentElement.clientWidth');
}

/** Signs in by way of the sandbox's identity provider, from wherever in the console one is asked to. */
export async function signIn(page: Page, url: string, account: string): Promise<void> {
  await page.goto(`${url}/console`);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: account, exact: true }).click();
}

/** Somebody's browser, signed in. */
export async function browserOf(
  browser: Browser,
  url: string,
  account: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ ...DESK, ...options });
  const page = await context.newPage();
  await signIn(page, url, account);
  return { context, page };
}

/** Keeps a picture of the page under the folder that `SCREENSHOTS` names, if it names one: `npm run screenshots`. */
export async function keepPicture(page: Page, name: string): Promise<void> {
  const folder = process.env['SCREENSHOTS'];
  if (!folder) return;
  const target = path.resolve(projectFolder(), folder);
  await mkdir(target, { recursive: true });
  await writeFile(path.join(target, `${name}.png`), await page.screenshot({ fullPage: true }));
}
