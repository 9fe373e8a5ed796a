import test from 'ava';
import { withImageSize } from '../../stages/import/image-layout.js';
import type { Model, Tensor } from '../../stages/onnx/model.js';
import { compileOneShot, decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { floats, integers, modelOf, node, type WrittenNode } from '../operations/graph.js';
import { differenceToRuntime } from './against-runtime.js';

const constant = (name: string, tensor: Tensor): WrittenNode =>
  node('Constant', [], { value: { tensor } }, [name]);
const positive = (count: number) => floats([count], new Array(count).fill(1.5));

/**
 * A text-direction classifier in small, as Paddle2ONNX writes it: operator set 9, every weight a Constant node, hard swish
 * by its parts, a shape that is computed, batch, height and width free.
 */
const network: Model = (() => {
  const model = modelOf({
    nodes: [
      constant('conv1_weights', floats([4, 3, 3, 3])),
      constant('bn_scale', floats([4], [1, -0.5, 0.25, 2])),
      constant('bn_offset', floats([4])),
      constant('bn_mean', floats([4])),
      constant('bn_variance', positive(4)),
      node('Conv', ['image', 'conv1_weights'], { strides: { ints: [2, 2] }, pads: { ints: [1, 1, 1, 1] } }, [
        'conv2d_0',
      ]),
      node(
        'BatchNormalization',
        ['conv2d_0', 'bn_scale', 'bn_offset', 'bn_mean', 'bn_variance'],
        { epsilon: { float: 1e-5 } },
        ['batch_norm_0'],
      ),
      constant('six', floats([], [6])),
      constant('three', floats([], [3])),
      node('Add', ['batch_norm_0', 'three'], {}, ['raised']),
      node('Clip', ['raised'], { min: { float: 0 }, max: { float: 6 } }, ['clipped']),
      node('Mul', ['batch_norm_0', 'clipped'], {}, ['product']),
      node('Div', ['product', 'six'], {}, ['hard_swish_0']),
      node('GlobalAveragePool', ['hard_swish_0'], {}, ['squeezed']),
      constant('se_weights', floats([4, 4, 1, 1])),
      node('Conv', ['squeezed', 'se_weights'], {}, ['excited']),
      node('HardSigmoid', ['excited'], { alpha: { float: 0.2 }, beta: { float: 0.5 } }, ['share']),
      node('Mul', ['hard_swish_0', 'share'], {}, ['weighted']),
      node('GlobalAveragePool', ['weighted'], {}, ['pooled']),
      node('Shape', ['pooled'], {}, ['shape']),
      node('Slice', ['shape'], { axes: { ints: [0] }, starts: { ints: [0] }, ends: { ints: [1] } }, [
        'batch',
      ]),
      node('Cast', ['batch'], { to: { int: 7 } }, ['batch_long']),
      constant('rest', integers([-1])),
      node('Cast', ['rest'], { to: { int: 7 } }, ['rest_long']),
      node('Concat', ['batch_long', 'rest_long'], { axis: { int: 0 } }, ['target']),
      node('Reshape', ['pooled', 'target'], {}, ['flat']),
      constant('fc_weights', floats([4, 2])),
      node('MatMul', ['flat', 'fc_weights'], {}, ['logits']),
    ],
    initializers: {},
    image: [3, 12, 20],
    opset: 9,
  });
  const [input] = model.graph.inputs;
  const dims = ['p2o.DynamicDimension.0', 3, 'p2o.DynamicDimension.1', 'p2o.DynamicDimension.2'];
  return { ...model, graph: { ...model.graph, inputs: input ? [{ ...input, dims }] : [] } };
})();

for (const [height, width] of [
  [12, 20],
  [9, 32],
] as const)
  test(`a network as Paddle2ONNX writes it has the logits of ONNX Runtime at ${height} × ${width}`, async (t) => {
    const model = withImageSize(network, { height, width });
    t.true((await differenceToRuntime(model)) < 1e-5);
    t.notThrows(() => compileOneShot(model));
  });

test('its weights are parameters although they are Constant nodes, and its numbers are not', (t) => {
  const { parameters } = decideModelParameters(withImageSize(network, { height: 12, width: 20 }));
  t.deepEqual(
    parameters.filter(({ scored }) => scored).map(({ name, role }) => `${name} ${role}`),
    [
      'conv1_weights convolution-weight',
      'bn_scale scale',
      'bn_offset shift',
      'se_weights convolution-weight',
      'fc_weights linear-weight',
    ],
  );
});
