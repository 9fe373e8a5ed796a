import { pathToFileURL } from 'node:url';
import { launch } from 'puppeteer-core';

/** How long a browser took over a page, in milliseconds from when it was asked for. */
export interface PageTimes {
  /** Until something was drawn. */
  readonly firstPaint: number;
  /** Until all of it was there: the load event's end. */
  readonly loaded: number;
  /** Until it was laid out after that, and the browser idle. */
  readonly idle: number;
}

/** Opens a page in a headless Chromium some times, each in a browser of its own. */
export async function openPage(file: string, rounds: number): Promise<readonly PageTimes[]> {
  const times: PageTimes[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const browser = await launch({
      executablePath: process.env.GRODIN_BROWSER ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu'],
    });
    try {
      const tab = await browser.newPage();
      await tab.setViewport({ width: 1280, height: 900 });
      await tab.goto(pathToFileURL(file).href, { waitUntil: 'load', timeout: 120_000 });
      const found = await tab.evaluate(
        `new Promise((done) => requestAnimationFrame(() => requestIdleCallback(() => done({
          firstPaint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? NaN,
          loaded: performance.getEntriesByType('navigation')[0].loadEventEnd,
          idle: performance.now(),
        }))))`,
      );
      times.push(found as PageTimes);
    } finally {
      await browser.close();
    }
  }
  return times;
}
