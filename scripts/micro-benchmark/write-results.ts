/**
 * Writes the page of the micro-benchmark's results from finished runs of `npm start` and `npm start -- --sweep`.
 *
 * Usage: node dist/scripts/micro-benchmark/write-results.js RUN SWEEP > manifests/micro-benchmark/RESULTS.md
 */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';

const [run, sweep] = process.argv.slice(2);
if (run === undefined || sweep === undefined) {
  console.error('Usage: node dist/scripts/micro-benchmark/write-results.js RUN SWEEP');
  process.exit(2);
}

/** The paper's first, then what is computed beside them. Table 4 repeats table 5 with every metric. */
const ofRun = [
  'table-3',
  'table-5',
  'table-6',
  'table-7',
  'ablations-s',
  'ensembles',
  'comparisons',
  'ranks',
];
const beside = [
  'thresholds',
  'calibration',
  'selective',
  'selective-ensembles',
  'hard-examples',
  'stability',
];
const ofSweep = ['corruptions', 'corruptions-accuracy'];

const tables = async (folder: string, names: readonly string[]): Promise<string> => {
  const texts = await Promise.all(
    names.map((name) => readFile(join(folder, 'tables', `${name}.md`), 'utf8')),
  );
  return texts.map((text) => text.trimEnd()).join('\n\n');
};
/** The day on which a run's tables were made. */
const dayOf = async (folder: string): Promise<string> =>
  (await stat(join(folder, 'metrics.arrow'))).mtime.toISOString().slice(0, 10);
const { version } = JSON.parse(await readFile('node_modules/onnxruntime-node/package.json', 'utf8'));
const made = `onnxruntime-node ${version} on the CPU, ${process.arch}, Node ${process.versions.node.split('.')[0]}`;

process.stdout.write(`# Results of the micro-benchmark

As \`npm start\` computed them on ${await dayOf(run)} (seed 2021, ${made}). They are published as they came
out: the networks are tiny and the images are drawn, so they say whether the pipeline works, not how the detectors rank on
photographs. Left out for their length: table 4 (all metrics), further metrics and intervals. README.md says
[what the figures mean](../../README.md#what-the-figures-mean).

${await tables(run, [...ofRun, ...beside])}

## The sweep

As \`npm start -- --sweep\` computed it on ${await dayOf(sweep)} (ResNet-8, seed 2021, ${made}): the clean images corrupted by
CIFAR-10-C's definitions, frost with drawn textures. 200 test images a set, the same photographs in all, against 1100 clean ones; ε and T are chosen once a
corruption, on 100 of its images, from 11 ε × 4 T. A ROC-AUC has a σ of about 0.02 here: one of 0.47 to 0.53 says that there is nothing to tell, as where the
network loses no accuracy. Set C above is glass blur of severity 5 too, by draws of its own and with all its photographs.

${await tables(sweep, ofSweep)}
`);
