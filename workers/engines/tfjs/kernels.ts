import type { FloatTensor } from '../../../stages/onnx/model.js';

/** Kernels of a convolution, [O, I, h, w]. */
export interface Kernels {
  readonly dims: readonly [outputs: number, inputs: number, height: number, width: number];
  readonly data: Float32Array;
}

/** One number for each spatial axis. */
export type HeightAndWidth = readonly [height: number, width: number];

/** @returns null where the tensor is not of rank 4 */
export function kernelsOf({ dims, data }: FloatTensor): Kernels | null {
  const [outputs, inputs, height, width, ...more] = dims;
  if (width === undefined || height === undefined || inputs === undefined || outputs === undefined)
    return null;
  return more.length > 0 ? null : { dims: [outputs, inputs, height, width], data };
}

/** In the order of TensorFlow.js: [h, w, I, O]. */
export function channelsLastFilter({ dims, data }: Kernels): Float32Array {
  const [outputs, inputs, height, width] = dims;
  return filled(
    [height, width, inputs, outputs],
    (y, x, i, o) => data[((o * inputs + i) * height + y) * width + x],
  );
}

/** Of kernels [C·m, 1, h, w] that each see one channel: [h, w, C, m]. */
export function depthwiseFilter({ dims, data }: Kernels, channels: number): Float32Array {
  const [outputs, , height, width] = dims;
  const multiplier = outputs / channels;
  return filled(
    [height, width, channels, multiplier],
    (y, x, c, m) => data[((c * multiplier + m) * height + y) * width + x],
  );
}

/** The kernels of one group. */
export function groupOf({ dims, data }: Kernels, group: number, groups: number): Kernels {
  const [outputs, inputs, height, width] = dims;
  const size = data.length / groups;
  return {
    dims: [outputs / groups, inputs, height, width],
    data: data.subarray(group * size, (group + 1) * size),
  };
}

/** Whether all groups have the same kernels. */
export function groupsAlike({ data }: Kernels, groups: number): boolean {
  const size = data.length / groups;
  return data.every((value, index) => value === data[index % size]);
}

/** The same without dilation: zeros stand between the elements. */
export function undilated({ dims, data }: Kernels, [down, right]: HeightAndWidth): Kernels {
  const [outputs, inputs, height, width] = dims;
  const size: HeightAndWidth = [(height - 1) * down + 1, (width - 1) * right + 1];
  const at = (o: number, i: number, y: number, x: number): number | undefined =>
    y % down === 0 && x % right === 0 ? data[((o * inputs + i) * height + y / down) * width + x / right] : 0;
  return { dims: [outputs, inputs, ...size], data: filled([outputs, inputs, ...size], at) };
}

/**
 * Kernels of the convolutions that a transposed one consists of: outputs at distance `strides` see every
 * `strides`-th element, in reverse.
 * @param kernels [I, O/groups, h, w], not dilated
 * @param first the element that the first output of this phase sees
 * @returns [O, I/groups, h′, w′], or null where the phase sees nothing
 */
export function phaseKernels(
  { dims, data }: Kernels,
  groups: number,
  strides: HeightAndWidth,
  first: HeightAndWidth,
): Kernels | null {
  const [inputs, outputs, height, width] = dims;
  const [tall, wide] = [
    Math.ceil((height - first[0]) / strides[0]),
    Math.ceil((width - first[1]) / strides[1]),
  ];
  if (tall <= 0 || wide <= 0) return null;
  const each = inputs / groups;
  const at = (o: number, i: number, y: number, x: number): number | undefined => {
    const input = Math.floor(o / outputs) * each + i;
    const row = first[0] + (tall - 1 - y) * strides[0];
    const column = first[1] + (wide - 1 - x) * strides[1];
    return data[((input * outputs + (o % outputs)) * height + row) * width + column];
  };
  const size = [outputs * groups, each, tall, wide] as const;
  return { dims: size, data: filled(size, at) };
}

function filled(
  [a, b, c, d]: readonly [number, number, number, number],
  at: (a: number, b: number, c: number, d: number) => number | undefined,
): Float32Array {
  const data = new Float32Array(a * b * c * d);
  let index = 0;
  for (let i = 0; i < a; i++) {
    for (let j = 0; j < b; j++) {
      for (let k = 0; k < c; k++) {
        for (let l = 0; l < d; l++) data[index++] = at(i, j, k, l) ?? 0;
      }
    }
  }
  return data;
}
