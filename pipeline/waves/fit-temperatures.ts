import type { LabelledLogits } from '../../stages/calibration/fit-temperature.js';
import { NoUsableImageError } from '../../stages/errors.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import { detectorsOf } from '../experiment/model-detectors.js';
import { selectionPools } from '../experiment/sets.js';
import type { OpenRun, OpenSet } from '../opening/opened.js';
import type { FittedTemperatures } from '../selection/fitted.js';
import { loadLogits } from '../store/load-logits.js';
import { waveRows } from './plan-wave.js';

/**
 * Fits the temperatures of those detectors that have one fitted, for each model, on the labelled in-domain validation images:
 * all their logits of one model are in memory then.
 * @param planned all shards of the plan
 * @throws RunFailedError when logits are missing, or no labelled image is usable
 */
export async function fitTemperatures(
  run: OpenRun,
  planned: readonly PlannedShard[],
): Promise<FittedTemperatures> {
  const fitted = new Map<string, ReadonlyMap<string, number>>();
  const { inDomain } = selectionPools(run.experiment);
  const sets = run.sets.filter(({ name }) => inDomain.includes(name));
  for (const one of run.models) {
    const { name: model } = one;
    const detectors = detectorsOf(run.experiment, one).flatMap(({ name, fitTemperature }) =>
      fitTemperature === undefined ? [] : [{ name, fitTemperature }],
    );
    if (detectors.length === 0) continue;
    const images = await labelledLogits(run, planned, model, sets);
    fitted.set(model, new Map(detectors.map(({ name, fitTemperature }) => [name, fitTemperature(images)])));
  }
  return fitted;
}

/** In the order of the rows, whatever that of the shards: sums depend on it in their last digits. */
async function labelledLogits(
  run: OpenRun,
  planned: readonly PlannedShard[],
  model: string,
  sets: readonly OpenSet[],
): Promise<LabelledLogits> {
  const labels: number[] = [];
  const rows: Float32Array[] = [];
  for (const { name: set, rows: manifest, split } of sets) {
    const labelled = waveRows(1, { split }).filter((row) => manifest.rows.labelAt(row) !== null);
    const found = new Map<number, Float32Array>();
    for await (const { row, logits } of loadLogits(run, planned, { model, set, manifest, rows: labelled }))
      found.set(row, logits.slice());
    for (const row of labelled) {
      const [logits, label] = [found.get(row), manifest.rows.labelAt(row)];
      if (logits === undefined || label === null) continue;
      rows.push(logits);
      labels.push(label);
    }
  }
  const [first] = rows;
  if (first === undefined)
    throw new NoUsableImageError(
      `no labelled validation image of ${sets.map(({ name }) => `"${name}"`).join(' + ')} could be scored by ${model}, so that no ` +
        'temperature can be fitted on it: see errors.arrow; fix the images or leave the detector out',
    );
  const logits = new Float32Array(rows.length * first.length);
  for (const [image, row] of rows.entries()) logits.set(row, image * first.length);
  return { classes: first.length, logits, labels: Int32Array.from(labels) };
}
