/** What of one model, or ensemble, is drawn, and by what names. */
export interface ModelView {
  readonly model: string;
  /** Among the models and ensembles of the run, from 0 on. */
  readonly place: number;
  /** Detectors, or measures of an ensemble, that there is room for: at most five, the best first. */
  readonly shown: readonly string[];
  /** As tables have it. */
  readonly titleOf: (detector: string) => string;
  /** Outlier sets in the order of the experiment. */
  readonly outliers: readonly string[];
  /** Every set that is reported on, the in-domain one first. */
  readonly sets: readonly string[];
}
