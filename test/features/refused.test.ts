import test from 'ava';
import { ModelError } from '../../stages/errors.js';
import { describeClassifier } from '../../stages/features/describe-classifier.js';
import type { Tensor } from '../../stages/onnx/model.js';
import { compileForward } from '../../stages/scoring/compile-passes.js';
import { floats, integers, modelOf, node, type WrittenNode } from '../operations/graph.js';

const followed =
  'it lies between the last layer with weights and the logits, where only constants that shift and scale, means over all positions and changes of shape are followed';

/** A classifier of images [3, 4, 4] whose nodes make `logits` of x [N, 4, 4, 4], or of f, which is x flattened. */
function classifier(nodes: readonly WrittenNode[], initializers: Readonly<Record<string, Tensor>>) {
  return modelOf({
    nodes: [node('Conv', ['image', 'stem.weight'], {}, ['x']), node('Flatten', ['x'], {}, ['f']), ...nodes],
    initializers: { 'stem.weight': floats([4, 3, 1, 1]), ...initializers },
    image: [3, 4, 4],
  });
}

const W = floats([64, 5]);
const linear = (to: string, from = 'f', weight = 'w') => node('MatMul', [from, weight], {}, [to]);
const pooled = node('GlobalAveragePool', ['y'], {}, ['logits']);

