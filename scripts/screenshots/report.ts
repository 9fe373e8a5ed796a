#!/usr/bin/env node
/**
 * Takes the picture of the report in docs: `node dist/scripts/screenshots/report.js results/micro-benchmark/run/report.html
 * docs/report.png`. It needs a Chromium (GRODIN_BROWSER, or /usr/bin/chromium) and the packages for development.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { launch } from 'puppeteer-core';
import sharp from 'sharp';

const [page = 'results/micro-benchmark/run/report.html', out = 'docs/report.png', selector] =
  process.argv.slice(2);
const browser = await launch({
  executablePath: process.env.GRODIN_BROWSER ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
const tab = await browser.newPage();
await tab.setViewport({ width: 1100, height: 900 });
await tab.goto(pathToFileURL(resolve(page)).href);
if (selector !== undefined) await tab.$eval(selector, (element) => element.scrollIntoView());
const picture = await tab.screenshot({ type: 'png' });
await browser.close();
// Of few colours, as a page is: a third of the bytes.
await sharp(picture).png({ palette: true, quality: 80, effort: 10 }).toFile(out);
