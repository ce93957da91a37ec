import { type Browser, type BrowserContext, chromium } from 'playwright-core';
import { installedBrowser } from '../test/support/installed-browser.ts';
import type { BenchAdmin } from './admin.ts';

/** A person's browser; undefined where none is installed. */
export async function startBrowser(): Promise<Browser | undefined> {
  const executablePath = installedBrowser();
  return executablePath === undefined
    ? undefined
    : chromium.launch({ executablePath, args: ['--no-sandbox'] });
}

/** A browser that knows nothing yet but its session. */
export async function signedIn(browser: Browser, admin: BenchAdmin): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport: { width: 1360, height: 850 } });
  const page = await context.newPage();
  await page.goto(admin.signInLink());
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: /^Inbox/ }).waitFor();
  await page.close();
  return context;
}

/** How long until the end of an agent's timeline is there and a click on its last line opens it, in milliseconds. */
export async function untilInteractive(
  context: BrowserContext,
  admin: BenchAdmin,
  agent: string,
): Promise<number> {
  const page = await context.newPage();
  const began = performance.now();
  await page.goto(`${admin.url}/agents/${encodeURIComponent(agent)}`, { waitUntil: 'commit' });
  await page.locator('.timeline button.line').last().click();
  await page.getByRole('complementary', { name: 'Details of the chosen line' }).waitFor();
  const took = performance.now() - began;
  await page.close();
  return took;
}