for (const [what, nodes, initializers, reason] of [
  [
    'a sum of two branches',
    [linear('u'), linear('v', 'f', 'w2'), node('Add', ['u', 'v'], {}, ['logits'])],
    { w: W, w2: floats([64, 5]) },
    'operation Add, node node4: the logits are a sum of two branches, each with features of its own',
  ],
  [
    'two heads side by side',
    [linear('u'), linear('v', 'f', 'w2'), node('Concat', ['u', 'v'], { axis: { int: 1 } }, ['logits'])],
    { w: W, w2: floats([64, 3]) },
    'operation Concat, node node4: the logits are put together of two branches, each with features of its own',
  ],
  [
    'a layer behind which a Relu lies, as in SqueezeNet',
    [node('Conv', ['x', 'w'], {}, ['u']), node('Relu', ['u'], {}, ['y']), pooled],
    { w: floats([5, 4, 1, 1]) },
    `operation Relu, node node3: ${followed}`,
  ],
  [
    'a layer whose positions, not classes, a BatchNormalization scales',
    [
      node('Reshape', ['x', 'rows'], {}, ['r']),
      node('Transpose', ['r'], { perm: { ints: [0, 2, 1] } }, ['t']),
      linear('u', 't'),
      node('BatchNormalization', ['u', 'g', 'b', 'm', 'v'], {}, ['n']),
      node('ReduceMean', ['n'], { axes: { ints: [1] }, keepdims: { int: 0 } }, ['logits']),
    ],
    {
      w: floats([4, 5]),
      rows: integers([0, 4, 16]),
      ...Object.fromEntries(['g', 'b', 'm', 'v'].map((name) => [name, floats([16])])),
    },
    `operation BatchNormalization, node node5: ${followed}`,
  ],
  [
    'a convolution that sees parts of the map',
    [node('Conv', ['x', 'w'], {}, ['y']), pooled],
    { w: floats([5, 4, 3, 3]) },
    'operation Conv, node node2: its kernels of 3×3 (strides 1,1, pads 0,0,0,0) see parts of a map of [N, 4, 4, 4]; the head is only found where they are of 1×1 and stride 1, or cover the whole map',
  ],
  [
    'a convolution of 1×1 that leaves out every other place',
    [node('Conv', ['x', 'w'], { strides: { ints: [2, 2] } }, ['y']), pooled],
    { w: floats([5, 4, 1, 1]) },
    'operation Conv, node node2: its kernels of 1×1 (strides 2,2, pads 0,0,0,0) see parts of a map of [N, 4, 4, 4]; the head is only found where they are of 1×1 and stride 1, or cover the whole map',
  ],
  [
    'a convolution over rows',
    [
      node('Reshape', ['x', 'rows'], {}, ['r']),
      node('Conv', ['r', 'w'], {}, ['u']),
      node('ReduceMean', ['u'], { axes: { ints: [2] }, keepdims: { int: 0 } }, ['logits']),
    ],
    { w: floats([5, 4, 1]), rows: integers([0, 4, 16]) },
    'operation Conv, node node3: it is a convolution over [N, 4, 16]; the head is only found where one is over images [N, C, H, W]',
  ],
  [
    'weights that are multiplied from the left',
    [
      node('Unsqueeze', ['f', 'axes'], {}, ['column']),
      node('MatMul', ['w', 'column'], {}, ['y']),
      node('Flatten', ['y'], {}, ['logits']),
    ],
    { w: floats([5, 64]), axes: integers([2]) },
    'operation MatMul, node node3: what it multiplies by from the right is computed of the image; the head is only found where features are on the left and weights on the right',
  ],
  [
    'a grouped convolution',
    [node('Conv', ['x', 'w'], { group: { int: 2 } }, ['y']), pooled],
    { w: floats([6, 2, 1, 1]) },
    'operation Conv, node node2: its kernels are in 2 groups: each class has features of its own group',
  ],
  [
    'a grouped convolution over rows',
    [
      node('Reshape', ['x', 'rows'], {}, ['r']),
      node('Conv', ['r', 'w'], { group: { int: 4 } }, ['u']),
      node('Flatten', ['u'], {}, ['logits']),
    ],
    { w: floats([4, 1, 16]), rows: integers([0, 4, 16]) },
    'operation Conv, node node3: its kernels are in 4 groups: each class has features of its own group',
  ],
  [
    'a linear layer of groups, one for each class',
    [
      node('Reshape', ['x', 'groups'], {}, ['r']),
      node('MatMul', ['r', 'w'], {}, ['u']),
      node('Flatten', ['u'], {}, ['logits']),
    ],
    { w: floats([4, 16, 1]), groups: integers([0, 4, 1, 16]) },
    'operation MatMul, node node3: its weights are 4 matrices [4, 16, 1], one for each group of what it reads: each class has features of its own group',
  ],
  [
    'a linear layer whose weights have three axes',
    [
      node('Reshape', ['x', 'rows'], {}, ['r']),
      node('MatMul', ['r', 'w'], {}, ['u']),
      node('Flatten', ['u'], {}, ['logits']),
    ],
    { w: floats([1, 64, 5]), rows: integers([0, 1, 64]) },
    'operation MatMul, node node3: its weights are computed in the graph, or have more axes than a matrix, not a matrix of the file',
  ],
  [
    'classes of several positions',
    [node('Reshape', ['x', 'rows'], {}, ['r']), linear('u', 'r'), node('Flatten', ['u'], {}, ['logits'])],
    { w: floats([16, 3]), rows: integers([0, 4, 16]) },
    'operation Flatten, node node4: it makes the 12 classes of several positions or parts of [N, 4, 3]: there are features of each, not one [N, D]',
  ],
  [
    'classes along an axis of positions',
    [
      node('Reshape', ['x', 'rows'], {}, ['r']),
      linear('u', 'r'),
      node('ReduceMean', ['u'], { axes: { ints: [2] }, keepdims: { int: 0 } }, ['logits']),
    ],
    { w: floats([16, 3]), rows: integers([0, 4, 16]) },
    'operation MatMul, node node3: the classes of [N, 4, 3] lie along an axis of positions: each has features of several of them',
  ],
  [
    'the largest of several positions',
    [
      node('Conv', ['x', 'w'], {}, ['u']),
      node('MaxPool', ['u'], { kernel_shape: { ints: [4, 4] } }, ['logits']),
    ],
    { w: floats([5, 4, 1, 1]) },
    `operation MaxPool, node node3: ${followed}`,
  ],
  [
    'a pool of parts of the map',
    [
      node('Conv', ['x', 'w'], {}, ['u']),
      node('AveragePool', ['u'], { kernel_shape: { ints: [3, 3] } }, ['y']),
      pooled,
    ],
    { w: floats([5, 4, 1, 1]) },
    'operation AveragePool, node node3: behind the last layer with weights it pools parts of the map, not all of it',
  ],
  [
    'a shift of each position',
    [node('Conv', ['x', 'w'], {}, ['u']), node('Add', ['u', 's'], {}, ['y']), pooled],
    { w: floats([5, 4, 1, 1]), s: floats([4, 4]) },
    'operation Add, node node3: its constant [4, 4] is another for other positions of [N, 5, 4, 4]; only one number, or one for each of the 5 classes, can be part of W and b',
  ],
  [
    'weights that are computed in the graph',
    [node('Exp', ['w'], {}, ['e']), linear('logits', 'f', 'e')],
    { w: W },
    'operation MatMul, node node3: its weights are computed in the graph, or have more axes than a matrix, not a matrix of the file',
  ],
  [
    'a scale that is computed of the image',
    [
      linear('u'),
      node('ReduceMean', ['f'], { axes: { ints: [1] } }, ['s']),
      node('Mul', ['u', 's'], {}, ['logits']),
    ],
    { w: W },
    'operation Mul, node node4: the logits are computed of two values of the image, each with features of its own',
  ],
] as const)
  test(`of ${what} no features are found, which is said in one line`, (t) => {
    const model = classifier(nodes, initializers);
    const described = describeClassifier(model);
    t.is(described.reason, reason);
    t.is(described.head, null);
    t.is(described.logits.name, 'logits');
    const error = t.throws(() => compileForward(model, { features: true }), { instanceOf: ModelError });
    t.is(error.message, `features can't be given: ${reason}`);
    t.notThrows(() => compileForward(model));
  });

