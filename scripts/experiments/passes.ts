/**
 * Counts the passes of the experiments that ship, with sets of the sizes that their downloads have:
 * npm run build && node dist/scripts/experiments/passes.js
 */
import { createWriteStream } from 'node:fs';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { withTemporaryFolder } from '../../manifests/output/temporary-folder.js';
import { setsOf } from '../../pipeline/experiment/sets.js';
import { openExperiment } from '../../pipeline/opening/open-run.js';
import { readExperiment } from '../../pipeline/read-experiment.js';
import { forecastPasses } from '../../pipeline/status/remaining-passes.js';
import { type ShippedExperiment, shippedExperiments } from './shipped.js';

const manifests = new URL('../../../manifests/', import.meta.url);

/** Images of each download, by the name of its manifest; cells of ImageNet-C have 50 000 each. */
const images: Readonly<Record<string, number>> = {
  'imagenet-1k': 50_000,
  'imagenet-o': 2_000,
  'imagenet-r': 30_000,
  'imagenet-a': 7_500,
  'cifar-10': 10_000,
  'tiny-imagenet': 10_000,
  val_imagenet: 5_000,
  test_imagenet: 45_000,
  val_openimage_o: 1_763,
  test_ssb_hard: 49_000,
  test_ninco: 5_879,
  test_inaturalist: 10_000,
  test_textures: 5_160,
  test_openimage_o: 15_869,
  test_imagenet_v2: 10_000,
  test_imagenet_c: 10_000,
  test_imagenet_r: 30_000,
  test_imagenet_es: 64_000,
};

const hours = (passes: number, perSecond: number) => (passes / perSecond / 3600).toFixed(1);
const million = (count: number) => (count / 1e6).toFixed(2);

await withTemporaryFolder(async (folder) => {
  console.log(
    '| experiment | models | images | wave 1 | wave 2, at most | hours at 1 000 passes/s | hours at 5 000 passes/s |',
  );
  console.log('|---|---:|---:|---:|---:|---:|---:|');
  // The micro-benchmark's takes minutes, and its textures are not there.
  for (const shipped of shippedExperiments)
    if (!shipped.file.startsWith('micro-benchmark/'))
      console.log(await lineOf(join(folder, 'sets'), shipped));
});

/** Millions of passes of all models, an image each: perturbation, scoring and forward passes. */
async function lineOf(folder: string, { file, content }: ShippedExperiment): Promise<string> {
  await mkdir(folder, { recursive: true });
  await copyFile(fileURLToPath(new URL(file, manifests)), join(folder, 'experiment.json'));
  for (const model of content.models) await empty(join(folder, model.file));
  for (const { manifest } of [
    content.inDomain,
    ...content.outliers,
    ...(content.validationSets ?? []),
    ...(content.covariateShifted ?? []),
  ])
    await list(join(folder, manifest), manifest);
  const { batchSize, ...experiment } = await readExperiment(join(folder, 'experiment.json'));
  const planned = { ...experiment, batchSize: batchSize ?? 32, engine: 'any' };
  const open = await openExperiment(planned, async () => '');
  const waves = await forecastPasses(open, { shards: [], planned: [], selection: [] });
  const of = (wave: 1 | 2) =>
    waves
      .filter((one) => one.wave === wave)
      .reduce((sum, { passes }) => sum + Object.values(passes).reduce((a, b) => a + b, 0), 0);
  const all = of(1) + of(2);
  const count = open.sets.reduce((sum, { rows }) => sum + rows.rows.length, 0);
  const sets = setsOf(experiment).length;
  return `| \`${file}\` | ${open.models.length} | ${count.toLocaleString('en-US')} in ${sets} sets | ${million(of(1))} M | ${million(of(2))} M | ${hours(all, 1000)} | ${hours(all, 5000)} |`;
}

async function empty(file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, '');
}

/** Rows that nothing opens. Cells of ImageNet-C have the photographs of ImageNet-1K. */
async function list(file: string, manifest: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const name = manifest.replace(/\.csv$/, '');
  const count = images[name] ?? 50_000;
  const photograph = name.startsWith('imagenet-c/') ? 'imagenet-1k' : name;
  async function* lines() {
    yield 'path,label,base\n';
    for (let i = 0; i < count; i += 1)
      yield `${name.replace('/', '-')}/${i}.jpg,${i % 10},${photograph}-${i}\n`;
  }
  await pipeline(Readable.from(lines()), createWriteStream(file));
}
