#!/usr/bin/env node
/**
 * How fast a whole run scores JPEG files on a GPU: images · ε a second while it is under way, and how busy the GPU is and
 * how much of its memory is in use meanwhile; what is known is written every few seconds. Beside it stands what `gpu-check --parts grid` says of the engine alone.
 */
import { appendFile, copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { integerOption, positiveNumber } from '../../pipeline/cli/options/numbers.js';
import { readJournals } from '../../pipeline/journal/journal.js';
import { RunFailedError } from '../../stages/errors.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import { writeJpegs } from '../bench/jpegs.js';
import { networkFile } from '../bench/network-files.js';
import { runScript, scriptProgram } from '../script-program.js';
import { watchGpus } from './gpu-use.js';
import { repeat } from './repeat.js';
import { runGrodin } from './run-child.js';
import { steadyPart } from './steady-part.js';

interface PipelineOptions {
  readonly device: string;
  readonly out: string;
  readonly folder: string;
  readonly network: string;
  readonly images: number;
  readonly precision: string;
  readonly seconds?: number;
}

/** Files that are made; the others are copies of them. */
const drawn = 50;
const size = { width: 500, height: 375 };
const epsilons = 6;
const temperatures = [1, 10];

process.exitCode = await runScript(
  scriptProgram(
    'pipeline',
    'Run a network on JPEG files (500×375, 6 ε × 2 T), and tell how many images · ε a second it scores while it is under way, and ' +
      'how busy the GPU is.',
  )
    .option('--device <device>', 'what it runs on', 'cuda:0')
    .requiredOption('--out <dir>', 'a folder for the result and the log')
    .option('--folder <dir>', 'where images, network and run are kept', join('results', 'pipeline'))
    .option('--network <name>', 'a network of the benchmark', 'resnet50')
    .option('--images <n>', 'files, half of each set', integerOption(4), 1000)
    .option('--precision <name>', 'as of grodin run', 'tf32')
    .option('--seconds <n>', 'for everything together: the run is stopped then', positiveNumber)
    .addHelpText(
      'after',
      '\nExit codes: 0 measured, 1 the run failed or was too short to measure, 2 bad usage, 75 time was up.',
    )
    .action(pipeline),
);

async function pipeline(options: PipelineOptions): Promise<void> {
  const { device, out, folder, network, images, precision, seconds = Number.POSITIVE_INFINITY } = options;
  const end = performance.now() + 1000 * seconds;
  await mkdir(out, { recursive: true });
  const run = join(folder, `${network}-${precision}-${device.replace(/\W+/g, '-')}`);
  const experiment = await writeExperiment(folder, network, images);
  const watched = watchGpus();
  const began = Date.now();
  const say = async (state: 'under way' | 'ended'): Promise<boolean> => {
    const journals = await readJournals(runDirectory(run).journals);
    const entries = journals.flatMap((journal) => journal.entries).filter(({ from }) => from >= began);
    const steady = steadyPart(entries, { epsilons });
    const gpu = steady && watched.between(steady);
    const text = `${JSON.stringify({ network, device, precision, images, state, ...steady, gpu })}\n`;
    if (steady !== null || state === 'ended') await appendFile(join(out, 'pipeline.jsonl'), text);
    if (state === 'ended') process.stdout.write(text);
    return steady !== null;
  };
  const meanwhile = repeat(() => say('under way'), 5000);
  const asked = ['--device', device, '--precision', precision];
  const left = Math.max(0, (end - performance.now()) / 1000);
  let isMeasured = false;
  try {
    await runGrodin(['run', experiment, '--out', run, ...asked], join(out, 'pipeline.log'), left);
  } finally {
    watched.stop();
    await meanwhile.stop();
    isMeasured = await say('ended');
  }
  if (!isMeasured)
    throw new RunFailedError(
      `${run}: too few shards were scored to tell a rate; give more --images, or another --folder if it was finished before`,
    );
}

/** Two sets of copies, all but a few of which are validation images, so that the first wave is most of the run. */
async function writeExperiment(folder: string, network: string, images: number): Promise<string> {
  const model = resolve(await networkFile(folder, network));
  const each = Math.floor(images / 2);
  const made = join(folder, 'drawn');
  await mkdir(made, { recursive: true });
  const originals = await writeJpegs(made, Math.min(drawn, each), size);
  for (const set of ['in', 'out']) {
    await mkdir(join(folder, set), { recursive: true });
    const names = Array.from({ length: each }, (_, index) => `${set}/${index}.jpg`);
    for (const [index, name] of names.entries())
      await copyFile(originals[index % originals.length] ?? '', join(folder, name));
    await writeFile(join(folder, `${set}.csv`), ['path', ...names, ''].join('\n'));
  }
  const validation = Math.max(1, Math.floor(0.9 * each));
  const file = join(folder, `${network}.json`);
  const experiment = {
    models: [{ name: network, file: model, preprocess: 'imagenet' }],
    inDomain: { name: 'in', manifest: 'in.csv', validation },
    outliers: [{ name: 'out', manifest: 'out.csv', validation }],
    grid: { epsilon: { from: 0, to: 0.004, points: epsilons }, temperature: temperatures },
    resamplings: { deviation: 20, interval: 100 },
    batchSize: 32,
    seed: 1,
  };
  await writeFile(file, `${JSON.stringify(experiment, null, 2)}\n`);
  return file;
}
