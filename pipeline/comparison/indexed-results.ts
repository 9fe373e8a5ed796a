import {
  type FindMetric,
  type ModelOutlierPair,
  mainAblation,
  metricFinder,
  pairsOf,
} from '../reduction/results.js';
import type { RunResults } from '../results/stored-results.js';
import type { SelectionRow } from '../selection/selection-rows.js';
import type { DetectorSide } from './compared-row.js';

/** The results of a run by model, outlier set and detector, without ablations. */
export class IndexedResults {
  /** In the order of the rows. */
  readonly pairs: readonly ModelOutlierPair[];
  readonly #detectors = new Map<string, string[]>();
  readonly #find: FindMetric;
  readonly #chosen: ReadonlyMap<string, SelectionRow>;

  constructor({ metrics, selection }: Pick<RunResults, 'metrics' | 'selection'>) {
    const main = metrics.filter(({ detector, ablation }) => ablation === mainAblation(detector));
    const aurocs = main.filter(({ metric }) => metric === 'auroc');
    this.pairs = pairsOf(aurocs);
    for (const row of aurocs) {
      const key = keyOf(row);
      this.#detectors.set(key, [...(this.#detectors.get(key) ?? []), row.detector]);
    }
    this.#find = metricFinder(main);
    this.#chosen = new Map(
      selection
        .filter(({ detector, ablation }) => ablation === mainAblation(detector))
        .map((row) => [keyOf(row, row.detector), row]),
    );
  }

  /** None where there are no results of the pair. */
  detectorsOf(pair: ModelOutlierPair): readonly string[] {
    return this.#detectors.get(keyOf(pair)) ?? [];
  }

  /** @throws RangeError for a detector that has no results there */
  side(pair: ModelOutlierPair, detector: string): DetectorSide {
    const find = (metric: 'auroc' | 'fpr95') => this.#find(pair, detector, mainAblation(detector), metric);
    const row = find('auroc');
    if (row === undefined) throw new RangeError(`no ROC-AUC of ${detector}`);
    const { value, low, high, standardError, epsilon, temperature, inDomainImages, outlierImages } = row;
    return {
      ...{ auroc: value, low, high, standardError, fpr95: find('fpr95')?.value ?? null },
      ...{ epsilon, temperature, inDomainImages, outlierImages },
    };
  }

  /** The cell that was chosen. @throws RangeError likewise */
  chosen(pair: ModelOutlierPair, detector: string): SelectionRow {
    const row = this.#chosen.get(keyOf(pair, detector));
    if (row === undefined) throw new RangeError(`no cell of ${detector} of ${pair.model} on ${pair.outlier}`);
    return row;
  }
}

function keyOf({ model, outlier }: ModelOutlierPair, ...more: readonly string[]): string {
  return JSON.stringify([model, outlier, ...more]);
}
