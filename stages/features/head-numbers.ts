import type { LinearHead } from './linear-head.js';

/** W and b of a head as numbers. */
export interface HeadNumbers {
  /** K */
  readonly classes: number;
  /** D */
  readonly size: number;
  /** [K·D], the weights of the first class first. */
  readonly weight: Float32Array;
  /** [K] */
  readonly bias: Float32Array;
}

/** W and b of logits = features·Wᵀ + b, computed in float64 and rounded. */
export function headNumbers({ classes, size, weight, biases }: LinearHead): HeadNumbers {
  const { data } = weight.constant.tensor;
  const matrix = new Float32Array(classes * size);
  for (let k = 0; k < classes; k++)
    for (let d = 0; d < size; d++)
      matrix[k * size + d] =
        (weight.factors[k] ?? 0) * Number(data[weight.byFeature ? d * classes + k : k * size + d]);
  const bias = new Float32Array(classes).map((_, k) =>
    biases.reduce((sum, { term }) => sum + (term[k] ?? 0), 0),
  );
  return { classes, size, weight: matrix, bias };
}
