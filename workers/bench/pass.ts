import {
  type Axis,
  type GraphSignature,
  type InputsOf,
  type SignatureKind,
  signatures,
} from '../../stages/scoring/signature.js';
import type { HostTensor } from '../engines/engine.js';

/** What a pass of the benchmark computes. */
export type PassKind = 'plain' | 'perturbation' | 'scoring' | 'training';

/** One graph of the benchmark and what it is fed with; plain data, so that another process can run it. */
export interface BenchPass {
  readonly kind: PassKind;
  /** Path of an ONNX file. */
  readonly file: string;
  readonly inputs: readonly PassInput[];
}

export interface PassInput {
  readonly name: string;
  readonly dims: readonly number[];
  readonly fill: InputFill;
}

/** Pixels of order 1, signs of a gradient, a temperature of 1, or small steps. */
type InputFill = 'pixels' | 'signs' | 'ones' | 'steps';

interface FloatFeed extends HostTensor {
  readonly type: 'float32';
  readonly data: Float32Array;
}

const fills: Readonly<Record<InputFill, (index: number) => number>> = {
  // Anything but zeros, which some kernels are quicker with.
  pixels: (index) => Math.sin(index * 0.37),
  signs: (index) => Math.sign(Math.sin(index * 0.73)),
  ones: () => 1,
  steps: () => 0.01,
};

/** A batch of images. */
export interface BatchSizes {
  readonly batch: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

type InputKey = { readonly [Kind in SignatureKind]: InputsOf<Kind> }[SignatureKind];

/** With what each input of a compiled graph is filled. */
const fillOf: Readonly<Record<InputKey, InputFill>> = {
  image: 'pixels',
  direction: 'signs',
  temperature: 'ones',
  epsilon: 'steps',
};

/**
 * What a compiled graph is fed with.
 * @param steps of a grid: for how many ε
 */
export function passInputs(kind: SignatureKind, sizes: BatchSizes, steps = 1): readonly PassInput[] {
  const { batch, channels, height, width } = sizes;
  const lengths: Readonly<Partial<Record<Axis, number>>> = {
    N: batch,
    C: channels,
    H: height,
    W: width,
    E: steps,
    1: 1,
  };
  const { inputs }: GraphSignature = signatures[kind];
  return Object.entries(inputs).map(([key, { name, axes }]) => {
    const dims = axes.map((axis) => {
      const length = lengths[axis];
      if (length !== undefined) return length;
      throw new TypeError(`input ${name} has an axis ${axis}, of which a benchmark knows no length`);
    });
    return { name, dims, fill: fillOf[key as InputKey] };
  });
}

/** What is scored: a batch at one temperature and step. */
export interface BatchPoint {
  /** [B, C, H, W] */
  readonly images: HostTensor;
  readonly temperature: number;
  /** Of each channel, [C]. */
  readonly steps: readonly number[];
}

/** The batch that a graph of these inputs is fed with, for its passes to upload. */
export function pointOf({ batch, channels, height, width }: BatchSizes): BatchPoint {
  return {
    images: filled([batch, channels, height, width], 'pixels'),
    temperature: fills.ones(0),
    steps: Array.from({ length: channels }, (_, index) => fills.steps(index)),
  };
}

/** The tensors that a pass is fed with, the same at every call. */
export function feedsOf(pass: BenchPass): Readonly<Record<string, FloatFeed>> {
  return Object.fromEntries(
    pass.inputs.map(({ name, dims, fill }): [string, FloatFeed] => [name, filled(dims, fill)]),
  );
}

function filled(dims: readonly number[], fill: InputFill): FloatFeed {
  const length = dims.reduce((product, size) => product * size, 1);
  return { type: 'float32', dims, data: Float32Array.from({ length }, (_, index) => fills[fill](index)) };
}
