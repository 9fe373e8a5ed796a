/** Filters that widen with the reduction, so that they average over what they shrink, by torchvision's names. */
export type ResampleFilter = 'box' | 'bilinear' | 'hamming' | 'bicubic' | 'lanczos';

/** Bits behind the point of a weight: Pillow keeps 8 for the level and 2 for sums that overshoot it. */
export const WEIGHT_BITS = 32 - 8 - 2;

/** Which input samples make a run of output samples along one axis, and with what weights. */
export interface ResampleWeights {
  /** First input sample of each output sample, [N]. */
  readonly first: Int32Array;
  /** How many input samples it takes, [N]. */
  readonly count: Int32Array;
  /** Fixed-point weights with `WEIGHT_BITS` bits behind the point, [N, stride], of which `count` are used. */
  readonly weights: Int32Array;
  readonly stride: number;
}

interface Filter {
  /** Half its width, at a scale of 1. */
  readonly support: number;
  readonly at: (x: number) => number;
}

/** Keys' cubic with a = −0.5, as in Pillow (and not the −0.75 of some others). */
const CUBIC_A = -0.5;

const { PI, sin, cos, fround } = Math;

/** In single precision, as Pillow writes them. */
const hamming = [fround(0.54), fround(0.46)] as const;

const sinc = (x: number): number => (x === 0 ? 1 : sin(x * PI) / (x * PI));

const filters: Readonly<Record<ResampleFilter, Filter>> = {
  box: {
    support: 0.5,
    at: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0),
  },
  bilinear: {
    support: 1,
    at: (x) => Math.max(0, 1 - Math.abs(x)),
  },
  hamming: {
    support: 1,
    at: (signed) => {
      const x = Math.abs(signed);
      if (x === 0) return 1;
      return x >= 1 ? 0 : sinc(x) * (hamming[0] + hamming[1] * cos(x * PI));
    },
  },
  bicubic: {
    support: 2,
    at: (signed) => {
      const x = Math.abs(signed);
      if (x < 1) return ((CUBIC_A + 2) * x - (CUBIC_A + 3)) * x * x + 1;
      if (x < 2) return (((x - 5) * x + 8) * x - 4) * CUBIC_A;
      return 0;
    },
  },
  lanczos: {
    support: 3,
    at: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0),
  },
};

/**
 * The weights by which Pillow resizes one axis (`precompute_coeffs` and `normalize_coeffs_8bpc` of its Resample.c):
 * in float64, in the same order of operations, normalised before they are rounded to fixed point.
 * @param input samples of the axis before
 * @param output samples after
 * @param from the first output sample that is wanted
 * @param length how many are
 */
export function resampleWeights(
  input: number,
  output: number,
  from: number,
  length: number,
  by: ResampleFilter,
): ResampleWeights {
  const filter = filters[by];
  const scale = input / output;
  const widening = Math.max(1, scale);
  const support = filter.support * widening;
  const stride = Math.ceil(support) * 2 + 1;
  const inverse = 1 / widening;
  const first = new Int32Array(length);
  const count = new Int32Array(length);
  const weights = new Int32Array(length * stride);
  const exact = new Float64Array(stride);
  for (let index = 0; index < length; index++) {
    const centre = (from + index + 0.5) * scale;
    const start = Math.max(0, Math.trunc(centre - support + 0.5));
    const taps = Math.min(input, Math.trunc(centre + support + 0.5)) - start;
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const weight = filter.at((tap + start - centre + 0.5) * inverse);
      exact[tap] = weight;
      sum += weight;
    }
    first[index] = start;
    count[index] = taps;
    for (let tap = 0; tap < taps; tap++) {
      const weight = sum === 0 ? (exact[tap] ?? 0) : (exact[tap] ?? 0) / sum;
      weights[index * stride + tap] = fixedPoint(weight);
    }
  }
  return { first, count, weights, stride };
}

/** Halves away from zero. */
function fixedPoint(weight: number): number {
  return Math.trunc((weight < 0 ? -0.5 : 0.5) + weight * 2 ** WEIGHT_BITS);
}
