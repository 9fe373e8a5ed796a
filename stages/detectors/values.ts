import type { Cell } from '../cells.js';
import type { ScoreColumns } from '../metrics/rows.js';
import type { Detector } from './detector.js';

/**
 * A detector's value for every image of a split at one cell.
 * @returns [images], larger = more out-of-domain; NaN where what the detector reads is missing
 */
export function detectorValues(detector: Detector, columns: ScoreColumns, cell: Cell): Float64Array {
  const { predicted, maxLogit, logOdds, logSG } = columns;
  return Float64Array.from(logOdds, (odds, image) =>
    detector.value({
      epsilon: cell.epsilon,
      temperature: cell.temperature,
      predicted: predicted[image] ?? -1,
      maxLogit: maxLogit[image] ?? NaN,
      logOdds: odds,
      logSG: logSG === null ? null : (logSG[image] ?? NaN),
    }),
  );
}
