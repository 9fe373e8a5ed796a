import { existsSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { ExecutionContext } from 'ava';
import axe from 'axe-core';
import { type Browser, launch, type Page } from 'puppeteer-core';

/** Where a Chromium may be. */
const places = [
  process.env.GRODIN_BROWSER ?? '',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/**
 * A browser without a window; null where the machine has none, which is an error where GRODIN_TEST_BROWSER is `required`.
 */
export async function startBrowser(t: Pick<ExecutionContext, 'log'>): Promise<Browser | null> {
  const executablePath = places.find((place) => place !== '' && existsSync(place));
  if (executablePath !== undefined)
    return launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'], headless: true });
  if (process.env.GRODIN_TEST_BROWSER === 'required')
    throw new Error('no Chromium; name one by GRODIN_BROWSER');
  t.log('not tried: this machine has no Chromium; name one by GRODIN_BROWSER');
  return null;
}

/** @param code of an expression, whose value is one of JSON */
export async function inPage<T>(page: Page, code: string): Promise<T> {
  return (await page.evaluate(code)) as T;
}

/**
 * A page that was opened from disk, and whatever it did that it should not: what it wrote to the console, and requests for anything
 * outside the folder.
 * @returns null where there is no browser
 */
export async function openPage(
  browser: Browser | null,
  file: string,
  folder: string,
): Promise<{ page: Page; faults: string[] } | null> {
  if (browser === null) return null;
  const page = await browser.newPage();
  const faults: string[] = [];
  page.on('console', (message) => faults.push(`console: ${message.text()}`));
  page.on('pageerror', (error) => faults.push(`error: ${String(error)}`));
  page.on('dialog', (dialog) => faults.push(`dialog: ${dialog.message()}`));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(pathToFileURL(folder).href) && !url.startsWith('data:'))
      faults.push(`request: ${url}`);
  });
  await page.goto(pathToFileURL(file).href, { waitUntil: 'load' });
  return { page, faults };
}

/** What axe-core finds wrong in a page as it is shown, a line each. */
export async function violationsIn(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe.source);
  return inPage(
    page,
    `axe.run().then(({ violations }) =>
      violations.map(({ id, nodes }) => id + ': ' + nodes[0].html + ' ' + nodes[0].failureSummary))`,
  );
}
