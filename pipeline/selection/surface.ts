import type { Cell } from '../../stages/cells.js';

/** ROC-AUC of one detector on validation rows, cell by cell. */
export interface DetectorSurface {
  readonly detector: string;
  /** Every cell that any of its ablations searches, in the order in which ties are broken. */
  readonly cells: readonly Cell[];
  /** [cells] */
  readonly aurocs: Float64Array;
}

/** The surfaces of one subject against one pool of outlier sets. */
export interface PoolSurfaces {
  /** A model or an ensemble. */
  readonly model: string;
  /** The sets whose validation rows, taken together, are the outliers. */
  readonly pool: readonly string[];
  /** One a detector. */
  readonly detectors: readonly DetectorSurface[];
}

/**
 * The surfaces of a pool.
 * @throws RangeError where it was not searched
 */
export function surfacesOn(all: readonly PoolSurfaces[], pool: readonly string[]): PoolSurfaces {
  const found = all.find((one) => one.pool.join('\0') === pool.join('\0'));
  if (found === undefined) throw new RangeError(`nothing was searched on ${pool.join(' + ')}`);
  return found;
}
