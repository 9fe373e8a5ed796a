import { readFile } from 'node:fs/promises';
import { metricRows } from '../../pipeline/reduction/result-rows.js';
import { normalBelow } from '../../stages/distributions/normal.js';
import type { RunDirectory } from '../../workers/store/run-directory.js';
import { shiftOf } from './made-up-scores.js';

/** How far results are from what scores were made up of. */
export interface Deviations {
  /** How many ROC-AUCs there are, of all models, sets, detectors and ablations. */
  readonly compared: number;
  /** Root mean square of their deviations from what the shifts imply, in standard errors: about 1. */
  readonly typical: number;
  /** The largest of them. */
  readonly largest: number;
}

/** Holds the ROC-AUCs of a reduced run to Φ(shift / √2), which is that of two normal distributions of one variance. */
export async function deviationsOf({ metrics }: RunDirectory): Promise<Deviations> {
  const deviations: number[] = [];
  for (const row of metricRows.decode(await readFile(metrics))) {
    if (row.metric !== 'auroc' || row.standardError === null) continue;
    if (row.detector !== 'MSP' && row.detector !== 'G')
      throw new RangeError(`${row.detector} is not made up`);
    const shift = shiftOf(row.model, row.outlier, row.detector, row);
    deviations.push((row.value - normalBelow(shift / Math.SQRT2)) / row.standardError);
  }
  const squares = deviations.reduce((sum, one) => sum + one * one, 0);
  return {
    compared: deviations.length,
    typical: Math.sqrt(squares / deviations.length),
    largest: deviations.reduce((most, one) => Math.max(most, Math.abs(one)), 0),
  };
}
