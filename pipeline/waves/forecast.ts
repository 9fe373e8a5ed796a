import { detectorNamed } from '../../stages/detectors/index.js';
import { searchPasses } from '../../stages/detectors/passes.js';
import { type PassCounts, passesPerImage } from '../plan/planned-shard.js';
import type { OpenExperiment, OpenModel } from './open-run.js';

/** Passes of one wave for one model, counted in images. */
export interface WaveForecast {
  readonly model: string;
  readonly wave: 1 | 2;
  readonly passes: PassCounts;
}

/**
 * Counts the passes of a whole experiment. Wave 1 exactly; wave 2 at most, as if every detector and ablation
 * chose a cell and a temperature of its own, since what is chosen is not known before.
 */
export function forecastPasses(open: OpenExperiment): WaveForecast[] {
  const { experiment, sets } = open;
  const chosen = experiment.detectors.map(detectorNamed);
  const search = searchPasses(chosen, experiment.grid);
  const perSearch = passesPerImage(search);
  const selections = chosen.reduce((sum, detector) => sum + detector.ablations.length, 0);
  const atMost = (choices: number): PassCounts => ({
    perturbation: Math.min(choices, perSearch.perturbation),
    scoring: Math.min(choices, perSearch.scoring),
    forward: 1,
  });
  const wave2 = sets.map(({ role, split }) =>
    times(atMost(role === 'in-domain' ? selections * (sets.length - 1) : selections), split.test.length),
  );
  const wave1 = sets.map(({ split }) => times(perSearch, split.validation.length));
  return open.models.flatMap(({ name }: OpenModel): WaveForecast[] => [
    { model: name, wave: 1, passes: wave1.reduce(add) },
    { model: name, wave: 2, passes: wave2.reduce(add) },
  ]);
}

function times(passes: PassCounts, images: number): PassCounts {
  return {
    perturbation: passes.perturbation * images,
    scoring: passes.scoring * images,
    forward: passes.forward * images,
  };
}

function add(a: PassCounts, b: PassCounts): PassCounts {
  return {
    perturbation: a.perturbation + b.perturbation,
    scoring: a.scoring + b.scoring,
    forward: a.forward + b.forward,
  };
}
