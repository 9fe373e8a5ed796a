import { detectorNamed } from '../../stages/detectors/index.js';
import { type Passes, planPasses } from '../../stages/detectors/plan-passes.js';
import type { Grid } from '../../stages/detectors/search.js';
import { plainTemperatures } from '../experiment/grid.js';
import { isFitted } from './fitted.js';
import type { SelectionRow } from './selection-rows.js';

/**
 * What test images need: the chosen cells, and the forward pass at ε = 0 for every temperature (accuracy, MSP and
 * calibration read it), T = 1 included.
 * @param rows those that concern the images: all rows of a model for its in-domain set, one outlier set's else
 */
export function chosenPasses(rows: readonly SelectionRow[], grid: Grid): Passes {
  // What a fitted temperature gives is computed from logits: no pass is of it.
  const searched = rows.filter(({ detector }) => !isFitted(detector));
  const chosen = searched.map(({ detector, epsilon, temperature }) => ({
    cell: { epsilon, temperature },
    needsGradient: detectorNamed(detector).needsGradient,
  }));
  const forward = plainTemperatures(grid).map((temperature) => ({
    cell: { epsilon: 0, temperature },
    needsGradient: false,
  }));
  return planPasses([...chosen, ...forward]);
}
