import { existsSync } from 'node:fs';
import type { ExecutionContext } from 'ava';
import { type Browser, launch } from 'puppeteer-core';

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
