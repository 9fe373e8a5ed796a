/**
 * Experiments as types that need nothing to be understood: before and after they are read, and as they are run. That they are
 * what the schemas say (`schema.ts`, `resolved-schema.ts`) is checked by every build (`test/library/expectations.ts`).
 */
import type { CorruptionInput, CorruptionSetting } from '../../manifests/imagenet/corruptions.js';
import type { PublishedEnsemble, PublishedModel, PublishedSet } from '../../manifests/paper/published.js';
import type { Preprocess, PreprocessChange, PreprocessInput } from '../../workers/images/preprocess.js';

/** What every set of an experiment has that was read. */
export interface ListedSet {
  readonly name: string;
  /** Absolute path. */
  readonly manifest: string;
  /** The corruption that its images are given first; absent where they are taken as they are. */
  readonly corrupt?: CorruptionSetting | undefined;
  /** What is otherwise for its images than in a model's preprocessing; absent where nothing is. */
  readonly preprocess?: PreprocessChange | undefined;
}

/** One set of an experiment that was read. */
export interface ExperimentSet extends ListedSet {
  /** How many rows are drawn to choose ε and T; absent where none are, since they are chosen on other sets. */
  readonly validation?: number | undefined;
  /** How many rows are reported on; null for all that remain. */
  readonly test: number | null;
  /** Whether accuracy is also told among the classes alone that its labels name. */
  readonly ownClasses?: true | undefined;
  /** The validation set, outlier set or group whose validation rows ε and T are chosen on; absent for the set's own. */
  readonly selectOn?: string | undefined;
  /** The corruption that the images are of, for example `fog`; absent where they are of none. */
  readonly corruption?: string | undefined;
  /** How strong the corruption is, from 1 on. */
  readonly severity?: number | undefined;
  /** Which set of the paper it is; absent where it is none. */
  readonly published?: PublishedSet | undefined;
}

/** A set that ε and T are chosen on, and that nothing is reported on. */
export interface ValidationSet extends ListedSet {
  /** How many rows are drawn; absent for all. */
  readonly validation?: number | undefined;
}

/** A set of in-domain images that look otherwise; with `inDomain` they make the full spectrum. */
export interface ShiftedSet extends ListedSet {
  /** How many rows are reported on; null for all. */
  readonly test: number | null;
  /** Whether accuracy is also told among the classes alone that its labels name. */
  readonly ownClasses?: true | undefined;
}

/** Models whose predictions are taken together. */
export interface ModelEnsemble {
  readonly name: string;
  /** Names of models, two or more. */
  readonly models: readonly string[];
  /** Of which of the paper's models it is the ensemble; absent where of none. */
  readonly published?: PublishedEnsemble | undefined;
}

/** Outlier sets that are averaged. */
export interface SetGroup {
  readonly name: string;
  /** Names of outlier sets. */
  readonly sets: readonly string[];
}

/** One model of an experiment that was read. */
export interface ExperimentModel {
  readonly name: string;
  /** Absolute path of the ONNX file. */
  readonly file: string;
  /** Name of the output that is scored; absent where only one can be logits. */
  readonly output?: string | undefined;
  /** Pixels that a model which leaves them free is scored at; absent where the crop decides, or the file. */
  readonly size?: readonly [height: number, width: number] | undefined;
  readonly preprocess: Preprocess;
  /** Name patterns. */
  readonly parameters: readonly string[];
  readonly tie: readonly string[];
  readonly untie: readonly string[];
  /** Absent where none is given. */
  readonly literals?: readonly string[] | undefined;
  readonly trainable?: readonly string[] | undefined;
  /** Which model of the paper it is; absent where it is none. */
  readonly published?: PublishedModel | undefined;
  /** Those of the experiment's detectors that the model has; absent where it has all. */
  readonly detectors?: readonly string[] | undefined;
}

