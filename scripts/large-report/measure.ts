#!/usr/bin/env node
/**
 * Measures the report of a large run: `node dist/scripts/large-report/measure.js [--sets 80] [--models 10] [--keep FOLDER]`, which
 * measures again what is kept there. The results are made up; everything from them on is what runs do. It needs a Chromium (GRODIN_BROWSER, or /usr/bin/chromium) and the
 * packages for development.
 */
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { isThere } from '../../manifests/output/file-system.js';
import { writeReport } from '../../pipeline/report/write-report.js';
import { detectors } from '../../stages/detectors/index.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { makeUpRun } from './made-up-run.js';
import { openPage } from './open-page.js';

const { values } = parseArgs({
  options: {
    sets: { type: 'string', default: '80' },
    models: { type: 'string', default: '10' },
    keep: { type: 'string' },
  },
});
const size = { sets: Number(values.sets), models: Number(values.models) };
const folder =
  values.keep === undefined ? await mkdtemp(join(tmpdir(), 'grodin-large-report-')) : resolve(values.keep);
await mkdir(folder, { recursive: true });
try {
  const made = runDirectory(join(folder, 'run'));
  const directory = (await isThere(made.finished)) ? made : await makeUpRun(folder, size);
  const start = performance.now();
  const { file, figures } = await writeReport(directory, {});
  const seconds = (performance.now() - start) / 1e3;
  const times = await openPage(file, 3);
  const median = (of: (time: (typeof times)[number]) => number) =>
    Math.round(times.map(of).toSorted((a, b) => a - b)[1] ?? Number.NaN);
  const { size: bytes } = await stat(file);
  console.log(
    `| ${size.sets} × ${size.models} × ${detectors.length} | ${(bytes / 1e6).toFixed(2)} | ${figures} | ${seconds.toFixed(0)} | ` +
      `${median(({ firstPaint }) => firstPaint)} | ${median(({ loaded }) => loaded)} | ${median(({ idle }) => idle)} |`,
  );
} finally {
  if (values.keep === undefined) await rm(folder, { recursive: true, force: true });
}
