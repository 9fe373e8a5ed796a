import type { Cell } from '../cells.js';
import type { ScoreColumns } from '../metrics/rows.js';
import type { Detector } from './detector.js';

/**
 * A detector's value for every image of a split at one cell.
 * @returns [images], larger = more out-of-domain; NaN where what the detector reads is missing
 */
export function detectorValues(detector: Detector, columns: ScoreColumns, cell: Cell): Float64Array {
  const { predicted, maxLogit, logOdds, logSG } = columns;
  const values = new Float64Array(logOdds.length);
  // One record, written over for every image: a search asks for hundreds of millions of values.
  const score = { ...cell, predicted: -1, maxLogit: NaN, logOdds: NaN, logSG: null as number | null };
  for (let image = 0; image < values.length; image++) {
    score.predicted = predicted[image] ?? -1;
    score.maxLogit = maxLogit[image] ?? NaN;
    score.logOdds = logOdds[image] ?? NaN;
    score.logSG = logSG === null ? null : (logSG[image] ?? NaN);
    values[image] = detector.value(score);
  }
  return values;
}
