import test from 'ava';
import { encodeModel } from '../../stages/onnx/encode.js';
import { elementTypeCodes, type Model, type Tensor } from '../../stages/onnx/model.js';
import { compileOneShot } from '../../stages/scoring/compile-passes.js';
import { around, booleans, floats, integers, node, type WrittenNode } from '../operations/graph.js';
import { refuses } from '../operations/refusal.js';

const numbers = [0.5, -0.25, 1 / 3, 4];
const double = (values: readonly number[], dims: readonly number[]): Tensor => ({
  type: 'float64',
  dims,
  data: new Uint8Array(Float64Array.from(values).buffer),
});
const toSingle = (from: string): WrittenNode =>
  node('Cast', [from], { to: { int: elementTypeCodes.float32 } }, ['s']);
const chosen = node('Where', ['condition', 's', 'x']);
const condition = { condition: { ...booleans(true, false, true, false), dims: [4] } };
const scorer = (model: Model): Buffer => Buffer.from(encodeModel(compileOneShot(model)));

const ways: readonly (readonly [string, readonly WrittenNode[], string])[] = [
  ['at once', [], 'c'],
  ['transposed', [node('Transpose', ['c'], {}, ['t'])], 't'],
  ['expanded', [node('Expand', ['c', 'shape'], {}, ['t'])], 't'],
  ['times another', [node('Mul', ['c', 'd'], {}, ['t'])], 't'],
];

for (const [how, nodes, last] of ways)
  test(`a constant of double precision that is cast ${how} is the same in single precision`, (t) => {
    const model = (kind: (values: readonly number[], dims: readonly number[]) => Tensor): Model =>
      around([...nodes, toSingle(last), chosen], {
        ...{ ...condition, shape: integers([4, 4]) },
        ...{ c: kind(numbers, [4, 1]), d: kind([2], []) },
      });
    t.true(scorer(model(double)).equals(scorer(model((values, dims) => floats(dims, values)))));
  });

refuses(
  'a constant of double precision that no Cast follows',
  around([node('Where', ['condition', 'c', 'x'])], { ...condition, c: double(numbers, [4, 1]) }),
  'operation Where, node node1: input 1 is of type float64; only float32 networks can be scored: export the model in float32',
);
