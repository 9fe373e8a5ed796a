import { RunFailedError } from '../errors.js';
import type { OpenRun } from './open-run.js';

/**
 * Checks the images that could not be used against `maxBadFraction` of all images of the run, counted once for
 * each model that scores them.
 * @param failures message by image
 * @throws RunFailedError when there are too many; their scores are kept
 */
export function checkBadImages(run: OpenRun, failures: ReadonlyMap<string, string>): void {
  const { models, sets, experiment } = run;
  const perModel = sets.reduce((sum, { split }) => sum + split.validation.length + split.test.length, 0);
  const total = perModel * models.length;
  if (failures.size <= experiment.maxBadFraction * total) return;
  const [first] = failures.values();
  throw new RunFailedError(
    `${failures.size} of ${total} images could not be used, more than maxBadFraction ${experiment.maxBadFraction} ` +
      `allows (the first: ${first}); scores are kept: mend the images and run again with --retry-failed, or raise ` +
      '"maxBadFraction" and run again',
  );
}
