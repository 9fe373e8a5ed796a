import type { Detector } from '../../stages/detectors/detector.js';
import { logitReadings } from '../../stages/detectors/logit-readings.js';
import { ensembleDetectors } from '../../stages/ensembles/detectors.js';
import type { SplitScores } from '../../stages/metrics/split-scores.js';
import type { PlannedShard } from '../../workers/store/planned-shard.js';
import { plainForward } from '../experiment/grid.js';
import { detectorsOf } from '../experiment/model-detectors.js';
import type { OpenRun, OpenSet } from '../opening/opened.js';
import { type FittedTemperatures, withFitted } from '../selection/fitted.js';
import { loadEnsemble } from '../store/load-ensemble.js';
import { loadSplit } from '../store/load-split.js';
import { type WavePasses, waveRows } from './plan-wave.js';

/** What ranks images: a model by its detectors, or an ensemble of several by its measures. */
export interface Subject {
  readonly name: string;
  readonly detectors: readonly Detector[];
  /**
   * Its scores of the rows of a set that the wave is about.
   * @throws RunFailedError when shards are missing
   */
  readonly load: (set: OpenSet) => Promise<SplitScores>;
}

/**
 * The models of a run, then its ensembles, with the scores of one wave.
 * @param fitted of the detectors whose temperatures are fitted
 */
export function subjectsOf(
  run: OpenRun,
  planned: readonly PlannedShard[],
  { wave, passesOf, keptOf }: WavePasses,
  fitted: FittedTemperatures,
): readonly Subject[] {
  const { grid, ensembles = [] } = run.experiment;
  const requestOf = (set: OpenSet) => ({ set: set.name, manifest: set.rows, rows: waveRows(wave, set) });
  return [
    ...run.models.map((model): Subject => {
      const { name } = model;
      const detectors = withFitted(detectorsOf(run.experiment, model), fitted, name);
      const ofLogits = logitReadings(detectors, grid);
      return {
        ...{ name, detectors },
        load: (set) => {
          const { ownClasses } = set;
          const passes = passesOf(model, set);
          const isPlain = new Set(passes.forwardTemperatures);
          const fromLogits =
            keptOf(model) === 'all' && detectors.length > 0
              ? plainForward(passes, grid).filter((temperature) => !isPlain.has(temperature))
              : [];
          const asked = { passes, ownClasses, ofLogits, fromLogits };
          return loadSplit(run, planned, { model: name, ...requestOf(set), ...asked });
        },
      };
    }),
    ...ensembles.map((ensemble): Subject => {
      return {
        ...{ name: ensemble.name, detectors: ensembleDetectors },
        load: (set) => loadEnsemble(run, planned, { ensemble, ...requestOf(set) }),
      };
    }),
  ];
}
