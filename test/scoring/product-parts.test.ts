import test from 'ava';
import { cudaLowerings, cudaSingleLowerings, type Lowerings } from '../../stages/lowerings/lowerings.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model, Node } from '../../stages/onnx/model.js';
import { compileOneShot } from '../../stages/scoring/compile-passes.js';
import { inStandardOperators } from '../../workers/parity/standard-operators.js';
import { disagreementsOfGraph, readNetwork, readNetworkGolden } from './golden-network.js';

/** Networks with fully connected layers behind features of several sizes, with linear layers at many positions, and with attention. */
const networks = ['mixed', 'perceptron', 'copies', 'transformer', 'attention', 'windows-v2'];

/**
 * A graph as hardware computes it that rounds the factors of matrix products to eleven bits, as tensor cores do, and adds up
 * in single precision: the rounding is three operations before each factor.
 */
function roundingFactors(model: Model): Model {
  const { graph } = model;
  const nodes: Node[] = [];
  const constants = new Map(graph.initializers);
  constants.set('splitter', { type: 'float32', dims: [], data: Float32Array.of(2 ** 13 + 1) });
  const rounded = (node: Node, slot: number): string => {
    const x = node.inputs[slot] ?? '';
    const name = `${node.name}/rounded ${slot}`;
    const step = (type: string, inputs: readonly string[], output: string): void => {
      const made = { name: output, type, domain: '', inputs, outputs: [output], attributes: new Map() };
      nodes.push(made);
    };
    step('Mul', [x, 'splitter'], `${name} scaled`);
    step('Sub', [`${name} scaled`, x], `${name} excess`);
    step('Sub', [`${name} scaled`, `${name} excess`], name);
    return name;
  };
  for (const node of graph.nodes) {
    const isProduct = node.type === 'MatMul' || node.type === 'Gemm';
    const inputs = isProduct
      ? [rounded(node, 0), rounded(node, 1), ...node.inputs.slice(2)]
      : [...node.inputs];
    nodes.push({ ...node, inputs });
  }
  return { ...model, graph: { ...graph, nodes, initializers: constants } };
}

async function wrongWhenRounded(network: string, lowerings: Lowerings): Promise<readonly string[]> {
  const batch = readNetworkGolden(network).seeds.length;
  const graph = inStandardOperators(compileOneShot(readNetwork(network), { batch, lowerings }));
  return disagreementsOfGraph(network, encodeModel(roundingFactors(graph)));
}

for (const network of networks) {
  test.serial(
    `${network} in parts scores as in float64 where factors of products are rounded to eleven bits`,
    async (t) => {
      t.deepEqual(await wrongWhenRounded(network, cudaSingleLowerings), []);
    },
  );
}

test.serial('with whole products that rounding is seen', async (t) => {
  const wrong: string[] = [];
  for (const network of ['mixed', 'perceptron', 'transformer'])
    wrong.push(...(await wrongWhenRounded(network, cudaLowerings)));
  t.true(wrong.length > 0);
});
