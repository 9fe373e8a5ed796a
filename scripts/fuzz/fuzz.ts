/**
 * Reads nearly right files of every kind that users write, seeded:
 *
 *     node dist/scripts/fuzz/fuzz.js --cases 100000 --only manifests
 *
 * Each case must give a value, or one line that says what is wrong. Prints a line for each fuzzer; exit code 1 and the
 * smallest case where one ends otherwise.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { shortened } from '../../manifests/input/printable.js';
import { fuzzExperiments, fuzzPreprocess } from './experiments.js';
import { type FuzzOptions, fuzzCsv, fuzzLists } from './manifests.js';
import type { Tally } from './outcome.js';
import { fuzzTrees } from './trees.js';

const fuzzers: Readonly<Record<string, (options: FuzzOptions) => Promise<Tally>>> = {
  'manifests: CSV': fuzzCsv,
  'manifests: image lists': fuzzLists,
  'manifests: folder trees': fuzzTrees,
  experiments: fuzzExperiments,
  preprocessing: fuzzPreprocess,
};

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string', default: '' },
  },
});

for (const [name, fuzz] of Object.entries(fuzzers)) {
  if (!name.includes(values.only)) continue;
  const folder = await mkdtemp(join(tmpdir(), 'grodin-fuzz-'));
  try {
    const { cases, taken, refused } = await fuzz({
      cases: Number(values.cases),
      seed: Number(values.seed),
      folder,
    });
    console.log(`${name}: ${cases} cases, ${taken} taken, ${refused} refused in one line`);
  } catch (error) {
    const { message, cause } = error instanceof Error ? error : { message: String(error), cause: null };
    console.log(`${name}: ${shortened(message, 3_000)}\n${String(cause)}`);
    process.exitCode = 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
