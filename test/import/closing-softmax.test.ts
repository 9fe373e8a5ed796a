import { readFile } from 'node:fs/promises';
import test from 'ava';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { ModelError } from '../../stages/errors.js';
import { decodeModel } from '../../stages/onnx/decode.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import { elementTypeCodes } from '../../stages/onnx/model.js';
import { compileForward, compileOneShot } from '../../stages/scoring/compile-passes.js';
import { floats, integers, modelOf, node, type WrittenNode } from '../operations/graph.js';

/** A linear classifier of images [3, 4, 4] whose logits are `h`, or [N, 5, 1, 1] in `h4`, and what follows. */
function closedBy(nodes: readonly WrittenNode[], opset = 17) {
  return modelOf({
    nodes: [
      node('Flatten', ['image'], {}, ['flat']),
      node('MatMul', ['flat', 'W'], {}, ['h']),
      node('Conv', ['image', 'K'], {}, ['c']),
      node('GlobalAveragePool', ['c'], {}, ['h4']),
      ...nodes,
    ],
    initializers: {
      W: floats([48, 5]),
      K: floats([5, 3, 1, 1]),
      axes: integers([2]),
      hundred: floats([], [100]),
      half: floats([1], [0.5]),
    },
    image: [3, 4, 4],
    opset,
  });
}

const bytesOf = (nodes: readonly WrittenNode[], opset = 17): Uint8Array =>
  encodeModel(compileOneShot(closedBy(nodes, opset)));

const plain = bytesOf([node('Identity', ['h'], {}, ['logits'])]);

for (const [what, nodes, opset] of [
  ['Softmax over the last axis', [node('Softmax', ['h'], {}, ['logits'])], 17],
  ['Softmax over axis 1', [node('Softmax', ['h'], { axis: { int: 1 } }, ['logits'])], 17],
  ['Softmax over axis −1', [node('Softmax', ['h'], { axis: { int: -1 } }, ['logits'])], 11],
  ['LogSoftmax', [node('LogSoftmax', ['h'], {}, ['logits'])], 17],
  ['LogSoftmax of operator set 11', [node('LogSoftmax', ['h'], {}, ['logits'])], 11],
  [
    'Softmax between copies',
    [
      node('Identity', ['h'], {}, ['p']),
      node('Softmax', ['p'], {}, ['q']),
      node('Identity', ['q'], {}, ['r']),
      node('Identity', ['r'], {}, ['logits']),
    ],
    17,
  ],
] as const)
  test(`a closing ${what} is cut off: scores are those of the logits`, (t) => {
    t.deepEqual(bytesOf(nodes, opset), plain);
  });

test('a positive number that a closing Softmax is multiplied by, or divided by, is cut off with it', (t) => {
  const softmax = node('Softmax', ['h'], {}, ['p']);
  for (const scaled of [
    [node('Mul', ['p', 'hundred'], {}, ['logits'])],
    [node('Mul', ['hundred', 'p'], {}, ['q']), node('Identity', ['q'], {}, ['logits'])],
    [node('Div', ['p', 'half'], {}, ['q']), node('Mul', ['q', 'half'], {}, ['logits'])],
  ])
    t.deepEqual(bytesOf([softmax, ...scaled]), plain);
  const turned = (nodes: readonly WrittenNode[]): Uint8Array =>
    bytesOf([node('Unsqueeze', ['h', 'axes'], {}, ['u']), ...nodes]);
  const flat = node('Flatten', ['q'], {}, ['logits']);
  t.deepEqual(
    turned([
      node('Softmax', ['u'], { axis: { int: 1 } }, ['p']),
      node('Mul', ['p', 'hundred'], {}, ['q']),
      flat,
    ]),
    turned([node('Softmax', ['u'], { axis: { int: 1 } }, ['p']), node('Identity', ['p'], {}, ['q']), flat]),
  );
});

test('a number that logarithms of probabilities are multiplied by scales the logits, and stays', (t) => {
  const scaled = bytesOf([node('LogSoftmax', ['h'], {}, ['p']), node('Mul', ['p', 'half'], {}, ['logits'])]);
  t.notDeepEqual(scaled, plain);
});

