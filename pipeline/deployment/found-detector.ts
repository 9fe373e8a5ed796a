import type { Detector } from '../../stages/detectors/detector.js';
import { detectorNamed, usualDetectors } from '../../stages/detectors/index.js';
import { ensembleMeasures } from '../../stages/ensembles/measures.js';
import { InputError } from '../../stages/errors.js';
import type { Model } from '../../stages/onnx/model.js';
import { call, setting } from '../../stages/setting.js';
import { inWords, listed, shown } from '../../stages/shown.js';
import { changedPreprocess, type Preprocess } from '../../workers/images/preprocess.js';
import { runDirectory } from '../../workers/store/run-directory.js';
import type { ThresholdRow } from '../analyses/threshold-rows.js';
import type { ExperimentModel } from '../experiment/experiment.js';
import { readHashedModel } from '../model/read-model.js';
import { mainAblation } from '../reduction/results.js';
import { readResults } from '../results/stored-results.js';
import { readLatestRevision, type WrittenRevision } from '../store/revisions.js';

/** Which detector of a finished run is meant. */
export interface DetectorChoice {
  /** The run directory. */
  readonly from: string;
  /** Name of the detector, for example `G`. */
  readonly detector: string;
  /** The outlier set that its cell was chosen for. Default: the only one. */
  readonly outliers?: string | undefined;
  /** Name of the model in the experiment, where several are of the same file. Default: the only one. */
  readonly model?: string | undefined;
}

/** A detector of a finished run, for images that are preprocessed as its in-domain images were. */
interface FoundDetector {
  readonly revision: WrittenRevision;
  readonly model: ExperimentModel;
  readonly detector: Detector;
  /** Its cell, δ(α), and what it rejected of the test images. */
  readonly found: ThresholdRow;
  readonly preprocess: Preprocess;
}

/** A detector, and the model that it was found for. */
export interface DetectorOfModel extends FoundDetector {
  readonly decoded: Model;
  readonly sha256: string;
  /** Paths of all files that the model is in. */
  readonly files: readonly string[];
}

/**
 * Finds a detector in the results of a run, by the content of the model's file.
 * @param file path of the ONNX file that was scored, wherever it lies now
 * @throws InputError where the run has no such model, detector or set, or no threshold for it
 * @throws RunFailedError where the run is not finished
 */
export async function findDetector(file: string, choice: DetectorChoice): Promise<DetectorOfModel> {
  const directory = runDirectory(choice.from);
  const revision = await readLatestRevision(directory);
  const { experiment } = revision;
  const { ensembles = [] } = experiment;
  const detector = ofOneNetwork(choice.detector, choice.from);
  const ensemble = ensembles.find(({ name }) => name === choice.model);
  if (ensemble)
    throw new InputError(
      `${choice.from}: ${shown(ensemble.name)} is an ensemble of ${inWords(ensemble.models.map(shown))}, and a detector is deployed of one network; name one of these`,
    );
  const named = experiment.models.filter(({ name }) => (choice.model ?? name) === name);
  if (named.length === 0) throw notOf('model', choice.model ?? '', experiment.models, choice.from);
  // What a model leaves open, and is said in the experiment, changes how it is read, not its content.
  const read = await readHashedModel(file, named[0]);
  const alike = named.filter(({ name }) => revision.models[name] === read.sha256);
  const [model] = alike;
  if (model === undefined)
    throw new InputError(
      `${file}: is none of the models of ${choice.from}, which are ${namesOf(named)}; give the very file that was scored`,
    );
  if (alike.length > 1)
    throw new InputError(
      `${file}: is several models of ${choice.from}, ${namesOf(alike)}; say which with ${setting('modelName')}`,
    );
  const outliers = experiment.outliers.filter(({ name }) => (choice.outliers ?? name) === name);
  const [outlier] = outliers;
  if (outlier === undefined)
    throw notOf('outlier set', choice.outliers ?? '', experiment.outliers, choice.from);
  if (outliers.length > 1)
    throw new InputError(
      `${choice.from}: has several outlier sets, ${namesOf(outliers)}; say which one ε and T are to be those of with ${setting('outliers')}`,
    );
  const { analyses } = await readResults({ directory, revision, experiment });
  const found = analyses.thresholds.find(
    (row) =>
      row.model === model.name &&
      row.outlier === outlier.name &&
      row.detector === detector.name &&
      row.ablation === mainAblation(detector.name),
  );
  if (found === undefined) throw runWithout(detector.name, model, experiment.detectors, choice.from);
  if (!Number.isFinite(found.threshold))
    throw new InputError(
      `${choice.from}: there is no threshold of ${detector.name} at α = ${found.alpha}: ${found.validationImages} in-domain validation images are too few; give more, or a larger "alpha" in its experiment, and ${call('run')}`,
    );
  const { model: decoded, files } = model === named[0] ? read : await readHashedModel(file, model);
  return {
    ...{ revision, model, detector, found, decoded, files, sha256: read.sha256 },
    preprocess: changedPreprocess(model.preprocess, experiment.inDomain.preprocess),
  };
}

/** What to say where a run has no scores of a detector for a model. */
function runWithout(
  detector: string,
  { name, detectors: own }: ExperimentModel,
  all: readonly string[],
  run: string,
): InputError {
  const isOfOthers = own !== undefined && all.includes(detector);
  const had = own ?? all;
  const what =
    had.length > 0
      ? `without the detector ${detector}, but with ${had.join(', ')}`
      : 'without detectors, as a member of ensembles alone';
  const subject = isOfOthers ? `its model ${shown(name)} was run` : 'was run';
  const where = isOfOthers ? '"detectors" of that model' : '"detectors"';
  return new InputError(
    `${run}: ${subject} ${what}; add ${detector} to ${where} in its experiment, and ${call('run')}`,
  );
}

/** @throws InputError for a measure of ensembles; UnknownDetectorError */
function ofOneNetwork(name: string, run: string): Detector {
  if (ensembleMeasures.some((measure) => measure.name === name))
    throw new InputError(
      `${run}: ${name} is a measure of ensembles, of what several networks say together, and can't be deployed as one; name a detector of one network, as ${usualDetectors.join(', ')}`,
    );
  return detectorNamed(name);
}

function notOf(
  what: string,
  name: string,
  all: readonly { readonly name: string }[],
  run: string,
): InputError {
  return new InputError(`${run}: has no ${what} ${shown(name)}; it has ${namesOf(all)}`);
}

const namesOf = (all: readonly { readonly name: string }[]): string => listed(all.map(({ name }) => name));
