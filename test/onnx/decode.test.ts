import test from 'ava';
import { ModelError } from '../../stages/errors.js';
import { decodeModel } from '../../stages/onnx/decode.js';
import { decodeTensor } from '../../stages/onnx/decode-tensor.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import { encodeInFiles } from '../../stages/onnx/encode-in-files.js';
import { compileOneShot } from '../../stages/scoring/compile-passes.js';
import {
  linearNodes,
  message,
  type RawField,
  rawExternal,
  rawFloats,
  rawModel,
  rawNode,
} from './raw-model.js';

const weight = rawFloats('W', [48, 5]);
const tensor = (...fields: readonly RawField[]): Uint8Array => message(...fields, [8, 'W']);
const packed = (...values: readonly number[]): Uint8Array => new Uint8Array(values);

for (const [what, dims] of [
  ['a negative size', [-1, 4]],
  ['a size beyond what numbers hold', [2n ** 62n]],
  ['a product that overflows', [2n ** 40n, 2n ** 40n]],
  ['a product that overflows to what it holds', [2n ** 32n, 2n ** 32n, 4n]],
] as const)
  test(`a tensor that claims ${what} is refused before anything is allocated`, (t) => {
    const bytes = tensor(...dims.map((size): RawField => [1, size]), [2, 1], [9, new Uint8Array(16)]);
    t.throws(() => decodeTensor(bytes), {
      instanceOf: ModelError,
      message: /^tensor W has shape \[.*no tensor can have/,
    });
  });

test('a tensor that claims more values than its file has bytes is refused before they are allocated', (t) => {
  const claimed = [
    [1, 100_000],
    [1, 100_000],
  ] as const;
  for (const values of [
    [9, new Uint8Array(16)],
    [4, new Uint8Array(16)],
    [7, packed(1, 2, 3, 4)],
  ] as const)
    t.throws(() => decodeTensor(tensor(...claimed, [2, values[0] === 7 ? 7 : 1], values)), {
      instanceOf: ModelError,
      message:
        /^tensor W holds 4 values where its shape \[100000, 100000\] has 10000000000; the file is damaged$/,
    });
});

test('more or fewer values than the shape has are counted and refused', (t) => {
  for (const values of [packed(1), packed(1, 2, 3)])
    t.throws(() => decodeTensor(tensor([1, 2], [2, 7], [7, values])), {
      message: `tensor W holds ${values.length} values where its shape [2] has 2; the file is damaged`,
    });
  t.throws(() => decodeTensor(tensor([1, 2], [2, 1], [9, new Uint8Array(9)])), { message: /holds 2 values/ });
});

test('values of each element type are read, packed, one by one and as raw bytes', (t) => {
  const minusOne = new Uint8Array([0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]);
  const cases: readonly (readonly [code: number, field: RawField, bytes: readonly number[]])[] = [
    [1, [4, new Uint8Array(Float32Array.of(0.5).buffer)], [0, 0, 0, 63]],
    [2, [5, 200], [200]],
    [3, [5, minusOne], [255]],
    [4, [5, 40_000], [64, 156]],
    [5, [5, minusOne], [255, 255]],
    [6, [5, minusOne], [255, 255, 255, 255]],
    [7, [7, minusOne], [255, 255, 255, 255, 255, 255, 255, 255]],
    [7, [7, 3], [3, 0, 0, 0, 0, 0, 0, 0]],
    [9, [5, 1], [1]],
    [10, [5, 0x3c00], [0, 60]],
    [11, [10, new Uint8Array(Float64Array.of(0.5).buffer)], [0, 0, 0, 0, 0, 0, 224, 63]],
    [12, [11, 4_000_000_000], [0, 40, 107, 238]],
    [13, [11, 5], [5, 0, 0, 0, 0, 0, 0, 0]],
    [16, [5, 0x3f80], [128, 63]],
  ];
  for (const [code, field, bytes] of cases)
    for (const values of [field, [9, new Uint8Array(bytes)] as const]) {
      const [, { data }] = decodeTensor(tensor([1, 1], [2, code], values));
      t.deepEqual(
        [...new Uint8Array(data.buffer, data.byteOffset, data.byteLength)],
        [...bytes],
        `type ${code}`,
      );
    }
});

test('a tensor of text, and one of a type that no one knows, is refused by its name', (t) => {
  for (const code of [8, 14, 21, 1000])
    t.throws(() => decodeTensor(tensor([1, 1], [2, code])), {
      message: `tensor W has element type ${code}, which is neither a number nor a truth value`,
    });
});

test('initialisers that no output needs are not decoded, whatever they hold', (t) => {
  const text = message([1, 1], [2, 8], [8, 'words'], [6, 'hello']);
  const idle = rawNode('Mystery', ['words'], ['idle']);
  const { graph } = decodeModel(rawModel([...linearNodes, idle], [text, weight]));
  t.deepEqual([...graph.initializers.keys()], ['W']);
  t.deepEqual(
    graph.nodes.map(({ type }) => type),
    ['Flatten', 'MatMul'],
  );
});

test('names that objects inherit are names like others', (t) => {
  const nodes = [
    rawNode('Flatten', ['image'], ['__proto__'], message([1, 'constructor'], [3, 1], [20, 2])),
    rawNode('MatMul', ['__proto__', 'toString'], ['logits']),
  ];
  const { graph } = decodeModel(rawModel(nodes, [rawFloats('toString', [48, 5])]));
  t.deepEqual([...graph.initializers.keys()], ['toString']);
  t.deepEqual([...(graph.nodes[0]?.attributes.keys() ?? [])], ['constructor']);
});

for (const [what, nodes, initializers, message] of [
  [
    'two nodes',
    [...linearNodes, rawNode('Flatten', ['image'], ['logits'])],
    [weight],
    'tensor logits comes from node logits and from node logits; the file is damaged',
  ],
  [
    'a node and an initialiser',
    [...linearNodes, rawNode('Flatten', ['image'], ['W'])],
    [weight],
    'tensor W comes from an initialiser and from node W; the file is damaged',
  ],
  [
    'two initialisers',
    linearNodes,
    [weight, weight],
    'tensor W comes from an initialiser and from an initialiser; the file is damaged',
  ],
  [
    'a node and the graph’s input',
    [...linearNodes, rawNode('Flatten', ['flat'], ['image'])],
    [weight],
    'tensor image comes from an input of the graph and from node image; the file is damaged',
  ],
] as const)
  test(`a tensor that ${what} make is refused`, (t) => {
    t.throws(() => decodeModel(rawModel(nodes, initializers)), { instanceOf: ModelError, message });
  });

test('groups nested without end, and names that are no UTF-8, are no ONNX model', (t) => {
  const nested = new Uint8Array(200_000).fill((50 << 3) | 3, 0);
  const latin = message([1, 8], [7, message([1, message([3, new Uint8Array([0xe9])])])]);
  for (const bytes of [nested, latin])
    t.throws(() => decodeModel(bytes), { instanceOf: ModelError, message: /^not an ONNX model/ });
});

test('graphs within attributes, however deep, are told by kind and not read', (t) => {
  let graph = message([2, 'deepest']);
  for (let depth = 0; depth < 2000; depth++) {
    const body = message([1, 'body'], [6, graph], [20, 5]);
    graph = message([1, rawNode('If', ['c'], [`y${depth}`], body)]);
  }
  const node = rawNode('Flatten', ['image'], ['flat'], message([1, 'then'], [6, graph], [20, 5]));
  const [, matMul] = linearNodes;
  const { nodes } = decodeModel(rawModel([node, matMul!], [weight])).graph;
  t.deepEqual(nodes[0]?.attributes.get('then'), { kind: 'unsupported' });
});

test('attributes of every type are told by kind, their numbers and texts whatever they are', (t) => {
  const attribute = (name: string, type: number, ...fields: readonly RawField[]) =>
    message([1, name], ...fields, [20, type]);
  const node = rawNode(
    'Flatten',
    ['image'],
    ['flat'],
    attribute('int', 2, [3, 2n ** 63n - 1n]),
    attribute('least', 2, [3, -(2n ** 63n)]),
    attribute('text', 3, [4, new Uint8Array([0xff, 0xfe])]),
    attribute('texts', 8, [9, 'a'], [9, new Uint8Array([0xc3])]),
    attribute('ints', 7, [8, new Uint8Array([1, 2, 3])], [8, 4]),
    attribute('no tensor', 4),
    attribute('tensors', 9, [10, rawFloats('a', [1])]),
    attribute('graphs', 10, [11, message([2, 'inner'])]),
    attribute('sparse', 11, [22, message([1, rawFloats('a', [1])])]),
    attribute('type', 13, [14, message([1, message([1, 1])])]),
    attribute('of no known type', 99, [3, 5]),
    message([1, 'of old files'], [3, 5]),
    attribute('contradicted', 2, [8, 5]),
  );
  const [, matMul] = linearNodes;
  const { nodes } = decodeModel(rawModel([node, matMul!], [weight])).graph;
  t.deepEqual(Object.fromEntries(nodes[0]?.attributes ?? []), {
    int: { kind: 'int', value: 2 ** 63 },
    least: { kind: 'int', value: -(2 ** 63) },
    text: { kind: 'string', value: '\ufffd\ufffd' },
    texts: { kind: 'strings', value: ['a', '\ufffd'] },
    ints: { kind: 'ints', value: [1, 2, 3, 4] },
    'no tensor': { kind: 'unsupported' },
    tensors: { kind: 'unsupported' },
    graphs: { kind: 'unsupported' },
    sparse: { kind: 'unsupported' },
    type: { kind: 'unsupported' },
    'of no known type': { kind: 'unsupported' },
    'of old files': { kind: 'int', value: 5 },
    contradicted: { kind: 'unsupported' },
  });
});

test('an attribute that is there twice is refused', (t) => {
  const axis = message([1, 'axis'], [3, 1], [20, 2]);
  const [, matMul] = linearNodes;
  const flatten = rawNode('Flatten', ['image'], ['flat'], axis, axis);
  t.throws(() => decodeModel(rawModel([flatten, matMul!], [weight])), {
    instanceOf: ModelError,
    message: 'operation Flatten, node flat: attribute axis is there twice; the file is damaged',
  });
});

test('sparse initialisers are not read, nor functions that nobody calls: what needs others is refused by name', (t) => {
  const sparse = message([1, rawFloats('S', [1])], [3, 48], [3, 5]);
  const [flatten] = linearNodes;
  const product = rawNode('MatMul', ['flat', 'S'], ['logits']);
  const model = decodeModel(
    Buffer.concat([
      rawModel([flatten!, product], [], [15, sparse]),
      message([25, message([1, 'F'], [7, rawNode('F', ['x'], ['y'])])]),
    ]),
  );
  t.throws(() => compileOneShot(model), {
    instanceOf: ModelError,
    message: /reads S, which nothing before it makes/,
  });
  const called = rawNode('F', ['flat'], ['logits']);
  const local = Buffer.concat([called, message([7, 'local'])]);
  t.throws(() => compileOneShot(decodeModel(rawModel([flatten!, local], []))), {
    instanceOf: ModelError,
    message:
      /^operation local\.F, node logits: neither the standard nor a local function of the file says what it does/,
  });
});

test('a tensor of 2 GiB and weights beyond the memory are refused before any is read, those that nothing needs not counted', (t) => {
  const external = (name: string, columns: number) =>
    rawExternal(name, [48, columns], { location: 'weights', length: String(4 * 48 * columns) });
  const read = () => t.fail('weights were read');
  const multiply = (x: string, weight: string, y: string) => rawNode('MatMul', [x, weight], [y]);
  const flatten = rawNode('Flatten', ['image'], ['flat']);
  const single = rawModel([flatten, multiply('flat', 'V', 'logits')], [external('V', 2 ** 24)]);
  t.throws(() => decodeModel(single, read as never), {
    instanceOf: ModelError,
    message:
      'tensor V takes 3221225472 bytes in float32, and none of 2 GiB or more is read; split it, and what it is multiplied by, in several',
  });
  const several = rawModel(
    [flatten, multiply('flat', 'V', 'v'), multiply('flat', 'W', 'w'), rawNode('Add', ['v', 'w'], ['logits'])],
    [external('V', 2 ** 23), external('W', 2 ** 23)],
  );
  t.throws(() => decodeModel(several, read as never, 3e9), {
    instanceOf: ModelError,
    message:
      'its weights take 3221225472 bytes in float32, more than the 3000000000 bytes of memory that there are for them; compile it on a machine with more',
  });
  const unread = rawModel(linearNodes, [weight, external('V', 2 ** 24)]);
  t.notThrows(() => decodeModel(unread, read as never, 1000));
});

test('a model that is larger than an ONNX file can be has its weights written beside it, or is refused', (t) => {
  const { opset, graph, metadata } = decodeModel(rawModel(linearNodes, [weight]));
  // Pages that are never touched.
  const data = new Float32Array(2 ** 28);
  const tensor = { type: 'float32', dims: [2 ** 28], data } as const;
  const initializers = new Map([
    ['a', tensor],
    ['b', tensor],
  ]);
  const model = { opset, metadata, graph: { ...graph, initializers } };
  t.throws(() => encodeModel(model), {
    instanceOf: ModelError,
    message:
      /^the compiled graph takes 21474\d+ bytes, and an ONNX file is smaller than 2 GiB; write it to disk \(writeScorer\(MODEL, FILE\)\), where/,
  });
  const { file, data: beside } = encodeInFiles(model, 'beside');
  t.true(file.length < 1000);
  t.is(
    beside?.reduce((sum, part) => sum + part.length, 0),
    2 ** 31,
  );
});

test('every truncation of a model is refused, or is a model', (t) => {
  const whole = rawModel(linearNodes, [weight]);
  for (let length = 0; length < whole.length; length++)
    t.throws(() => decodeModel(whole.subarray(0, length)), { instanceOf: ModelError });
});
