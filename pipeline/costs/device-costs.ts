/** What a score of one model costs beside an inference and a training step of the same network. */
export interface ModelCosts {
  readonly name: string;
  /** Of the model's file and its external data (hex). */
  readonly sha256: string;
  /** Another model of the experiment whose network has the same structure, and was measured for both; else null. */
  readonly sameAs: string | null;
  /** Seconds an image in the fastest of some rounds; null where it could not be measured, as the next ones. */
  readonly inference: number | null;
  readonly perturbation: number | null;
  readonly scoring: number | null;
  readonly training: number | null;
  /** Perturbation and scoring in inferences. */
  readonly inferences: number | null;
  /** The same in training steps. */
  readonly trainingSteps: number | null;
  /** Why there is no training step, or nothing at all; null where all was measured. */
  readonly problem: string | null;
}

/** What was measured of a run's models on one device, at the run's batch size. */
export interface DeviceCosts {
  /** As `--device` has it. */
  readonly device: string;
  readonly processor: string;
  readonly engine: string;
  readonly engineVersion: string;
  readonly provider: string;
  readonly precision: string;
  readonly threads: number;
  /** Images of a batch. */
  readonly batch: number;
  /** YYYY-MM-DD */
  readonly date: string;
  readonly models: readonly ModelCosts[];
}
