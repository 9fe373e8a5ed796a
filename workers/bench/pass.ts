import type { HostTensor } from '../engines/engine.js';

/** What a pass of the benchmark computes. */
export type PassKind = 'plain' | 'perturbation' | 'scoring';

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
export type InputFill = 'pixels' | 'signs' | 'ones' | 'steps';

interface FloatTensor extends HostTensor {
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

/** The tensors that a pass is fed with, the same at every call. */
export function feedsOf(pass: BenchPass): Readonly<Record<string, FloatTensor>> {
  return Object.fromEntries(
    pass.inputs.map(({ name, dims, fill }): [string, FloatTensor] => {
      const length = dims.reduce((product, size) => product * size, 1);
      const data = Float32Array.from({ length }, (_, index) => fills[fill](index));
      return [name, { type: 'float32', dims, data }];
    }),
  );
}