test('a head whose weights another layer has too is found, with the nodes that share them', (t) => {
  const model = classifier(
    [
      linear('u'),
      node('Relu', ['u'], {}, ['r']),
      node('Gemm', ['r', 'w'], { transB: { int: 1 } }, ['logits']),
    ],
    { w: W },
  );
  const { head } = describeClassifier(model);
  t.deepEqual(head?.weight, {
    ...{ name: 'w', shape: [64, 5], scale: 1, order: 'KD' },
    sharedWith: ['node2'],
  });
  t.deepEqual(head?.biases, []);
});

test('what is done to a weight between the file and the layer is seen', (t) => {
  const described = (initializers: Readonly<Record<string, Tensor>>, ...nodes: readonly WrittenNode[]) => {
    const { head } = describeClassifier(classifier(nodes, initializers));
    return [head?.weight.order, head?.weight.shape, head?.weight.scale, head?.features.form];
  };
  const turned = node('Transpose', ['w'], {}, ['wt']);
  t.deepEqual(described({ w: W }, linear('logits')), ['DK', [64, 5], 1, 'as it is']);
  t.deepEqual(described({ w: floats([5, 64]) }, turned, linear('logits', 'f', 'wt')), [
    ...['KD', [5, 64], 1, 'as it is'],
  ]);
  const kernels = node('Transpose', ['w'], { perm: { ints: [3, 2, 0, 1] } }, ['wt']);
  const convolved = node('Conv', ['x', 'wt'], {}, ['y']);
  t.deepEqual(described({ w: floats([1, 1, 4, 5]) }, kernels, convolved, pooled), [
    ...['DK', [1, 1, 4, 5], 1, 'mean over positions'],
  ]);
  t.deepEqual(described({ w: floats([4, 4, 4, 5]) }, kernels, convolved, pooled), [
    ...['other', [4, 4, 4, 5], 1, 'flattened'],
  ]);
  t.deepEqual(
    described({ w: W, s: floats([1], [0.5]) }, linear('u'), node('Mul', ['u', 's'], {}, ['logits'])),
    ['DK', [64, 5], 0.5, 'as it is'],
  );
});

test('what an Einsum reads is the tensor of the file, whatever it is moved to for its product', (t) => {
  const described = (equation: string, w: Tensor, ...nodes: readonly WrittenNode[]) => {
    const einsum = (from: string, to: string) =>
      node('Einsum', [from, 'w'], { equation: { string: equation } }, [to]);
    const [from, to] = nodes.length === 0 ? ['f', 'logits'] : ['x', 'u'];
    const { head } = describeClassifier(classifier([einsum(from, to), ...nodes], { w }));
    return [head?.features.tensor, head?.features.form, head?.weight.order];
  };
  t.deepEqual(described('nd,kd->nk', floats([5, 64])), ['f', 'as it is', 'KD']);
  t.deepEqual(described('nd,dk->nk', W), ['f', 'as it is', 'DK']);
  const mean = node('ReduceMean', ['u'], { axes: { ints: [2, 3] }, keepdims: { int: 0 } }, ['logits']);
  t.deepEqual(described('ndhw,kd->nkhw', floats([5, 4]), mean), ['x', 'mean over positions', 'KD']);
  const same = node('Identity', ['u'], {}, ['logits']);
  t.deepEqual(described('ndhw,kdhw->nk', floats([5, 4, 4, 4]), same), ['x', 'flattened', 'other']);
});

test('a chain of nodes that would take too much to follow is refused', (t) => {
  const many = Array.from({ length: 300 }, (_, at) =>
    node('Mul', [at === 0 ? 'u' : `u${at - 1}`, 's'], {}, [at === 299 ? 'logits' : `u${at}`]),
  );
  const wide = node('Pad', ['f', 'pads'], {}, ['u']);
  const pads = integers([0, 0, 0, 2 ** 17]);
  const { head, reason } = describeClassifier(classifier([wide, ...many], { s: floats([1], [1]), pads }));
  t.is(head, null);
  t.is(reason, 'more than 127 nodes lie between the last layer with weights and the 131136 logits');
});
