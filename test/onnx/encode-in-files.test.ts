import test from 'ava';
import { decodeModel } from '../../stages/onnx/decode.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import { encodeInFiles } from '../../stages/onnx/encode-in-files.js';
import type { Model, Tensor } from '../../stages/onnx/model.js';

const floats = (count: number): Tensor => ({
  type: 'float32',
  dims: [count],
  data: Float32Array.from({ length: count }, (_, i) => i - count / 3),
});
const tensors: readonly (readonly [string, Tensor])[] = [
  ['first', floats(1000)],
  ['small', floats(255)],
  ['places', { type: 'int64', dims: [500], data: BigInt64Array.from({ length: 500 }, (_, i) => BigInt(i)) }],
  ['half', { type: 'float16', dims: [600], data: Uint8Array.from({ length: 1200 }, (_, i) => i & 63) }],
  ['last', floats(256)],
];

/** A graph of initialisers alone, each of which is an output. */
const model: Model = {
  opset: 17,
  metadata: new Map([['key', 'value']]),
  graph: {
    name: 'tensors',
    nodes: tensors.map(([name]) => ({
      ...{ name, type: 'Identity', domain: '', attributes: new Map() },
      inputs: [name],
      outputs: [`${name}.out`],
    })),
    initializers: new Map(tensors),
    inputs: [],
    outputs: tensors.map(([name, { type, dims }]) => ({ name: `${name}.out`, type, dims })),
  },
};

test('a model that fits in one file is written as it always was', (t) => {
  const { file, data } = encodeInFiles(model, 'net.data', encodeModel(model).length);
  t.is(data, null);
  t.deepEqual(file, encodeModel(model));
});

test('float tensors of 1 KiB and more lie beside a file that would be too large, each at the start of a page', (t) => {
  const { file, data } = encodeInFiles(model, 'net.data', encodeModel(model).length - 1);
  const bytes = Buffer.concat(data ?? []);
  const asked: (readonly [string, number, number])[] = [];
  const { graph, metadata } = decodeModel(file, (location, offset, length) => {
    asked.push([location, offset, length]);
    return new Uint8Array(bytes.subarray(offset, offset + length));
  });
  t.deepEqual(asked, [
    ['net.data', 0, 4000],
    ['net.data', 4096, 1200],
    ['net.data', 8192, 1024],
  ]);
  t.is(bytes.length, 8192 + 1024);
  t.deepEqual(graph.initializers, model.graph.initializers);
  t.deepEqual(metadata, model.metadata);
});

test('the same model gives the same two files', (t) => {
  const [one, other] = [encodeInFiles(model, 'net.data', 1000), encodeInFiles(model, 'net.data', 1000)];
  t.deepEqual(one, other);
});
