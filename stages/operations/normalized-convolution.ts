import { ModelError } from '../errors.js';
import { add, multiply, subtract } from '../graph/arithmetic.js';
import { type GraphBuilder, int, type Value } from '../graph/builder.js';
import { conv as emitConv } from '../graph/convolution.js';
import { reshape } from '../graph/layout.js';
import { matMul } from '../graph/matrix.js';
import { reduceSum, squaredNormPerImage } from '../graph/reduction.js';
import { sizeOf } from '../graph/shape.js';
import { floatAttribute } from '../import/attributes.js';
import { batchSum, timesFactors } from '../lowerings/batch-gradient.js';
import { convolutionInputGradient } from '../lowerings/input-gradient.js';
import { positionSum } from '../lowerings/position-sum.js';
import {
  batchWeightGradient,
  chooseNormForm,
  hasGradientAtHand,
  weightGradient,
  weightNorm,
} from '../lowerings/weight-norm.js';
import type { FloatTensor } from '../onnx/model.js';
import { listed } from '../shown.js';
import { deviations } from './batch-normalization.js';
import { checkedGeometry, geometry, kernelSize, layerOf } from './conv.js';
import { alsoOverRows } from './one-axis.js';
import { constantAt, valueAt } from './operands.js';
import type { BackwardContext, NodeContext } from './operation.js';
import { alsoOverWindows } from './windows.js';

/**
 * A convolution whose output only a BatchNormalization reads, as one convolution: y = γ·(W∗x + b − μ)/√(σ² + ε) + β.
 * Inputs: x, W, b or none, γ, β, μ, σ². Weight, bias, γ and β each have their own gradient, all of them from Σ over
 * positions of δ·(what a window saw) and of δ, without a division by γ where that would lose digits.
 */
export const normalizedConvolution = alsoOverRows(
  alsoOverWindows(
    {
      type: 'Conv + BatchNormalization',
      inputs: [7, 7],
      slots: {
        1: { parameter: 'convolution-weight' },
        2: { parameter: 'convolution-bias' },
        3: { parameter: 'scale' },
        4: { parameter: 'shift' },
        5: { statistic: 'running mean' },
        6: { statistic: 'running variance' },
      },
      weighted: true,
      forward(context) {
        const { window, groups } = checkedGeometry(context);
        const { builder: b } = context;
        const kernels = constantAt(context, 1).dims[0];
        for (const slot of [3, 4, 5, 6]) {
          const { dims } = constantAt(context, slot);
          if (String(dims) !== String(kernels))
            throw new ModelError(
              `input ${slot - 2} of the BatchNormalization has shape [${listed(dims)}], expected [${kernels}]`,
            );
        }
        const weight = foldedWeight(context);
        const { shift } = normalization(context);
        const bias = b.floats([shift.length], shift);
        return [emitConv(b, valueAt(context, 0), b.floats(weight.dims, weight.data), bias, window, groups)];
      },
      backward(context) {
        const { window, groups } = geometry(context);
        return convolutionInputGradient(
          context,
          foldedWeight(context),
          window,
          groups,
          valueAt(context, 0).shape,
        );
      },
      parameter(context, slot) {
        const { builder: b, lowerings } = context;
        const { scale } = normalization(context);
        const deltas = () => positionSum(b, context.cotangent, lowerings);
        const layer = layerOf(context);
        switch (slot) {
          case 1: {
            const kernels = constantAt(context, 1).dims;
            const factors = b.floats([kernels[0] ?? 1, ...kernels.slice(1).map(() => 1)], scale);
            return {
              squaredNorm: () => weightNorm(b, layer, chooseNormForm(layer), scale),
              gradient: () => multiply(b, reshape(b, weightGradient(b, layer), ['N', ...kernels]), factors),
              batchGradient: () =>
                timesFactors(b, reshape(b, batchWeightGradient(b, layer), kernels), factors),
            };
          }
          case 2: {
            const gradient = () => multiply(b, deltas(), b.floats([1, scale.length], scale));
            return { gradient, squaredNorm: () => squaredNormPerImage(b, gradient()) };
          }
          case 3: {
            const gradient = () => scaleGradient(context, deltas());
            const batchGradient = () => batchScaleGradient(context, deltas());
            return { gradient, batchGradient, squaredNorm: () => squaredNormPerImage(b, gradient()) };
          }
          default:
            return { gradient: deltas, squaredNorm: () => squaredNormPerImage(b, deltas()) };
        }
      },
    },
    kernelSize,
  ),
  1,
);

