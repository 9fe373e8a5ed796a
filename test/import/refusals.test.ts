import test from 'ava';
import { ModelError } from '../../stages/errors.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model, ValueInfo } from '../../stages/onnx/model.js';
import { compileOneShot } from '../../stages/scoring/compile-passes.js';
import { around, floats, modelOf, node, type WrittenNode } from '../operations/graph.js';
import { differenceToRuntime } from './against-runtime.js';

const scalars = {
  scale: floats([], [0.1]),
  zero: { type: 'uint8', dims: [], data: Uint8Array.of(0) },
} as const;

/** A node in an operator set of someone's own. */
const inDomain = (model: Model, domain: string, ...types: readonly string[]): Model => ({
  ...model,
  graph: {
    ...model.graph,
    nodes: model.graph.nodes.map((one) => (types.includes(one.type) ? { ...one, domain } : one)),
  },
});

const refused: Readonly<Record<string, readonly [model: Model, message: RegExp]>> = {
  'a quantised model': [
    around(
      [
        node('QuantizeLinear', ['x', 'scale', 'zero'], {}, ['q']),
        node('DequantizeLinear', ['q', 'scale', 'zero']),
      ],
      scalars,
    ),
    /^operation QuantizeLinear, node node1: the model is quantised, .* give the floating-point model that it was made from$/,
  ],
  'a dynamically quantised model': [
    around([
      node('DynamicQuantizeLinear', ['x'], {}, ['q', 's', 'o']),
      node('MatMulInteger', ['q', 'q', 'o'], {}, ['i']),
      node('Cast', ['i'], { to: { int: 1 } }),
    ]),
    /^operation DynamicQuantizeLinear, node node1: the model is quantised/,
  ],
  'a loop': [
    around([node('Loop', ['', '', 'x'])]),
    /^operation Loop, node node1: what runs is decided while the model runs, .* by tracing it$/,
  ],
  'a scan': [around([node('Scan', ['x'])]), /^operation Scan, node node1: what runs is decided/],
  'a recurrent layer, whatever its first state is made of': [
    around(
      [
        node('Shape', ['x'], {}, ['sizes']),
        node('ConstantOfShape', ['sizes'], {}, ['state']),
        node('LSTM', ['x', 'w', 'r', '', '', 'state', 'state']),
      ],
      { w: floats([1, 16, 4]), r: floats([1, 16, 4]) },
    ),
    /^operation LSTM, node node3: recurrent layers are not supported: .*; give a network of convolutions or attention$/,
  ],
  'a sequence': [
    around([
      node('SequenceConstruct', ['x'], {}, ['s']),
      node('ConcatFromSequence', ['s'], { axis: { int: 1 } }),
    ]),
    /^operation SequenceConstruct, node node1: sequences and maps are not tensors/,
  ],
  'a list of dictionaries': [
    inDomain(around([node('ZipMap', ['x'])]), 'ai.onnx.ml', 'ZipMap'),
    /^operation ai\.onnx\.ml\.ZipMap, node node1: sequences and maps are not tensors; .*"zipmap": False/,
  ],
  'a forest': [
    inDomain(around([node('TreeEnsembleClassifier', ['x'])]), 'ai.onnx.ml', 'TreeEnsembleClassifier'),
    /^operation ai\.onnx\.ml\.TreeEnsembleClassifier, node node1: this is no operation of a neural network/,
  ],
  'an operation in the layout of one processor': [
    inDomain(around([node('ReorderInput', ['x'])]), 'com.microsoft.nchwc', 'ReorderInput'),
    /^operation com\.microsoft\.nchwc\.ReorderInput, node node1: the file was optimised by ONNX Runtime for one kind/,
  ],
  'an operation of someone’s own': [
    inDomain(around([node('MyThing', ['x'])]), 'acme', 'MyThing'),
    /^operation acme\.MyThing, node node1: neither the standard nor a local function of the file says what it does/,
  ],
  'a model without parameters': [
    modelOf({ nodes: [node('Flatten', ['image'], {}, ['logits'])], initializers: {}, image: [3, 4, 4] }),
    /^the model has no parameters: no weights lie between its image and its logits/,
  ],
};

for (const [what, [model, message]] of Object.entries(refused))
  test(`${what} is refused with what to do, in one line`, (t) => {
    const error = t.throws(() => compileOneShot(model), { instanceOf: ModelError, message });
    t.false(error?.message.includes('\n'));
  });

const linear = (closing: readonly WrittenNode[]): Model =>
  modelOf({
    nodes: [
      node('Flatten', ['image'], {}, ['flat']),
      node('MatMul', ['flat', 'W'], {}, ['scores']),
      ...closing,
    ],
    initializers: { W: floats([48, 5]), V: floats([5, 5]) },
    image: [3, 4, 4],
  });

test('a network that closes with a Sigmoid is refused, and the tensor before it named', (t) => {
  const message =
    /^operation Sigmoid, node node2: it closes the network, .* export the model with scores as output in its place$/;
  for (const closing of [
    [node('Sigmoid', ['scores'], {}, ['logits'])],
    [
      node('Sigmoid', ['scores'], {}, ['each']),
      node('Flatten', ['each'], {}, ['f']),
      node('Identity', ['f'], {}, ['logits']),
    ],
  ])
    t.throws(() => compileOneShot(linear(closing)), { instanceOf: ModelError, message });
  // What weights make of it may be logits.
  t.notThrows(() =>
    compileOneShot(
      linear([node('Sigmoid', ['scores'], {}, ['each']), node('MatMul', ['each', 'V'], {}, ['logits'])]),
    ),
  );
});

test('outputs none of which is a tensor of logits are refused as what they are', (t) => {
  const model = linear([node('Identity', ['scores'], {}, ['logits'])]);
  const output = (name: string, type: ValueInfo['type']): ValueInfo => ({ name, type, dims: null });
  const outputs = [output('label', 'int64'), output('maps', 'unknown')];
  t.throws(() => compileOneShot({ ...model, graph: { ...model.graph, outputs } }), {
    instanceOf: ModelError,
    message:
      'the model has 2 outputs (label, maps), none of which is a floating-point tensor [N, classes]; export it with its logits as output',
  });
});

const normalized = (opset: number, outputs: readonly string[], reader: WrittenNode) =>
  around(
    [node('BatchNormalization', ['x', 'g', 'b', 'm', 'v'], {}, outputs), reader],
    { g: floats([4]), b: floats([4]), m: floats([4]), v: floats([4], [1, 2, 3, 4]) },
    { opset },
  );

test('outputs of training that nobody reads are left out of an older BatchNormalization, and refused where they are read', async (t) => {
  const training = ['n', 'mean', 'var', 'saved_mean', 'saved_var'];
  for (const opset of [7, 9, 13]) {
    const model = normalized(opset, training, node('Relu', ['n']));
    const evaluated = normalized(opset, ['n'], node('Relu', ['n']));
    compileOneShot(model);
    t.true((await differenceToRuntime(model, { original: encodeModel(evaluated) })) < 1e-5);
    t.throws(() => compileOneShot(normalized(opset, training, node('Add', ['n', 'mean']))), {
      instanceOf: ModelError,
      message:
        /^operation BatchNormalization, node node1: is in training mode; export the model after model\.eval\(\)$/,
    });
  }
});
