import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { extraCorruptions, usualCorruptions } from '../../manifests/corruptions.js';
import type { AnalysedSet, SubjectLook } from '../../pipeline/analyses/analysis.js';
import { analysisRows, listedAnalyses } from '../../pipeline/analyses/index.js';
import { experimentDefaults } from '../../pipeline/experiment/defaults.js';
import type { ExperimentSet, PlannedExperiment } from '../../pipeline/experiment/experiment.js';
import { openExperiment } from '../../pipeline/opening/open-run.js';
import type { OpenSet } from '../../pipeline/opening/opened.js';
import { softwareVersions } from '../../pipeline/opening/software.js';
import { reduceAccuracy, reducePair } from '../../pipeline/reduction/reduce-pair.js';
import { resampleHere } from '../../pipeline/reduction/resampler.js';
import type { AccuracyRow, MetricRow } from '../../pipeline/reduction/result-rows.js';
import { asStored } from '../../pipeline/report/thumbnails.js';
import { writeResults } from '../../pipeline/results/stored-results.js';
import { prepareSearch } from '../../pipeline/selection/select.js';
import type { SelectionRow } from '../../pipeline/selection/selection-rows.js';
import type { PoolSurfaces } from '../../pipeline/selection/surface.js';
import { appendRevision } from '../../pipeline/store/revisions.js';
import { atTemperature } from '../../stages/detectors/at-temperature.js';
import { detectors } from '../../stages/detectors/index.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import { prepareRunDirectory, type RunDirectory, runDirectory } from '../../workers/store/run-directory.js';
import { NormalDraws } from '../statistics/normal-draws.js';
import { madeUpSplit } from './made-up-split.js';

/** How large a run is made up. */
export interface MadeUpRun {
  /** Outlier sets; as many as there are of ImageNet-C's 75 cells are among them where there are more than 80. */
  readonly sets: number;
  readonly models: number;
}

/** Images of a set in each split: what is measured is the page, which does not depend on them. */
const perSplit = 40;

/**
 * Makes the results of a run that nobody ran: scores are noise, and what follows from them is made by the functions that runs
 * are reduced by.
 * @param folder an empty one
 */
export async function makeUpRun(folder: string, size: MadeUpRun): Promise<RunDirectory> {
  const experiment = await experimentIn(folder, size);
  const open = await openExperiment(experiment, async ({ name }) => sha256(name));
  const directory = runDirectory(join(folder, 'run'));
  await prepareRunDirectory(directory);
  const revision = await appendRevision(
    directory,
    { ...open.contents, software: await softwareVersions() },
    () => {},
  );
  const run = { ...open, directory, revision, manifestOf: () => undefined };
  const metrics: MetricRow[] = [];
  const accuracy: AccuracyRow[] = [];
  const selection: SelectionRow[] = [];
  const analysed = new Map<string, unknown[]>();
  const note = (key: string, rows: readonly unknown[]) => {
    const known = analysed.get(key) ?? [];
    for (const row of rows) known.push(row);
    analysed.set(key, known);
  };
  for (const { name: model } of experiment.models) {
    const [inDomain, ...others] = open.sets.map((set) => setOf(model, set));
    if (inDomain === undefined) continue;
    const subject = {
      name: model,
      detectors: detectors.map((one) => (one.fitTemperature ? atTemperature(one, 1.5) : one)),
      load: async () => inDomain.test,
    };
    const { grid, seed, resamplings } = experiment;
    const search = prepareSearch({
      ...{ model, inDomain: await inDomain.validation(), detectors: subject.detectors, grid },
    });
    const own: SelectionRow[] = [];
    const surfaces: PoolSurfaces[] = [];
    for (const set of others) {
      const choice = search.choose(await set.validation());
      own.push(...choice.rows);
      surfaces.push({ model, pool: [set.set.name], detectors: choice.surfaces });
    }
    selection.push(...own);
    const looks = new Map<string, SubjectLook<unknown>>();
    for (const set of [inDomain, ...others]) {
      const { name, role } = set.set;
      accuracy.push(reduceAccuracy({ model, role, validation: await set.validation(), test: set.test }));
      if (role === 'outlier')
        metrics.push(
          ...(await reducePair({
            ...{ model, inDomain: inDomain.test, outlier: set.test, detectors: subject.detectors },
            selection: own.filter(({ outlier }) => outlier === name),
            ...{ seed, resamplings, resampler: resampleHere },
          })),
        );
      for (const [key, analysis] of listedAnalyses) {
        if (!analysis.isAsked(experiment)) continue;
        const input = {
          ...{ experiment, subject, selection: own, surfaces, inDomain },
          ...{ analysed: set, fullSpectrum: null, resampler: resampleHere },
        };
        if ('reduce' in analysis) note(key, await analysis.reduce(input));
        else {
          const look = looks.get(key) ?? analysis.begin();
          looks.set(key, look);
          await look.add(input);
        }
      }
    }
    for (const [key, look] of looks) note(key, look.rows());
  }
  const analyses = analysisRows((key) => analysed.get(key) ?? []);
  const rows = { selection, metrics, fullSpectrum: [], accuracy, errors: [], analyses };
  await writeResults(run, new Map(), rows);
  return directory;
}

