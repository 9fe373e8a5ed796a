import type { GraphPrecision, ProductPrecision } from '../graph/builder.js';
import type { ProductForm } from './product-norm.js';

/** How the norm of a convolution's per-image weight gradient is computed. */
export type NormForm = ProductForm | 'shifted-gram' | 'correlated';

/**
 * Which of several equal forms the compiler emits where it has a choice. All give the same numbers to rounding; what
 * is fast differs between execution providers. One file of this folder holds the forms of one choice.
 */
export interface Lowerings {
  /** A BatchNormalization that alone reads a convolution: part of its kernels, or an operation of its own. */
  readonly normalization: 'folded' | 'kept';
  /** A Relu that only a MaxPool reads: behind the pool, where it has less to do, or where it is. */
  readonly rectifiedPool: 'pooled-first' | 'kept';
  /** Factors of a channel: a 1×1 depthwise convolution, or a multiplication that broadcasts. */
  readonly channelScale: 'depthwise' | 'broadcast';
  /** Sums over positions: an average pool times their number, a reduction, or a product with ones. */
  readonly positionSum: 'pooled' | 'reduced' | 'multiplied';
  /** A value for every position: repeated by Resize, or by a multiplication with ones. */
  readonly spread: 'resized' | 'broadcast';
  /**
   * A max-pool's gradient: scattered to the indices of the maxima, all at once or windows that don't overlap at a time, or
   * by comparing with the maxima.
   */
  readonly maxPoolGradient: 'scattered' | 'scattered-apart' | 'compared';
  /** The input gradient of a strided 1×1 convolution: at low resolution and resized, or transposed. */
  readonly stridedPointwise: 'resized' | 'transposed';
  /**
   * The input gradient of a strided convolution: a transposed one, brought into the blocked layout for what follows, or
   * taken as it is, or padded alike on both sides where that can be; or one of stride 1 whose channels are interleaved.
   */
  readonly transposedConvolution: 'blocked' | 'as-is' | 'symmetric' | 'interleaved';
  /** The sign of the image's gradient: by Sign, or, where a provider has no Sign, by what is above 0 less what is below. */
  readonly sign: 'sign' | 'difference';
  /** Powers: by Pow, or by products, roots and logarithms. */
  readonly powers: 'power' | 'products';
  /** Sines and cosines: by the provider's functions, which on GPUs may be right to four digits, or by their series. */
  readonly sines: 'function' | 'series';
  /** The logarithm of a norm that may be 0: as the provider computes it, or minus infinity chosen for it. */
  readonly logarithmOfZero: 'computed' | 'chosen';
  /** Convolutions: as they come, or with groups and channels that WebGPU's vectors divide. */
  readonly convolutions: 'as-is' | 'aligned';
  /** Fully connected layers: a matrix product, or a 1×1 convolution of images of one pixel. */
  readonly linear: 'gemm' | 'convolved';
  /** A vector that is added at every position: added, or its negative subtracted, which no product takes in. */
  readonly biases: 'added' | 'subtracted';
  /** Where a gate was open: the cotangent times a mask of ones, or chosen by comparing; the latter always in half precision. */
  readonly gates: 'multiplied' | 'selected';
  /** What convolution windows see, as channels: by a convolution with one-hot kernels, or by an index for each element. */
  readonly unfolding: 'convolved' | 'gathered';
  /**
   * What moving one element between operations costs, in multiplications: `chooseNormForm` weighs memory against
   * arithmetic by it.
   */
  readonly elementCost: number;
  /** Norms of gradients that are vectors, as those of biases: of each alone, or of all in one. */
  readonly vectorNorms: 'each' | 'together';
  /** The order of a tensor's axes: [N, C, H, W], or [N, H, W, C], which NVIDIA's tensor cores compute in. */
  readonly layout: 'channels-first' | 'channels-last';
  /** What layers compute in; norms, the head and the perturbation are in single precision always. */
  readonly precision: GraphPrecision;
  /**
   * Matrix products of layers and of attention, forward and backward: whole, or in parts that keep single precision on
   * hardware that rounds factors to eleven bits. Those of norms are whole always.
   */
  readonly products: ProductPrecision;
  /** Forms of a weight gradient's norm to choose from, by `chooseNormForm`. */
  readonly norms: readonly NormForm[];
}

