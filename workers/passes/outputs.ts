import { signatures, type TensorSignature } from '../../stages/scoring/signature.js';
import { type HostTensor, outputNamed } from '../engines/engine.js';

/** What the network says of a batch of N images. */
export interface Logits {
  /** [N·K], those of the first image first. */
  readonly logits: Float32Array;
  /** K */
  readonly classes: number;
}

/** What the last layer reads of a batch of N images: logits = features·Wᵀ + b. */
export interface Features {
  /** [N·D], those of the first image first. */
  readonly features: Float32Array;
  /** D */
  readonly size: number;
}

type Data<Tensor extends TensorSignature> = Tensor['type'] extends 'int64' ? BigInt64Array : Float32Array;

type ScoringOutputs = typeof signatures.scoring.outputs;

/** All that a scoring pass gives, one number for each image where it is not said otherwise. */
export type Scores = Logits & { readonly [Key in keyof ScoringOutputs]: Data<ScoringOutputs[Key]> } & {
  /** log SG of each layer alone, [N·L], those of the first image first; null where the graph does not give it. */
  readonly layerLogNorms: Float32Array | null;
};

type Outputs = Readonly<Record<string, HostTensor>>;

/** The logits of any graph. @throws TypeError where it has none, or not float32: a defect of the compiler */
export function logitsOf(outputs: Outputs): Logits {
  const { name } = signatures.forward.outputs.logits;
  const [, classes = 0] = outputNamed(outputs, name).dims;
  return { logits: floatsOf(outputs, name), classes };
}

/** The features of a graph that gives them. @throws TypeError where it was compiled without, or they are not float32 */
export function featuresOf(outputs: Outputs): Features {
  const { name } = signatures.forward.optional.features;
  const [, size = 0] = outputNamed(outputs, name).dims;
  return { features: floatsOf(outputs, name), size };
}

/** What a scoring pass gave, of one ε or of several. @throws TypeError where something is missing, or of another type */
export function scoresOf(outputs: Outputs): Scores {
  const { predicted, ...floats } = signatures.scoring.outputs;
  const { layerLogNorms } = signatures.scoring.optional;
  const numbers = (key: keyof typeof floats): Float32Array => floatsOf(outputs, floats[key].name);
  return {
    ...logitsOf(outputs),
    predicted: integersOf(outputs, predicted.name),
    maxLogit: numbers('maxLogit'),
    logOdds: numbers('logOdds'),
    logS: numbers('logS'),
    logSG: numbers('logSG'),
    logG: numbers('logG'),
    logNorm: numbers('logNorm'),
    layerLogNorms: layerLogNorms.name in outputs ? floatsOf(outputs, layerLogNorms.name) : null,
  };
}

/** The scores of each ε from those of all, sharing their memory. */
export function scoresByStep(scores: Scores, steps: number): readonly Scores[] {
  return Array.from({ length: steps }, (_, step) => {
    const part = <Numbers extends Float32Array | BigInt64Array>(numbers: Numbers): Numbers => {
      const size = numbers.length / steps;
      return numbers.subarray(step * size, (step + 1) * size) as Numbers;
    };
    return {
      logits: part(scores.logits),
      classes: scores.classes,
      predicted: part(scores.predicted),
      maxLogit: part(scores.maxLogit),
      logOdds: part(scores.logOdds),
      logS: part(scores.logS),
      logSG: part(scores.logSG),
      logG: part(scores.logG),
      logNorm: part(scores.logNorm),
      layerLogNorms: scores.layerLogNorms && part(scores.layerLogNorms),
    };
  });
}

function floatsOf(outputs: Outputs, name: string): Float32Array {
  const { data } = outputNamed(outputs, name);
  if (data instanceof Float32Array) return data;
  throw new TypeError(`output ${name} of the compiled graph is not float32`);
}

function integersOf(outputs: Outputs, name: string): BigInt64Array {
  const { data } = outputNamed(outputs, name);
  if (data instanceof BigInt64Array) return data;
  throw new TypeError(`output ${name} of the compiled graph is not int64`);
}