test('a Cast behind a closing Softmax, as networks in half precision have it, is cut off with it', (t) => {
  for (const to of [elementTypeCodes.float32, elementTypeCodes.float16])
    t.deepEqual(
      bytesOf([node('Softmax', ['h'], {}, ['s']), node('Cast', ['s'], { to: { int: to } }, ['logits'])]),
      plain,
    );
});

for (const [what, nodes, opset] of [
  [
    'flattened',
    [node('Softmax', ['h4'], { axis: { int: 1 } }, ['s']), node('Flatten', ['s'], {}, ['logits'])],
    17,
  ],
  [
    'reshaped',
    [
      node('Constant', [], { value_ints: { ints: [0, -1] } }, ['two']),
      node('Softmax', ['h4'], { axis: { int: 1 } }, ['s']),
      node('Identity', ['s'], {}, ['copy']),
      node('Reshape', ['copy', 'two'], {}, ['logits']),
    ],
    17,
  ],
  [
    'flattened, of operator set 11',
    [node('Softmax', ['h4'], {}, ['s']), node('Flatten', ['s'], {}, ['logits'])],
    11,
  ],
] as const)
  test(`a closing Softmax whose result is ${what} is cut off: scores are those of the logits`, (t) => {
    t.deepEqual(bytesOf(nodes, opset), bytesOf([node('Flatten', ['h4'], {}, ['logits'])]));
  });

for (const [what, nodes, opset] of [
  [
    'of operator set 11, over the classes of maps',
    [
      node('Transpose', ['h4'], { perm: { ints: [0, 3, 2, 1] } }, ['turned']),
      node('Softmax', ['turned'], { axis: { int: 3 } }, ['s']),
      node('Transpose', ['s'], { perm: { ints: [0, 3, 2, 1] } }, ['logits']),
    ],
    11,
  ],
  [
    'and flattened',
    [
      node('Transpose', ['h4'], { perm: { ints: [0, 2, 3, 1] } }, ['turned']),
      node('LogSoftmax', ['turned'], {}, ['s']),
      node('Transpose', ['s'], { perm: { ints: [0, 3, 1, 2] } }, ['back']),
      node('Flatten', ['back'], {}, ['logits']),
    ],
    17,
  ],
  [
    'with the batch last',
    [
      node('Flatten', ['h4'], {}, ['rows']),
      node('Transpose', ['rows'], {}, ['turned']),
      node('Softmax', ['turned'], { axis: { int: 0 } }, ['s']),
      node('Transpose', ['s'], {}, ['logits']),
    ],
    17,
  ],
] as const)
  test(`a closing softmax between Transposes, ${what}, is cut off: scores are those of the logits`, async (t) => {
    const scores = async (model: Uint8Array): Promise<number[]> => {
      const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
      const outputs = await session.run({
        image: new Tensor('float32', floats([2, 3, 4, 4]).data as Float32Array, [2, 3, 4, 4]),
        temperature: new Tensor('float32', [2], [1]),
        epsilon: new Tensor('float32', [0.01, 0.01, 0.01], [3]),
      });
      return ['logits', 'log_odds', 'log_sg', 'log_g'].flatMap((name) =>
        Array.from(outputs[name]?.data as Float32Array),
      );
    };
    const expected = await scores(bytesOf([node('Flatten', ['h4'], {}, ['logits'])]));
    const found = await scores(bytesOf(nodes, opset));
    t.is(found.length, expected.length);
    for (const [at, value] of expected.entries()) t.true(Math.abs((found[at] ?? Number.NaN) - value) < 1e-6);
  });