function setOf(model: string, set: OpenSet): AnalysedSet {
  const { rows } = set.rows;
  const isOutlier = set.role === 'outlier';
  const of = (split: 'validation' | 'test'): SplitScores => {
    const ids = Array.from(set.split[split], (row) => rows.idAt(row));
    const [difference = 0] = new NormalDraws('set', set.name).next(1);
    const shift = isOutlier ? 1 + 0.4 * difference : 0;
    return { ...madeUpSplit({ model, set: set.name, ids, shift, isLabelled: !isOutlier }) };
  };
  const validation = of('validation');
  return { set, test: of('test'), validation: async () => validation, layers: async () => null };
}

async function experimentIn(folder: string, { sets, models }: MadeUpRun): Promise<PlannedExperiment> {
  const images = 16;
  await mkdir(join(folder, 'images'), { recursive: true });
  for (let nth = 0; nth < images; nth += 1)
    await writeFile(join(folder, 'images', `${nth}.png`), await picture(nth));
  const cells = usualCorruptions
    .filter((name) => !extraCorruptions.includes(name))
    .flatMap((corruption) => [1, 2, 3, 4, 5].map((severity) => ({ corruption, severity })));
  const others = Math.max(5, sets - cells.length);
  const listed = async (name: string): Promise<ExperimentSet> => {
    const manifest = join(folder, `${name}.csv`);
    const rows = Array.from({ length: 2 * perSplit }, (_, row) => {
      return `images/${row % images}.png,${name}/n0${1440764 + row}/ILSVRC2012_val_${String(row).padStart(8, '0')}`;
    });
    await writeFile(manifest, `path,id\n${rows.join('\n')}\n`);
    return { name, manifest, validation: perSplit, test: null };
  };
  const outliers: ExperimentSet[] = [];
  for (let nth = 0; nth < sets; nth += 1) {
    const cell = nth < others ? undefined : cells[nth - others];
    const name = cell === undefined ? `out-of-domain-set-${nth + 1}` : `${cell.corruption}-${cell.severity}`;
    outliers.push({ ...(await listed(name)), ...cell });
  }
  const { space, epsilon, temperature, ...defaults } = experimentDefaults;
  const { parameters, tie, untie, layerNorms, seed, shardSeconds, maxBadFraction } = defaults;
  return {
    name: 'made-up',
    models: Array.from({ length: models }, (_, nth) => ({
      ...{ name: `network-${nth + 1}`, file: join(folder, 'network.onnx'), preprocess: asStored },
      ...{ parameters: [...parameters], tie: [...tie], untie: [...untie] },
    })),
    inDomain: await listed('in-domain'),
    outliers,
    detectors: detectors.map(({ name }) => name),
    grid: { epsilon: [...epsilon], temperature: [...temperature] },
    perturbation: { space },
    ...{ layerNorms, logits: 'summaries', seed, shardSeconds, maxBadFraction },
    resamplings: { deviation: 20, interval: 40 },
    ...{ batchSize: 32, engine: 'onnxruntime' },
  };
}

function picture(nth: number): Promise<Buffer> {
  const background = { r: (nth * 53) % 256, g: (nth * 97) % 256, b: (nth * 151) % 256 };
  return sharp({ create: { width: 224, height: 224, channels: 3, background } })
    .png()
    .toBuffer();
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
