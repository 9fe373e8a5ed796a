import { readFile, writeFile } from 'node:fs/promises';
import test from 'ava';
import { cpuLowerings, cudaLowerings } from '../../stages/lowerings/lowerings.js';
import { decodeModel } from '../../stages/onnx/decode.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Graph, Tensor } from '../../stages/onnx/model.js';
import type { Engine } from '../../workers/engines/engine.js';
import { onnxRuntimeCpu } from '../../workers/engines/onnxruntime.js';
import { birthsOf, relativeError } from '../../workers/parity/births.js';
import { compareValues } from '../../workers/parity/compare-values.js';
import { inStandardOperators } from '../../workers/parity/standard-operators.js';

/** The CPU with constants of matrix products rounded to the ten bits that TF32 keeps, and channels-last order. */
const withRoundedGemms: Engine = {
  ...onnxRuntimeCpu,
  name: 'rounded',
  async open(file, options) {
    const model = inStandardOperators(decodeModel(await readFile(file)));
    const { graph } = model;
    const initializers = new Map(graph.initializers);
    const nodes = graph.nodes.map((node) => {
      const [x = '', weight = '', ...bias] = node.inputs;
      const tensor = graph.initializers.get(weight);
      if (node.type !== 'Gemm' || tensor?.type !== 'float32') return node;
      initializers.set(`${weight} rounded`, rounded(tensor));
      return { ...node, inputs: [x, `${weight} rounded`, ...bias] };
    });
    await writeFile(file, encodeModel({ ...model, graph: { ...graph, nodes, initializers } }));
    return onnxRuntimeCpu.open(file, options);
  },
};

function rounded(tensor: Tensor & { readonly type: 'float32' }): Tensor {
  const data = Float32Array.from(tensor.data);
  const bits = new Uint32Array(data.buffer);
  for (let at = 0; at < bits.length; at++) bits[at] = bits[at]! & ~0x1fff;
  return { ...tensor, data };
}

for (const [order, usual] of [
  ['channels-first', cpuLowerings],
  ['channels-last', cudaLowerings],
] as const) {
  test(`an engine whose matrix products are rounded bears its errors there, in ${order} order`, async (t) => {
    const cells = await compareValues(withRoundedGemms, 'bottleneck', { lowerings: usual, threads: 1 });
    t.deepEqual(
      cells.map(({ temperature, epsilon }) => [temperature, epsilon > 0]),
      [
        [1, false],
        [10, true],
      ],
    );
    for (const { births, logits, values } of cells) {
      t.true(values > 100);
      t.true(logits > 1e-5 && logits < 1e-2, String(logits));
      const [first] = births;
      t.is(first!.operation, 'Gemm');
      t.is(first!.inputs.length, 3);
      t.true(first!.attributes.includes('transB 1'));
      t.true(first!.before < 1e-6 && first!.after > 1e-5);
      t.true(births.some(({ operation, inputs }) => operation === 'Gemm' && inputs.length === 2));
    }
  });

  test(`no error is born where no layer is a matrix product, in ${order} order`, async (t) => {
    const lowerings = { ...usual, linear: 'convolved' } as const;
    for (const { births, logits } of await compareValues(withRoundedGemms, 'bottleneck', {
      lowerings,
      threads: 1,
    })) {
      t.deepEqual(births, []);
      t.true(logits < 1e-6);
    }
  });
}

test('an error is born where it is five times what came before, and then only goes on', (t) => {
  const node = (type: string, input: string, output: string) => ({
    ...{ name: output, type, domain: '', inputs: [input, ''], outputs: [output] },
    attributes: new Map([['axis', { kind: 'int', value: 1 } as const]]),
  });
  const graph: Graph = {
    name: 'chain',
    nodes: [node('Relu', 'x', 'a'), node('Exp', 'a', 'b'), node('Log', 'b', 'c'), node('Neg', 'c', 'd')],
    initializers: new Map(),
    ...{ inputs: [], outputs: [] },
    values: new Map([['a', { name: 'a', type: 'float32', dims: [2, 3] }]]),
  };
  const errors = new Map([
    ['a', 1e-6],
    ['b', 1e-4],
    ['c', 4e-4],
    ['d', 3e-3],
  ]);
  t.deepEqual(birthsOf(graph, errors), [
    { operation: 'Exp', inputs: ['2×3', ''], attributes: ['axis 1'], before: 1e-6, after: 1e-4 },
    { operation: 'Neg', inputs: ['', ''], attributes: ['axis 1'], before: 4e-4, after: 3e-3 },
  ]);
});

test('errors are parts of the largest element, and whole where one alone is finite', (t) => {
  t.is(relativeError([1, -3.5], [1, -4]), 0.125);
  t.is(relativeError([0.5], [0]), 0.5);
  t.is(relativeError([-Infinity, NaN, 2], [-Infinity, NaN, 2]), 0);
  t.is(relativeError([-Infinity, 2], [-9, 2]), 1);
  t.is(relativeError([2], [2, 1]), 1);
});
