/**
 * How long one axis is: N images, C channels, H, W; K classes; D features; L layers; E steps ε; or 1. A graph for several ε gives a row for each ε
 * and image, those of the first ε first: E·N.
 */
export type Axis = 'N' | 'C' | 'H' | 'W' | 'K' | 'D' | 'L' | 'E' | 'E·N' | 1;

/** One input or output of a compiled graph. */
export interface TensorSignature {
  /** What the file calls it. */
  readonly name: string;
  readonly type: 'float32' | 'int64';
  readonly axes: readonly Axis[];
}

/** What a kind of graph takes and gives, by what the program calls it and in the order of the file. */
export interface GraphSignature {
  readonly inputs: Readonly<Record<string, TensorSignature>>;
  readonly outputs: Readonly<Record<string, TensorSignature>>;
  /** Outputs that a graph has only where they are asked for; in the file they follow the logits. */
  readonly optional: Readonly<Record<string, TensorSignature>>;
}

/** Preprocessed images. */
const image = floats('image', 'N', 'C', 'H', 'W');
/** T */
const temperature = floats('temperature', 1);
/** The step of each channel in the network's input space. */
const epsilon = floats('epsilon', 'C');
/** The sign of ∇ₓ(−log S). */
const direction = floats('direction', 'N', 'C', 'H', 'W');
const logits = floats('logits', 'N', 'K');
/** What the last layer reads: logits = features·Wᵀ + b. */
const features = floats('features', 'N', 'D');

/** Every kind of graph that is compiled: the compiler writes these names, and who runs a graph reads them here. */
export const signatures = {
  /** The network alone. */
  forward: { inputs: { image }, outputs: { logits }, optional: { features } },
  /** Logits are those of the image as it is. */
  perturbation: { inputs: { image, temperature }, outputs: { direction, logits }, optional: {} },
  /** The images moved along a direction, image − epsilon · direction: what a forward pass then takes. */
  move: {
    inputs: { image, direction, epsilon },
    outputs: { moved: floats('moved', 'N', 'C', 'H', 'W') },
    optional: {},
  },
  /** At image − epsilon · direction. */
  scoring: {
    inputs: { image, direction, epsilon, temperature },
    outputs: scores('N'),
    optional: layerNorms('N'),
  },
  /** Perturbation and scoring of one ε: the file that users deploy. */
  oneShot: {
    inputs: { image, temperature, epsilon },
    outputs: { ...predictions('N'), ...detectorScores('N') },
    /** Features are those of the perturbed image, as the logits are. */
    optional: { features, ...layerNorms('N') },
  },
  /** What training computes of a batch, its step along the gradient left out. */
  training: {
    inputs: { image },
    outputs: { loss: floats('loss', 1), squaredNorm: floats('squared_norm', 1) },
    optional: {},
  },
  /** Perturbation and scoring of several ε. */
  grid: {
    inputs: { image, temperature, epsilon: floats('epsilon', 'E', 'C') },
    outputs: scores('E·N'),
    optional: layerNorms('E·N'),
  },
} as const satisfies Readonly<Record<string, GraphSignature>>;

/** A kind of graph that is compiled. */
export type SignatureKind = keyof typeof signatures;

/** What the program calls the inputs of a kind of graph. */
export type InputsOf<Kind extends SignatureKind> = keyof (typeof signatures)[Kind]['inputs'];

/** What the program calls the outputs of a kind of graph, and their signatures. */
export type OutputsOf<Kind extends SignatureKind> = (typeof signatures)[Kind]['outputs'];

function floats(name: string, ...axes: readonly Axis[]) {
  return { name, type: 'float32', axes } as const;
}

/** log ‖∂ℓ/∂θ_l‖² of each layer l: the logarithm of the sum of their exponentials is log SG. */
function layerNorms(rows: Axis) {
  return { layerLogNorms: floats('layer_log_norms', rows, 'L') } as const;
}

/** @param rows the axis of images */
function predictions(rows: Axis) {
  return {
    logits: floats(logits.name, rows, 'K'),
    /** ĉ */
    predicted: { name: 'predicted', type: 'int64', axes: [rows] },
  } as const;
}

function detectorScores(rows: Axis) {
  return {
    /** −λ */
    logOdds: floats('log_odds', rows),
    logS: floats('log_s', rows),
    /** log ‖∇_θ ℓ‖² */
    logSG: floats('log_sg', rows),
    logG: floats('log_g', rows),
  } as const;
}

function scores(rows: Axis) {
  return {
    ...predictions(rows),
    maxLogit: floats('max_logit', rows),
    ...detectorScores(rows),
    /** log ‖Jᵀv‖² */
    logNorm: floats('log_norm', rows),
  } as const;
}
