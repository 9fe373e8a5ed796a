import type { Preprocess } from '../../workers/images/preprocess.js';

/** A validated experiment: every default filled in, every path absolute. */
export interface Experiment {
  readonly name: string;
  readonly models: readonly ExperimentModel[];
  readonly inDomain: ExperimentSet;
  readonly outliers: readonly ExperimentSet[];
  /** Detector names, in the order of the tables' columns. */
  readonly detectors: readonly string[];
  readonly grid: { readonly epsilon: readonly number[]; readonly temperature: readonly number[] };
  /** In which space ε is a step: pixels in [0, 1] (divided by the channel's std), or the normalised input. */
  readonly perturbation: { readonly space: 'pixel' | 'normalized' };
  readonly seed: number;
  /** Bootstrap resamplings behind σ, and behind the 95 % percentile interval. */
  readonly resamplings: { readonly deviation: number; readonly interval: number };
  /** Images in a batch, or null for as many as fit in memory, at most 32. */
  readonly batchSize: number | null;
  /** Bytes that the pool process may take, or null where they are not bounded. */
  readonly memory: number | null;
  /** Images of more pixels are not decoded: they count as bad. */
  readonly maxPixels: number;
  /** What the scores are made on, as `--device` writes it. */
  readonly device: string;
  /** Workers on the CPU, or null for one a core. */
  readonly workers: number | null;
  /** Nominal seconds of work in one shard. */
  readonly shardSeconds: number;
  /** A run fails when more than this fraction of its images could not be used. */
  readonly maxBadFraction: number;
}

/** An experiment as it is run: its batch size is settled, and what only bounds resources is left out. */
export interface PlannedExperiment
  extends Omit<Experiment, 'batchSize' | 'memory' | 'maxPixels' | 'device' | 'workers'> {
  readonly batchSize: number;
  /** How many ε of one temperature are scored together; absent for pass by pass. */
  readonly stepsTogether?: number;
  /** The class of engine that scores are made by. */
  readonly engine: string;
}

export interface ExperimentModel {
  readonly name: string;
  /** Absolute path of the ONNX file. */
  readonly file: string;
  readonly preprocess: Preprocess;
  /** Name patterns (`*` = any characters) that restrict θ; `role:ROLE` selects by role. */
  readonly parameters: readonly string[];
  readonly tie: readonly string[];
  readonly untie: readonly string[];
}

export interface ExperimentSet {
  readonly name: string;
  /** Absolute path of the manifest. */
  readonly manifest: string;
  /** Rows drawn for validation (by base image). */
  readonly validation: number;
  /** Rows kept for the test split, or null for all that remain. */
  readonly test: number | null;
}
