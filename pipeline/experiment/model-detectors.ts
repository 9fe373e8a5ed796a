import type { Detector } from '../../stages/detectors/detector.js';
import { detectorNamed } from '../../stages/detectors/index.js';
import type { Experiment, ExperimentModel } from './experiment.js';

/** The detectors of a model, in the order of the experiment; none of one that is only a member of ensembles. */
export function detectorsOf(
  { detectors }: Pick<Experiment, 'detectors'>,
  { detectors: own = detectors }: Pick<ExperimentModel, 'detectors'>,
): readonly Detector[] {
  return detectors.filter((name) => own.includes(name)).map(detectorNamed);
}