interface Normalization {
  /** γ/√(σ² + ε) of each kernel. */
  readonly scale: Float32Array;
  /** (b − μ) · scale + β of each kernel. */
  readonly shift: Float32Array;
  /** (b − μ)/√(σ² + ε): x̂ where W∗x is 0. */
  readonly offset: Float64Array;
  /** √(σ² + ε) */
  readonly deviation: Float64Array;
}

function normalization(context: NodeContext): Normalization {
  const deviation = deviations(context, 6);
  const [gamma, beta, mean] = [3, 4, 5].map((slot) => constantAt(context, slot).data);
  const bias = context.operands[2] ? constantAt(context, 2).data : null;
  const offset = deviation.map((root, kernel) => ((bias?.[kernel] ?? 0) - (mean?.[kernel] ?? 0)) / root);
  const scale = Float32Array.from(deviation, (root, kernel) => (gamma?.[kernel] ?? 0) / root);
  const shift = Float32Array.from(
    offset,
    (value, kernel) => value * (gamma?.[kernel] ?? 0) + (beta?.[kernel] ?? 0),
  );
  return { scale, shift, offset, deviation };
}

interface Folded {
  readonly gamma: Float32Array;
  readonly variance: Float32Array;
  readonly epsilon: number;
  readonly weight: FloatTensor;
}

/** By the kernels' elements: one convolution may be followed by several normalisations. */
const foldedCache = new WeakMap<Float32Array, Folded[]>();

/** W · γ/√(σ² + ε); the same tensor each time, so that passes share it. */
function foldedWeight(context: NodeContext): FloatTensor {
  const weight = constantAt(context, 1);
  const gamma = constantAt(context, 3).data;
  const variance = constantAt(context, 6).data;
  const epsilon = floatAttribute(context.node, 'epsilon', 1e-5);
  const forms = foldedCache.get(weight.data) ?? [];
  foldedCache.set(weight.data, forms);
  const known = forms.find(
    (form) => form.gamma === gamma && form.variance === variance && form.epsilon === epsilon,
  );
  if (known) return known.weight;
  const folded = scaledRows(weight, normalization(context).scale);
  forms.push({ gamma, variance, epsilon, weight: folded });
  return folded;
}

function scaledRows({ dims, data }: FloatTensor, scale: ArrayLike<number>): FloatTensor {
  const elements = data.length / (dims[0] ?? 1);
  return {
    type: 'float32',
    dims,
    data: data.map((value, index) => value * (scale[Math.floor(index / elements)] ?? 0)),
  };
}

/**
 * ∂γ = Σ δ·x̂ over positions, [N, O]. Where the weight's gradient is at hand: Σ δ·(W∗x) = ⟨Σ δ·window, W⟩. Else from the
 * output: Σ δ·x̂ = (Σ δ·y − β·Σ δ)/γ, but from x̂ itself for the kernels whose γ is so small beside β that y has lost
 * x̂'s digits.
 * @param deltas Σ δ over positions, [N, O]
 */
function scaleGradient(context: BackwardContext, deltas: Value): Value {
  const { builder: b, lowerings } = context;
  const { deviation, offset } = normalization(context);
  const layer = layerOf(context);
  const row = (values: Float32Array) => b.floats([1, values.length], values);
  if (hasGradientAtHand(chooseNormForm(layer))) {
    const { data } = constantAt(context, 1);
    const kernels = deviation.length;
    const normalized = normalizedWeight(context);
    const shape = [1, layer.groups, kernels / layer.groups, data.length / kernels];
    const products = multiply(b, weightGradient(b, layer), b.floats(shape, normalized.data));
    const inner = reshape(b, reduceSum(b, products, [3]), ['N', kernels]);
    return add(b, inner, multiply(b, deltas, row(Float32Array.from(offset))));
  }
  const gamma = constantAt(context, 3).data;
  const beta = constantAt(context, 4).data;
  const digits = keptDigits[lowerings.precision];
  const lost = gamma.map((factor, kernel) => (keepsDigits(factor, beta[kernel] ?? 0, digits) ? 0 : 1));
  const products = positionSum(b, multiply(b, context.cotangent, context.gated), lowerings);
  const inverse = gamma.map((factor, kernel) => (lost[kernel] ? 0 : 1 / factor));
  const centred = subtract(b, products, multiply(b, deltas, row(beta)));
  const kept = multiply(b, centred, row(inverse));
  const rows = [...lost.keys()].filter((kernel) => lost[kernel]);
  return rows.length === 0 ? kept : add(b, kept, recomputedScaleGradient(context, rows));
}

