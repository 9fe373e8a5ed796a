import type { GraphBuilder, Value } from '../graph/builder.js';
import { conv, pointwise, type Window } from '../graph/convolution.js';
import { pad, reshape, slice, transpose } from '../graph/layout.js';
import { type Dim, type Shape, sizeOf } from '../graph/shape.js';
import type { FloatTensor } from '../onnx/model.js';
import { weightForms } from './weight-forms.js';

/** How the taps of one axis fall to the phases of a stride. */
interface Phases {
  readonly stride: number;
  /** Taps that a phase has at the most. */
  readonly taps: number;
  /** Where the first of them lies, from the position at hand. */
  readonly first: number;
  /** Positions of one phase. */
  readonly positions: number;
  /** The kernel's element that phase r has at tap j, or null. */
  readonly element: (phase: number, tap: number) => number | null;
}

function phasesOf(window: Window, axis: 0 | 1, size: number): Phases {
  const [stride, dilation, kernel, begin] = [
    window.strides[axis],
    window.dilations[axis],
    window.kernel[axis],
    window.pads[axis],
  ];
  const last = Math.floor((stride - 1 + begin) / stride);
  const first = Math.ceil((begin - dilation * (kernel - 1)) / stride);
  return {
    stride,
    taps: last - first + 1,
    first,
    positions: Math.ceil(size / stride),
    element: (phase, tap) => {
      const reach = phase + begin - stride * (tap + first);
      const element = reach / dilation;
      return reach >= 0 && Number.isInteger(element) && element < kernel ? element : null;
    },
  };
}

/**
 * The cotangent of a strided convolution's input without a transposed convolution: the pixels of one phase (row and
 * column modulo the strides) see the same few kernel elements, so that one convolution of stride 1 gives the pixels of
 * all phases as channels, which are then set side by side.
 * @param y the cotangent of the output, [N, O, H′, W′] @param weight [O, C/groups, kh, kw] @param shape [N, C, H, W]
 */
export function interleavedInputGradient(
  b: GraphBuilder,
  y: Value,
  weight: FloatTensor,
  window: Window,
  groups: number,
  shape: Shape,
): Value {
  const [rows, columns] = [0, 1].map((axis) => phasesOf(window, axis as 0 | 1, sizeOf(shape, axis + 2))) as [
    Phases,
    Phases,
  ];
  const kernels = phaseKernels(weight, [rows, columns], groups);
  // What the first and the last position of a phase see beyond y; negative where they don't see all of it.
  const pads = [rows, columns].map(({ first, positions, taps }, axis) => [
    -first,
    positions - 1 + first + taps - sizeOf(y.shape, axis + 2),
  ]) as [[number, number], [number, number]];
  const cut = pad(b, y, [
    ...[0, 0, Math.min(0, pads[0][0]), Math.min(0, pads[1][0])],
    ...[0, 0, Math.min(0, pads[0][1]), Math.min(0, pads[1][1])],
  ]);
  const padded: Window = {
    ...pointwise,
    kernel: [rows.taps, columns.taps],
    pads: [
      ...[Math.max(0, pads[0][0]), Math.max(0, pads[1][0])],
      ...[Math.max(0, pads[0][1]), Math.max(0, pads[1][1])],
    ] as [number, number, number, number],
  };
  const phases = conv(b, cut, b.floats(kernels.dims, kernels.data), null, padded, groups);
  const [batch = 'N', channels = 1] = shape;
  const apart: Dim[] = [
    ...[batch, channels, rows.stride, columns.stride],
    ...[rows.positions, columns.positions],
  ];
  const beside = transpose(b, reshape(b, phases, apart), [0, 1, 4, 2, 5, 3]);
  return cutTo(b, reshape(b, beside, tiled(shape, rows, columns)), shape);
}

function tiled(shape: Shape, rows: Phases, columns: Phases): Dim[] {
  const [batch = 'N', channels = 1] = shape;
  return [batch, channels, rows.positions * rows.stride, columns.positions * columns.stride];
}

function cutTo(b: GraphBuilder, x: Value, shape: Shape): Value {
  return slice(b, slice(b, x, 2, 0, sizeOf(shape, 2)), 3, 0, sizeOf(shape, 3));
}

const phaseForms = weightForms();

/** [O, C/groups, kh, kw] → [C · phases, O/groups, taps, taps], the phases of a channel beside each other, row by row. */
function phaseKernels(
  weight: FloatTensor,
  [rows, columns]: readonly [Phases, Phases],
  groups: number,
): FloatTensor {
  const [outputs = 1, inputs = 1, height = 1, width = 1] = weight.dims;
  const placed = ({ stride, taps, element }: Phases): (number | null)[][] =>
    Array.from({ length: stride }, (_, phase) =>
      Array.from({ length: taps }, (_, tap) => element(phase, tap)),
    );
  // For each phase, which element of the kernel each of its taps is.
  const phases = placed(rows).flatMap((down) =>
    placed(columns).map((across) =>
      down.flatMap((i) => across.map((j) => (i === null || j === null ? null : i * width + j))),
    ),
  );
  return phaseForms(weight, JSON.stringify([weight.dims, groups, rows.taps, columns.taps, phases]), () => {
    const perGroup = outputs / groups;
    const dims = [inputs * groups * phases.length, perGroup, rows.taps, columns.taps];
    const data = new Float32Array(dims.reduce((product, size) => product * size, 1));
    let at = 0;
    for (let channel = 0; channel < inputs * groups; channel++) {
      const first = Math.floor(channel / inputs) * perGroup;
      for (const elements of phases)
        for (let output = first; output < first + perGroup; output++) {
          const kernel = (output * inputs + (channel % inputs)) * height * width;
          for (const element of elements) {
            if (element !== null) data[at] = weight.data[kernel + element] ?? 0;
            at += 1;
          }
        }
    }
    return { type: 'float32', dims, data };
  });
}
