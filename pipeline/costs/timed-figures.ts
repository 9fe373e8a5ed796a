import { spreadOf } from '../../workers/bench/measurement-spread.js';
import type { PassKind } from '../../workers/bench/pass.js';
import type { PassTimes } from '../../workers/bench/time-passes.js';
import type { ModelCosts } from './device-costs.js';

/** What is timed of one network, or follows from it. */
export type TimedFigures = Omit<ModelCosts, 'name' | 'sha256' | 'sameAs' | 'problem'>;

/**
 * What passes of a batch come to for one image.
 * @param times seconds of each run, of some kinds of passes
 */
export function figuresOf(
  times: readonly Pick<PassTimes, 'kind' | 'seconds'>[],
  batch: number,
): TimedFigures {
  // What else the machine does meanwhile only adds to the time of a pass, and more to that of long ones.
  const least = (kind: PassKind): number | null => {
    const seconds = times.find((time) => time.kind === kind)?.seconds;
    return seconds === undefined ? null : spreadOf(seconds).least / batch;
  };
  const [inference, perturbation, scoring] = [least('plain'), least('perturbation'), least('scoring')];
  const training = least('training');
  const over = (unit: number | null): number | null =>
    unit === null || perturbation === null || scoring === null ? null : (perturbation + scoring) / unit;
  return {
    ...{ inference, perturbation, scoring, training },
    ...{ inferences: over(inference), trainingSteps: over(training) },
  };
}
