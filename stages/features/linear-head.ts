import type { TapeStep } from '../differentiation/recorder.js';
import type { Value } from '../graph/builder.js';
import type { Constant } from '../import/operand.js';

/** A constant of the file in the head, and the factor of each class that it has there, [K]. */
export interface HeadConstant {
  readonly constant: Constant;
  readonly factors: Float64Array;
}

/** One of the terms that b is the sum of. */
export interface HeadBias extends HeadConstant {
  /** The term: the constant's number for each class times its factor, [K]. */
  readonly term: Float64Array;
}

/** How the layer reads its features. */
export type FeatureForm =
  /** The mean over all axes but the batch's and this one; the same layer works at every position. */
  | { readonly kind: 'mean'; readonly axis: number }
  /** All that an image has there, flattened: kernels cover the whole map. */
  | { readonly kind: 'flattened' };

/**
 * The head of a network that is linear: logits = features·Wᵀ + b, with features [N, D], W [K, D] and b [K].
 *
 * W is the weight with a factor for each class, b the sum of the biases with theirs: what shifts and scales the logits
 * behind the layer is in them.
 */
export interface LinearHead {
  /** The last layer with weights. */
  readonly step: TapeStep;
  /** What it reads. */
  readonly input: Value;
  readonly form: FeatureForm;
  /** K */
  readonly classes: number;
  /** D */
  readonly size: number;
  readonly weight: HeadConstant & {
    /** Whether the layer reads it as [D, K]; else as [K, D], or kernels [K, C, h, w]. */
    readonly byFeature: boolean;
  };
  /** Added up they are b. */
  readonly biases: readonly HeadBias[];
}
