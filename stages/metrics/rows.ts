import type { Ablation, Cell } from '../cells.js';

/** The metrics of a detector, out-of-domain being the positive class (OpenOOD 1.5's conventions). */
export type Metric = 'auroc' | 'fpr95' | 'aupr-out' | 'aupr-in';

/** The scores of the usable images of one split of one set at one cell, in the split's row order. */
export interface ScoreColumns {
  /** ĉ per image. */
  readonly predicted: Int32Array;
  readonly maxLogit: Float64Array;
  /** −λ. */
  readonly logOdds: Float64Array;
  /** log ‖∇_θ ℓ‖²; null where only the forward pass was run. */
  readonly logSG: Float64Array | null;
}

/** One split (validation or test) of one set, scored by one model. Images that failed anywhere are left out. */
export interface SplitScores {
  readonly set: string;
  /** Number of usable images. */
  readonly size: number;
  /** Class per usable image, −1 where unknown. */
  readonly labels: Int32Array;
  /** Images left out because they could not be read or scored. */
  readonly failed: number;
  /** @throws when the cell was not computed. */
  at(cell: Cell): ScoreColumns;
}

/** One chosen cell: a row of `selection.arrow`. */
export interface SelectionRow {
  readonly model: string;
  readonly outlier: string;
  readonly detector: string;
  readonly ablation: Ablation;
  readonly epsilon: number;
  readonly temperature: number;
  /** ROC-AUC on the validation split at that cell. */
  readonly validationAuroc: number;
}

/** One metric of one detector on the test split: a row of `metrics.arrow`. */
export interface MetricRow {
  readonly model: string;
  readonly outlier: string;
  readonly detector: string;
  readonly ablation: Ablation;
  readonly epsilon: number;
  readonly temperature: number;
  readonly metric: Metric;
  /** On the test split as it is. */
  readonly value: number;
  /** μ and σ (ddof 1) over the first `resamplings.deviation` resamples. */
  readonly mean: number;
  readonly deviation: number;
  /** 95 % percentile interval over `resamplings.interval` resamples. */
  readonly low: number;
  readonly high: number;
  readonly inDomainImages: number;
  readonly outlierImages: number;
}

/** Accuracy of one model on one set (table 3): a row of `accuracy.arrow`. */
export interface AccuracyRow {
  readonly model: string;
  readonly set: string;
  readonly role: 'in-domain' | 'outlier';
  /** Fraction of labelled test images with ĉ = label at ε = 0; null where no image has a label. */
  readonly accuracy: number | null;
  /** Usable test images with a label. */
  readonly labelled: number;
  /** Usable test images. */
  readonly images: number;
  /** Test images left out because they could not be read or scored. */
  readonly failed: number;
  /** Validation images left out likewise. */
  readonly validationFailed: number;
}