/**
 * Measured on processors with AVX-512, where a matrix product of these shapes runs at 30 to 40 multiplications a
 * nanosecond and core, and a tensor that does not fit the caches is written at about half an element.
 */
const processorElementCost = 64;

/** Fastest on ONNX Runtime's CPU provider: whole chains stay in its blocked layout. */
export const cpuLowerings: Lowerings = {
  normalization: 'folded',
  rectifiedPool: 'pooled-first',
  channelScale: 'depthwise',
  positionSum: 'pooled',
  spread: 'resized',
  maxPoolGradient: 'scattered',
  stridedPointwise: 'resized',
  transposedConvolution: 'blocked',
  sign: 'sign',
  powers: 'power',
  sines: 'function',
  logarithmOfZero: 'computed',
  convolutions: 'as-is',
  linear: 'gemm',
  biases: 'subtracted',
  gates: 'multiplied',
  unfolding: 'convolved',
  elementCost: processorElementCost,
  vectorNorms: 'each',
  layout: 'channels-first',
  precision: 'single',
  products: 'whole',
  norms: ['rank-one', 'direct', 'gram', 'shifted-gram', 'correlated'],
};

/** Operations that every provider has, in few variants. */
export const portableLowerings: Lowerings = {
  normalization: 'kept',
  rectifiedPool: 'kept',
  channelScale: 'broadcast',
  positionSum: 'reduced',
  spread: 'broadcast',
  maxPoolGradient: 'compared',
  stridedPointwise: 'transposed',
  transposedConvolution: 'as-is',
  sign: 'sign',
  powers: 'power',
  sines: 'series',
  logarithmOfZero: 'chosen',
  convolutions: 'as-is',
  linear: 'gemm',
  biases: 'added',
  gates: 'multiplied',
  unfolding: 'convolved',
  elementCost: processorElementCost,
  vectorNorms: 'each',
  layout: 'channels-first',
  precision: 'single',
  products: 'whole',
  norms: ['rank-one', 'direct', 'gram'],
};

/**
 * For ONNX Runtime's CUDA provider, which leaves transposed convolutions with uneven padding to the CPU. Copies and comparisons take the place of convolutions that only move values.
 */
export const cudaLowerings: Lowerings = {
  ...portableLowerings,
  sines: 'function',
  logarithmOfZero: 'computed',
  normalization: 'folded',
  rectifiedPool: 'pooled-first',
  maxPoolGradient: 'scattered-apart',
  transposedConvolution: 'symmetric',
  gates: 'selected',
  unfolding: 'gathered',
  elementCost: 256,
  vectorNorms: 'together',
  layout: 'channels-last',
  positionSum: 'multiplied',
};

/**
 * The same in single precision, whatever cuBLAS does: told not to take TF32 (`NVIDIA_TF32_OVERRIDE=0`), it took it all the
 * same in a few sessions of a hundred. cuDNN, whose convolutions are whole, never did.
 */
export const cudaSingleLowerings: Lowerings = { ...cudaLowerings, products: 'in-parts' };

/** The same with layers in float16. */
export const cudaHalfLowerings: Lowerings = { ...cudaLowerings, precision: 'half' };

/** What ONNX Runtime's WebGPU provider runs, and gets right. */
export const webgpuLowerings: Lowerings = {
  ...portableLowerings,
  sign: 'difference',
  powers: 'products',
  convolutions: 'aligned',
};

/**
 * float16 layers, for GPUs that are faster in it. Normalisations are folded: what lies between a convolution and its
 * normalisation may have any scale, what comes after it has one that half precision holds.
 */
export const halfLowerings: Lowerings = { ...portableLowerings, normalization: 'folded', precision: 'half' };

/** The choices by name: what an execution provider is compiled for. */
export const loweringPresets = {
  cpu: cpuLowerings,
  portable: portableLowerings,
  webgpu: webgpuLowerings,
  half: halfLowerings,
  cuda: cudaLowerings,
  'cuda-single': cudaSingleLowerings,
  'cuda-half': cudaHalfLowerings,
} as const;

/** A choice by its name. */
export type LoweringPreset = keyof typeof loweringPresets;
