import { compileDetector } from '../../stages/deployment/compile-detector.js';
import { type LoweringPreset, loweringPresets } from '../../stages/lowerings/lowerings.js';
import type { Model } from '../../stages/onnx/model.js';
import { notesOn } from '../../stages/scoring/describe-model.js';
import { epsilonScale } from '../../workers/images/epsilon-scale.js';
import type { Preprocess } from '../../workers/images/preprocess.js';
import { parameterPatterns } from '../experiment/parameter-patterns.js';
import { requireOtherFiles } from '../model/other-files.js';
import { naming } from '../model/read-model.js';
import { type ScorerFiles, writeScorerFiles } from '../model/scorer-files.js';
import { type DetectorChoice, type DetectorOfModel, findDetector } from './found-detector.js';
import { requireSinglePrecision } from './single-precision.js';

/** How the file of a detector is compiled. */
export interface DetectorSettings extends DetectorChoice {
  /** Images in every batch. Default: free. */
  readonly batch?: number | undefined;
  /** Which of several equal forms are emitted: by the provider that they are fastest on. Default: `cpu`. */
  readonly lowerings?: LoweringPreset | undefined;
}

/** What a detector's file says of itself, under `grodin.detector` in its metadata, as JSON. */
const metadataKey = 'grodin.detector';

/** A file that gives verdicts, and what is in it. */
export interface WrittenDetector extends ScorerFiles {
  readonly detector: DetectorDescription;
  /** What users of its verdicts should know, each in one line. */
  readonly notes: readonly string[];
}

/** What a detector is, as its file describes it. */
export interface DetectorDescription {
  readonly detector: string;
  readonly citation: string;
  readonly epsilon: number;
  readonly temperature: number;
  /** Step of each channel in the network's input space, [C]. */
  readonly steps: readonly number[];
  /** δ(α): an image is out of domain where its score is larger. */
  readonly threshold: number;
  readonly alpha: number;
  readonly preprocess: Preprocess;
  readonly model: { readonly name: string; readonly sha256: string };
  readonly experiment: string;
  readonly inDomain: string;
  /** The set that ε and T were chosen for. */
  readonly outliers: string;
  /** Of the run's test images: the fractions that were rejected. */
  readonly rejected: { readonly inDomain: number; readonly outliers: number };
  /** Version that scored the run. */
  readonly grodin: string | null;
}

/**
 * Writes a detector that a run has found as one ONNX file, or two where its weights don't fit in one: `image` float32
 * [N, C, H, W] (preprocessed as its metadata say) → `score` float32 [N], `is_out_of_domain` bool [N] and `predicted` int64 [N],
 * the class of the image as it is.
 * @param file path of the ONNX file that was scored
 * @throws as `findDetector`; InputError where single precision can't tell what the run told; ModelError naming the model; InputError or RunFailedError naming the output
 */
export async function writeDetectorFile(
  file: string,
  output: string,
  { batch, lowerings = 'cpu', ...choice }: DetectorSettings,
): Promise<WrittenDetector> {
  const detector = await findDetector(file, choice);
  await requireOtherFiles(output, detector.files);
  requireSinglePrecision(detector.detector, detector.found, choice.from);
  const description = describeDetector(detector);
  const compiled = (): Model => {
    const model = compileDetector(
      detector.decoded,
      {
        detector: detector.detector,
        temperature: description.temperature,
        steps: description.steps,
        threshold: description.threshold,
      },
      {
        ...parameterPatterns(detector.model),
        ...(batch === undefined ? {} : { batch }),
        lowerings: loweringPresets[lowerings],
      },
    );
    return { ...model, metadata: new Map([...model.metadata, [metadataKey, JSON.stringify(description)]]) };
  };
  const files = await writeScorerFiles(output, { of: file, scorer: naming(file, compiled) });
  const notes = naming(file, () => notesOn(detector.decoded, detector.detector.needsGradient));
  return { ...files, detector: description, notes };
}

function describeDetector({
  revision,
  model,
  detector,
  found,
  preprocess,
  sha256,
}: DetectorOfModel): DetectorDescription {
  const { experiment, software } = revision;
  const { epsilon, temperature, threshold, alpha } = found;
  const scale = epsilonScale(model.preprocess, experiment.perturbation.space);
  return {
    detector: detector.name,
    citation: detector.citation,
    epsilon,
    temperature,
    steps: scale.map((one) => epsilon * one),
    threshold,
    alpha,
    preprocess,
    model: { name: model.name, sha256 },
    experiment: experiment.name,
    inDomain: experiment.inDomain.name,
    outliers: found.outlier,
    rejected: { inDomain: found.inDomainRejected, outliers: found.outlierRejected },
    grodin: software.grodin ?? null,
  };
}
