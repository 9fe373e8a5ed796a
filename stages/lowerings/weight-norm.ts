import type { GraphBuilder, Value } from '../graph/builder.js';
import { reshape, transpose } from '../graph/layout.js';
import { sizeOf } from '../graph/shape.js';
import { batchProduct, batchSum } from './batch-gradient.js';
import type { ConvolutionLayer } from './convolution-layer.js';
import { correlated, correlationApplies, correlationCost } from './correlation.js';
import type { NormForm } from './lowerings.js';
import { type ProductFactors, productCost, productNorm, productOf, squaredNormOf } from './product-norm.js';
import { shiftedGramApplies, shiftedGramCost, shiftedGramNorm } from './shifted-gram.js';
import { sampled, unfold, unfoldCost } from './unfold.js';

/** Sizes that decide what a form costs. */
interface LayerSizes {
  readonly channels: number;
  readonly kernels: number;
  readonly positions: number;
  readonly elements: number;
}

function layerSizes({ x, cotangent, window }: ConvolutionLayer): LayerSizes {
  return {
    channels: sizeOf(x.shape, 1),
    kernels: sizeOf(cotangent.shape, 1),
    positions: sizeOf(cotangent.shape, 2) * sizeOf(cotangent.shape, 3),
    elements: window.kernel[0] * window.kernel[1],
  };
}

/** Cost of a form for one image, in multiplications; infinite where the form does not apply. */
function normCost(layer: ConvolutionLayer, form: NormForm): number {
  if (form === 'shifted-gram') return shiftedGramCost(layer);
  if (form === 'correlated') return correlationCost(layer);
  const { channels, kernels, positions, elements } = layerSizes(layer);
  const { groups } = layer;
  const { elementCost } = layer.lowerings;
  const product = productCost(form, kernels / groups, (channels / groups) * elements, positions, elementCost);
  // What a direct product has for nothing: the rows' scale and ⟨∂W, W⟩, for which Gram matrices read δ again.
  const beside = hasGradientAtHand(form) ? 0 : 2 * kernels * positions * elementCost;
  return groups * product + unfoldCost(channels, positions, layer.window, elementCost) + beside;
}

/** The form of least cost among the layer's; the direct product where none of them applies. */
export function chooseNormForm(layer: ConvolutionLayer): NormForm {
  const [first = 'direct', ...others] = layer.lowerings.norms.filter((form) =>
    Number.isFinite(normCost(layer, form)),
  );
  return others.reduce((best, form) => (normCost(layer, form) < normCost(layer, best) ? form : best), first);
}

/**
 * ‖diag(s)·∂W‖² of each image, [N], where ∂W is the gradient in the convolution's kernels.
 * @param rowScale s, one factor for each kernel; ones when null
 */
export function weightNorm(
  b: GraphBuilder,
  layer: ConvolutionLayer,
  form: NormForm,
  rowScale: Float32Array | null = null,
): Value {
  if (form === 'shifted-gram' && shiftedGramApplies(layer)) return shiftedGramNorm(b, layer, rowScale);
  if (form === 'correlated') return squaredNormOf(b, weightGradient(b, layer), rowScale);
  return productNorm(b, weightFactors(b, layer), form === 'shifted-gram' ? 'gram' : form, rowScale);
}

/** Whether a form computes the gradient itself on the way to its norm. */
export const hasGradientAtHand = (form: NormForm): boolean => form === 'direct' || form === 'correlated';

/** The gradient in the kernels, [N, G, O/G, C/G·kh·kw]. */
export function weightGradient(b: GraphBuilder, layer: ConvolutionLayer): Value {
  const isCorrelated = layer.lowerings.norms.includes('correlated') && correlationApplies(layer);
  return isCorrelated ? correlated(b, layer) : productOf(b, weightFactors(b, layer));
}

/** Its sum over the batch, [O, C/G·kh·kw]. */
export function batchWeightGradient(b: GraphBuilder, layer: ConvolutionLayer): Value {
  const { kernels, channels, elements } = layerSizes(layer);
  const rows = (value: Value): Value => reshape(b, value, [kernels, (channels / layer.groups) * elements]);
  const product = layer.groups === 1 ? batchProduct(b, weightFactors(b, layer)) : null;
  return rows(product ?? batchSum(b, weightGradient(b, layer)));
}

/**
 * ∂W of a group is A·Bᵀ: A [N, G, O/G, P] the cotangent, B [N, G, C/G·kh·kw, P] what the windows saw. In channels-last
 * order positions come first where windows are of one pixel, so that nothing is transposed.
 */
function weightFactors(b: GraphBuilder, layer: ConvolutionLayer): ProductFactors {
  const { positions } = layerSizes(layer);
  const { x, cotangent, groups, window, lowerings } = layer;
  const isSmall = window.kernel[0] * window.kernel[1] === 1 && window.pads.every((size) => size === 0);
  if (lowerings.layout === 'channels-last' && groups === 1 && positions > 1 && isSmall) {
    const rows = (value: Value) =>
      reshape(b, transpose(b, value, [0, 2, 3, 1]), ['N', 1, positions, sizeOf(value.shape, 1)]);
    return { left: rows(cotangent), right: rows(sampled(b, x, window)), positions: 'first' };
  }
  const grouped = (value: Value) =>
    reshape(b, value, ['N', groups, sizeOf(value.shape, 1) / groups, positions]);
  return {
    left: grouped(cotangent),
    right: grouped(unfold(b, x, window, lowerings.unfolding)),
    positions: 'last',
  };
}
