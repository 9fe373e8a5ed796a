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
const eighths = Array.from({ length: 16 }, (_, at) => ((at * 5) % 7) / 8);
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

test('a number of double precision beside what is computed in single precision is the same in single precision, as are weights behind it', (t) => {
  const model = (kind: (values: readonly number[], dims: readonly number[]) => Tensor): Model =>
    around(
      [
        node('Where', ['condition', 'c', 'x'], {}, ['w']),
        node('Mul', ['d', 'w'], {}, ['m']),
        node('Add', ['m', 'c'], {}, ['a']),
        node('Transpose', ['f'], {}, ['t']),
        node('MatMul', ['a', 't']),
      ],
      { ...condition, c: kind([-1e3], []), d: kind([1 / 3], [1]), f: kind(eighths, [4, 4]) },
    );
  t.true(scorer(model(double)).equals(scorer(model((values, dims) => floats(dims, values)))));
});

for (const [what, nodes, named] of [
  ['that is compared too', [node('Less', ['x', 'n'], {}, ['condition'])], 'Less'],
  ['beside what is cast to double precision', [node('Cast', ['x'], { to: { int: 11 } }, ['x64'])], 'Where'],
] as const)
  refuses(
    `a number of double precision ${what}`,
    around([...nodes, node('Where', ['condition', 'n', named === 'Where' ? 'x64' : 'x'])], {
      ...(named === 'Where' ? condition : {}),
      n: double([0.5], []),
    }),
    `operation ${named}, node node${named === 'Where' ? 2 : 1}: input 1 is of type float64; only float32 networks can be scored: export the model in float32`,
  );

refuses(
  'weights that single precision does not hold',
  around([node('MatMul', ['x', 'c'])], { c: double([...eighths.slice(1), 1 / 3], [4, 4]) }),
  'operation MatMul, node node1: input 1 is of type float64; only float32 networks can be scored: export the model in float32',
);

refuses(
  'a constant of double precision that no Cast follows',
  around([node('Where', ['condition', 'c', 'x'])], { ...condition, c: double(numbers, [4, 1]) }),
  'operation Where, node node1: input 1 is of type float64; only float32 networks can be scored: export the model in float32',
);

test('whole numbers of double precision that are cast to int64 are sizes', (t) => {
  const toInteger = (from: string, to: string): WrittenNode =>
    node('Cast', [from], { to: { int: elementTypeCodes.int64 } }, [to]);
  const model = (kind: (...values: number[]) => Tensor): Model =>
    around(
      [
        node('Constant', [], { value: { tensor: kind(0, -1, 2, 2) } }, ['d']),
        ...[toInteger('d', 'shape'), toInteger('e', 'end')],
        node('Reshape', ['x', 'shape'], {}, ['r']),
        node('Slice', ['r', 'starts', 'end', 'axes']),
      ],
      { starts: integers([1]), axes: integers([2]), e: kind(2 ** 31 - 1) },
    );
  const doubles = model((...values) => double(values, [values.length]));
  t.true(scorer(doubles).equals(scorer(model((...values) => integers(values)))));
});
