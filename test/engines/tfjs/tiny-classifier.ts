import { modelOf } from '../../operations/graph.js';
import { floats } from './beside-onnxruntime.js';

/** Images [2, 5, 5], a convolution, a pool and a linear layer. */
export const tinyClassifier = modelOf({
  image: [2, 5, 5],
  nodes: [
    {
      type: 'Conv',
      inputs: ['image', 'w', 'b'],
      outputs: ['c'],
      attributes: { pads: { ints: [1, 1, 1, 1] } },
    },
    { type: 'Relu', inputs: ['c'], outputs: ['r'] },
    {
      type: 'MaxPool',
      inputs: ['r'],
      outputs: ['p'],
      attributes: { kernel_shape: { ints: [2, 2] }, strides: { ints: [2, 2] } },
    },
    { type: 'Flatten', inputs: ['p'], outputs: ['f'] },
    { type: 'Gemm', inputs: ['f', 'v', 'd'], outputs: ['logits'], attributes: { transB: { int: 1 } } },
  ],
  initializers: { w: floats([3, 2, 3, 3]), b: floats([3]), v: floats([4, 12]), d: floats([4]) },
});