/** An experiment file that was read: every default filled in, every path absolute, preprocessing spelt out. */
export interface Experiment {
  readonly name: string;
  readonly models: readonly ExperimentModel[];
  readonly inDomain: ExperimentSet;
  readonly outliers: readonly ExperimentSet[];
  /** Absent where there are none. */
  readonly validationSets?: readonly ValidationSet[] | undefined;
  readonly covariateShifted?: readonly ShiftedSet[] | undefined;
  readonly groups?: readonly SetGroup[] | undefined;
  readonly ensembles?: readonly ModelEnsemble[] | undefined;
  readonly detectors: readonly string[];
  /** Ascending. */
  readonly grid: { readonly epsilon: readonly number[]; readonly temperature: readonly number[] };
  readonly perturbation: { readonly space: 'pixel' | 'normalized' };
  /** Whether scores come with log SG of each parameter of θ alone. */
  readonly layerNorms: boolean;
  /** Whether the logits of every image at ε = 0 are kept, or what detectors read of them; absent as before they could be. */
  readonly logits?: boolean | 'summaries' | undefined;
  readonly seed: number;
  readonly resamplings: { readonly deviation: number; readonly interval: number };
  /** The fraction of in-domain images that thresholds may reject; absent for 0.05. */
  readonly alpha?: number | undefined;
  /** Nominal work in one shard. */
  readonly shardSeconds: number;
  readonly maxBadFraction: number;
  /** Null for as many images as fit in memory. */
  readonly batchSize: number | null;
  /** Bytes; null for no bound. */
  readonly memory: number | null;
  readonly maxPixels: number;
  readonly device: string;
  /** Null for one a core. */
  readonly workers: number | null;
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

/** What every set has as it is written. */
export interface ListedSetInput {
  readonly name: string;
  /** Path of the manifest. */
  readonly manifest: string;
  /** A corruption of ImageNet-C and its severity, for example `glass_blur:5`, or all of it. */
  readonly corrupt?: string | CorruptionInput | undefined;
  readonly preprocess?: PreprocessChange | undefined;
}

/** One set as it is written. */
export interface ExperimentSetInput extends ListedSetInput {
  readonly validation?: number | undefined;
  readonly test?: number | null | undefined;
  readonly ownClasses?: true | undefined;
  readonly selectOn?: string | undefined;
  readonly corruption?: string | undefined;
  readonly severity?: number | undefined;
  readonly published?: PublishedSet | undefined;
}

/** One validation set as it is written. */
export interface ValidationSetInput extends ListedSetInput {
  readonly validation?: number | undefined;
}

/** One covariate-shifted set as it is written. */
export interface ShiftedSetInput extends ListedSetInput {
  readonly test?: number | null | undefined;
  readonly ownClasses?: true | undefined;
}

/** One model as it is written. */
export interface ExperimentModelInput {
  readonly name: string;
  /** Path of the ONNX file. */
  readonly file: string;
  readonly output?: string | undefined;
  readonly size?: readonly [height: number, width: number] | undefined;
  /** A preset, the path of a JSON file, or the preprocessing itself. */
  readonly preprocess: string | PreprocessInput;
  readonly parameters?: readonly string[] | undefined;
  readonly tie?: readonly string[] | undefined;
  readonly untie?: readonly string[] | undefined;
  readonly literals?: readonly string[] | undefined;
  readonly trainable?: readonly string[] | undefined;
  readonly published?: PublishedModel | undefined;
  /** Default: those of the experiment. */
  readonly detectors?: readonly string[] | undefined;
}

/** Evenly spaced values, both ends included. */
export interface Spacing {
  readonly from: number;
  readonly to: number;
  readonly points: number;
}

/** An experiment as it is written (docs/experiments.md): what has a default may be left out. */
export interface ExperimentInput {
  readonly name?: string | undefined;
  readonly models: readonly ExperimentModelInput[];
  readonly inDomain: ExperimentSetInput;
  readonly outliers: readonly ExperimentSetInput[];
  readonly validationSets?: readonly ValidationSetInput[] | undefined;
  readonly covariateShifted?: readonly ShiftedSetInput[] | undefined;
  readonly groups?: readonly SetGroup[] | undefined;
  readonly ensembles?: readonly ModelEnsemble[] | undefined;
  readonly detectors?: readonly string[] | undefined;
  readonly grid?:
    | {
        readonly epsilon?: readonly number[] | Spacing | undefined;
        readonly temperature?: readonly number[] | undefined;
      }
    | undefined;
  readonly perturbation?: { readonly space?: 'pixel' | 'normalized' | undefined } | undefined;
  readonly layerNorms?: boolean | undefined;
  /** `true`, the default, and `all` say the same. */
  readonly logits?: boolean | 'all' | 'summaries' | undefined;
  readonly seed?: number | undefined;
  readonly resamplings?:
    | { readonly deviation?: number | undefined; readonly interval?: number | undefined }
    | undefined;
  /** Default: 0.05. */
  readonly alpha?: number | undefined;
  readonly batchSize?: number | null | undefined;
  /** For example `4GB`. */
  readonly memory?: string | null | undefined;
  readonly maxPixels?: number | undefined;
  readonly device?: string | undefined;
  readonly workers?: number | null | undefined;
  readonly shardSeconds?: number | undefined;
  readonly maxBadFraction?: number | undefined;
}