for (const [what, nodes, opset, message] of [
  [
    'over the batch',
    [node('Softmax', ['h'], { axis: { int: 0 } }, ['logits'])],
    17,
    "operation Softmax, node node4: it is over axis 0 of [N, 5], expected the classes' axis 1; export the model with the logits as output",
  ],
  [
    'over the batch, of a LogSoftmax',
    [node('LogSoftmax', ['h'], { axis: { int: -2 } }, ['logits'])],
    17,
    "operation LogSoftmax, node node4: it is over axis -2 of [N, 5], expected the classes' axis 1; export the model with the logits as output",
  ],
  [
    'over the batch and the classes',
    [node('Softmax', ['h'], { axis: { int: 0 } }, ['logits'])],
    11,
    "operation Softmax, node node4: it is over axis 0 of [N, 5], expected the classes' axis 1; export the model with the logits as output",
  ],
  [
    'over the one place behind the classes',
    [node('Softmax', ['h4'], {}, ['logits'])],
    17,
    "operation Softmax, node node4: it is over axis -1 of [N, 5, 1, 1], expected the classes' axis 1; export the model with the logits as output",
  ],
  [
    'over an axis that does not exist',
    [node('Softmax', ['h'], { axis: { int: 2 } }, ['logits'])],
    17,
    "operation Softmax, node node4: it is over axis 2 of [N, 5], expected the classes' axis 1; export the model with the logits as output",
  ],
  [
    'over a part of what an image has',
    [node('Softmax', ['c'], { axis: { int: 1 } }, ['s']), node('Flatten', ['s'], {}, ['logits'])],
    17,
    'operation Softmax, node node4: it is over axis 1 of [N, 5, 4, 4], expected all that an image has there; export the model with the logits as output',
  ],
  [
    'of nothing',
    [node('Softmax', [], {}, ['logits'])],
    17,
    'operation Softmax, node node4: input 0 is missing',
  ],
] as const)
  test(`a closing softmax ${what} is refused`, (t) => {
    t.throws(() => bytesOf(nodes, opset), { instanceOf: ModelError, message });
  });

test('of two closing Softmax only the last is cut off: the other is part of the network', async (t) => {
  const model = decodeModel(await readFile(new URL('../../../test/models/double.onnx', import.meta.url)));
  const { nodes } = compileForward(model).graph;
  t.is(nodes.filter(({ type }) => type === 'Softmax').length, 1);
  t.notThrows(() => compileOneShot(model));
});

test('logits [N, K, 1, 1], with a Softmax over classes or without, score as the same logits flattened', (t) => {
  const flat = bytesOf([node('Flatten', ['h4'], {}, ['logits'])]);
  t.deepEqual(bytesOf([node('Identity', ['h4'], {}, ['logits'])]), flat);
  t.deepEqual(bytesOf([node('Softmax', ['h4'], { axis: { int: 1 } }, ['logits'])]), flat);
});

for (const name of ['fullconv_4d', 'fullconv_4d_softmax'])
  test(`a fully convolutional network (${name}) has the scores of PyTorch float64`, async (t) => {
    const bytes = await readFile(new URL(`../../../test/models/${name}.onnx`, import.meta.url));
    const session = await InferenceSession.create(encodeModel(compileOneShot(decodeModel(bytes))), {
      intraOpNumThreads: 1,
    });
    const pixels = Float32Array.from({ length: 2 * 3 * 16 * 16 }, (_, at) => Math.sin(at * 0.7));
    const outputs = await session.run({
      image: new Tensor('float32', pixels, [2, 3, 16, 16]),
      temperature: new Tensor('float32', [2], [1]),
      epsilon: new Tensor('float32', [0, 0, 0], [3]),
    });
    // By autograd of log(1 + Σ exp((h_c − h_ĉ)/T)).
    const expected = {
      log_sg: [-0.8359837438883424, -0.8414091733722168],
      log_odds: [-2.027915716298133, -2.0281961100532726],
    };
    for (const [output, values] of Object.entries(expected))
      values.forEach((value, image) => {
        t.true(Math.abs(Number(outputs[output]?.data[image]) - value) < 5e-6, output);
      });
  });

test('copies that go in a circle are refused', async (t) => {
  const bytes = await readFile(new URL('../../../test/models/cycle-identity.onnx', import.meta.url));
  t.throws(() => compileOneShot(decodeModel(bytes)), {
    instanceOf: ModelError,
    message: 'the graph goes in a circle at b',
  });
});
