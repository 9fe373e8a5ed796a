import { detectorsOf } from '../../pipeline/experiment/model-detectors.js';
import { fittedIn, withFitted } from '../../pipeline/selection/fitted.js';
import { loadSplit } from '../../pipeline/store/load-split.js';
import { waveRows } from '../../pipeline/waves/plan-wave.js';
import { chosenWave, searchWave } from '../../pipeline/waves/select-cells.js';
import { type Cell, cellKey } from '../../stages/cells.js';
import {
  isSameReading,
  type LogitReading,
  logitReadings,
  type ReadingName,
} from '../../stages/detectors/logit-readings.js';
import type { Passes } from '../../stages/detectors/plan-passes.js';
import { distinctCells } from '../../stages/detectors/search.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import type { FinishedRun } from './finished-run.js';

/** One split of one set as one network scored it in two runs, at the cells that both have. */
export interface SplitPair {
  readonly model: string;
  readonly set: string;
  /** 1: the validation split over the whole grid, 2: the test split at chosen cells. */
  readonly wave: 1 | 2;
  readonly passes: Passes;
  /** What detectors read of logits, which both have. */
  readonly ofLogits: readonly ReadingName[];
  readonly reference: SplitScores;
  readonly other: SplitScores;
}

/**
 * Loads one split of both runs.
 * @throws RunFailedError when shards are missing
 */
export async function loadPair(
  reference: FinishedRun,
  other: FinishedRun,
  { model, set, wave }: Pick<SplitPair, 'model' | 'set' | 'wave'>,
): Promise<SplitPair> {
  const passes = shared(passesOf(reference, model, set, wave), passesOf(other, model, set, wave));
  const ofLogits = sharedReadings(reference, other, model);
  const load = ({ run, planned }: FinishedRun): Promise<SplitScores> => {
    const found = run.sets.find(({ name }) => name === set);
    if (found === undefined) throw new RangeError(`${run.directory.path} has no set "${set}"`);
    const rows = waveRows(wave, found);
    const only = planned.filter((shard: PlannedShard) => shard.model === model && shard.set === set);
    return loadSplit(run, only, { model, set, manifest: found.rows, rows, passes, ofLogits });
  };
  return { model, set, wave, passes, ofLogits, reference: await load(reference), other: await load(other) };
}

/**
 * What both runs can tell that detectors read of logits. Those whose temperatures are fitted read at that of the reference, which the
 * other can tell where it kept whole logits, or fitted the same.
 */
function sharedReadings(reference: FinishedRun, other: FinishedRun, model: string): readonly LogitReading[] {
  const { experiment, models } = reference.run;
  const detectors = models
    .filter(({ name }) => name === model)
    .flatMap((one) => detectorsOf(experiment, one));
  const readingsOf = (selection: FinishedRun['selection']): readonly LogitReading[] => {
    const fitted = fittedIn(selection, experiment.detectors);
    return logitReadings(withFitted(detectors, fitted, model), experiment.grid);
  };
  const ours = readingsOf(reference.selection);
  if (other.run.experiment.logits !== 'summaries') return ours;
  const theirs = readingsOf(other.selection);
  return ours.filter((reading) => theirs.some((one) => isSameReading(one, reading)));
}

/** Whether a split was scored at a cell, with the backward pass where that is needed. */
export function hasCell(
  { cells, forwardCells, forwardTemperatures }: Passes,
  { epsilon, temperature }: Cell,
  needsGradient: boolean,
): boolean {
  const key = cellKey({ epsilon, temperature });
  if (cells.some((cell) => cellKey(cell) === key)) return true;
  if (needsGradient) return false;
  return epsilon === 0
    ? forwardTemperatures.includes(temperature)
    : forwardCells.some((cell) => cellKey(cell) === key);
}

function passesOf({ run, selection }: FinishedRun, model: string, set: string, wave: 1 | 2): Passes {
  const foundModel = run.models.find(({ name }) => name === model);
  const foundSet = run.sets.find(({ name }) => name === set);
  if (foundModel === undefined || foundSet === undefined)
    return { cells: [], forwardCells: [], forwardTemperatures: [] };
  return (wave === 1 ? searchWave(run) : chosenWave(run, selection)).passesOf(foundModel, foundSet);
}

/** What both have; a backward pass serves where only the forward pass is there in the other. */
function shared(a: Passes, b: Passes): Passes {
  const cells = a.cells.filter((cell) => hasCell(b, cell, true));
  const inBoth = new Set(cells.map(cellKey));
  const forwardCells = distinctCells(
    [...a.forwardCells, ...a.cells].filter(
      (cell) =>
        cell.epsilon > 0 && !inBoth.has(cellKey(cell)) && hasCell(a, cell, false) && hasCell(b, cell, false),
    ),
  );
  const temperatures = [...a.forwardTemperatures, ...a.cells.map(({ temperature }) => temperature)].filter(
    (temperature) => {
      const cell = { epsilon: 0, temperature };
      return !inBoth.has(cellKey(cell)) && hasCell(a, cell, false) && hasCell(b, cell, false);
    },
  );
  return { cells, forwardCells, forwardTemperatures: [...new Set(temperatures)].sort((x, y) => x - y) };
}
