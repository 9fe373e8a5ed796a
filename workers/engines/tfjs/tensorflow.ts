import type * as core from '@tensorflow/tfjs-core';

/** TensorFlow.js as it is loaded at run time: the operations of tfjs-core, on whichever backend is set. */
export type TensorFlow = typeof core;
export type TfjsTensor = core.Tensor;
export type Tensor4D = core.Tensor4D;
export type Tensor1D = core.Tensor1D;
