import { detectorNamed } from '../../stages/detectors/index.js';
import { movesForward } from '../../stages/detectors/plan-passes.js';
import type { Experiment } from '../experiment/experiment.js';
import type { GraphsInUse } from './compiled-graphs.js';

/**
 * Which graphs an experiment's shards are scored with.
 * @param stepsTogether how many ε are scored together, or null for pass by pass
 */
export function graphUse(
  { detectors, grid }: Pick<Experiment, 'detectors' | 'grid'>,
  stepsTogether: number | null,
): GraphsInUse {
  return { stepsTogether, movesForward: movesForward(detectors.map(detectorNamed), grid) };
}