/** Its sum over the batch, [O], for which the weight's gradient is at hand always. */
function batchScaleGradient(context: BackwardContext, deltas: Value): Value {
  const { builder: b } = context;
  const { offset } = normalization(context);
  const { data } = normalizedWeight(context);
  const kernels = offset.length;
  const products = timesFactors(
    b,
    batchWeightGradient(b, layerOf(context)),
    b.floats([kernels, data.length / kernels], data),
  );
  const scaled = timesFactors(b, batchSum(b, deltas), b.floats([kernels], Float32Array.from(offset)));
  return add(b, rowSum(b, products), scaled);
}

/** Σ over columns of what images have a part in, [O, …] → [O]. */
function rowSum(b: GraphBuilder, x: Value): Value {
  const shape = [sizeOf(x.shape, 0)];
  return b.emit('ReduceSum', [x, b.integers([1])], { keepdims: int(0) }, { shape, ofImages: true });
}

/** W/√(σ² + ε) */
function normalizedWeight(context: NodeContext): FloatTensor {
  const { dims, data } = constantAt(context, 1);
  const { deviation } = normalization(context);
  return scaledRows(
    { type: 'float32', dims, data },
    deviation.map((root) => 1 / root),
  );
}

/** How many times γ the shift β may be: y, rounded to 2⁻²⁴ or 2⁻¹², then has x̂ to 2⁻¹⁶, or to 2⁻⁹. */
const keptDigits = { single: 256, half: 8 };

/** y = γ·x̂ + β has x̂ to enough digits, and γ is a normal number with a normal inverse. */
function keepsDigits(gamma: number, beta: number, times: number): boolean {
  return Math.abs(gamma) >= Math.max(Math.abs(beta) / times, 2 ** -100);
}

/** Σ δ·x̂ for a few kernels, 0 for the others, [N, O], with x̂ computed once more. */
function recomputedScaleGradient(context: BackwardContext, rows: readonly number[]): Value {
  const { builder: b, cotangent } = context;
  const { window, groups } = geometry(context);
  const weight = constantAt(context, 1);
  const { deviation, offset } = normalization(context);
  const kernels = deviation.length;
  // Groups are of equal size: where there are several, all kernels are computed.
  const chosen = groups === 1 ? rows : [...deviation.keys()];
  const elements = weight.data.length / kernels;
  const data = new Float32Array(chosen.length * elements);
  chosen.forEach((kernel, index) => {
    const factor = 1 / (deviation[kernel] ?? 1);
    for (let at = 0; at < elements; at++)
      data[index * elements + at] = (weight.data[kernel * elements + at] ?? 0) * factor;
  });
  const normalized = emitConv(
    b,
    valueAt(context, 0),
    b.floats([chosen.length, ...weight.dims.slice(1)], data),
    b.floats(
      [chosen.length],
      Float32Array.from(chosen, (kernel) => offset[kernel] ?? 0),
    ),
    window,
    groups,
  );
  const deltas = groups === 1 ? gatherChannels(b, cotangent, chosen) : cotangent;
  const sums = reduceSum(b, multiply(b, deltas, normalized), [2, 3]);
  b.room?.require(chosen.length * kernels);
  const places = new Float32Array(chosen.length * kernels);
  const recomputed = new Set(rows);
  chosen.forEach((kernel, index) => {
    if (recomputed.has(kernel)) places[index * kernels + kernel] = 1;
  });
  return matMul(b, sums, b.floats([chosen.length, kernels], places));
}

function gatherChannels(b: GraphBuilder, x: Value, channels: readonly number[]): Value {
  const shape = [x.shape[0] ?? 'N', channels.length, sizeOf(x.shape, 2), sizeOf(x.shape, 3)];
  return b.emit('Gather', [x, b.integers(channels)], { axis: { kind: 'int', value: 1 } }, { shape });
}
