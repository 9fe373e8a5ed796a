import { readFile } from 'node:fs/promises';
import test from 'ava';
import { ModelError } from '../../stages/errors.js';
import { decodeModel } from '../../stages/onnx/decode.js';
import type { Model } from '../../stages/onnx/model.js';
import { decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { around, floats, integers, node } from '../operations/graph.js';

const target = integers([0, -1]);

for (const [what, file, message] of [
  [
    'a shape that is doubled 25 times',
    'concat-bomb-26',
    /^operation Concat, node c9: a shape of 2048 sizes is computed, more than the 1024 that any has$/,
  ],
  [
    'a constant of 500 million elements',
    'cos-500M',
    /^operation ConstantOfShape, node k: the constants that the graph computes take more than \d+ bytes, 4000000000 for this node alone/,
  ],
] as const)
  test(`${what} is refused before it is computed`, async (t) => {
    const model = decodeModel(await readFile(new URL(`../../../test/models/${file}.onnx`, import.meta.url)));
    const before = process.memoryUsage().rss;
    t.throws(() => decideModelParameters(model), { instanceOf: ModelError, message });
    t.true(process.memoryUsage().rss - before < 200e6);
  });

/** A weight that is transposed many times over. */
function transposedAgain(times: number, size: number): Model {
  const nodes = Array.from({ length: times }, (_, i) => node('Transpose', [`w${i}`], {}, [`w${i + 1}`]));
  return around([...nodes, node('MatMul', ['x', `w${times}`])], { w0: floats([4, size]) });
}

test('a weight that is transposed a few times is evaluated, one that is without end is refused', (t) => {
  t.is(decideModelParameters(transposedAgain(4, 4)).parameters.length, 2);
  t.throws(() => decideModelParameters(transposedAgain(1000, 20_000)), {
    instanceOf: ModelError,
    message: /^operation Transpose, node node\d+: the constants that the graph computes take more than/,
  });
});

for (const [what, model, message] of [
  [
    'a constant of negative size',
    around(
      [
        node('ConstantOfShape', ['s'], { value: { tensor: integers([0]) } }, ['c']),
        node('Reshape', ['x', 'c']),
      ],
      { s: integers([-3]) },
    ),
    "operation ConstantOfShape, node node1: a tensor of shape [-3] can't be filled",
  ],
  [
    'an index out of range',
    around(
      [node('Shape', ['x'], {}, ['s']), node('Gather', ['s', 'at'], {}, ['t']), node('Reshape', ['x', 't'])],
      { at: integers([4]) },
    ),
    'operation Gather, node node2: index 4 is none of the 4 elements that are gathered from',
  ],
  [
    'a squeezed axis of another size than 1',
    around([node('Squeeze', ['w', 'a'], {}, ['v']), node('Add', ['x', 'v'])], {
      w: floats([1, 4, 1, 1]),
      a: integers([1]),
    }),
    "operation Squeeze, node node1: axis 1 of [1, 4, 1, 1] can't be squeezed away: its size is not 1",
  ],
  [
    'an axis unsqueezed twice',
    around([node('Unsqueeze', ['w', 'a'], {}, ['v']), node('Add', ['x', 'v'])], {
      w: floats([4]),
      a: integers([1, 1]),
    }),
    'operation Unsqueeze, node node1: axes [1, 1] name an axis twice',
  ],
  [
    'a transposition that is no order',
    around([node('Transpose', ['w'], { perm: { ints: [0, 0] } }, ['v']), node('MatMul', ['x', 'v'])], {
      w: floats([4, 4]),
    }),
    'operation Transpose, node node1: perm is [0, 0], expected an order of 2 axes',
  ],
  [
    'a constant without a value',
    around([node('Constant', [], {}, ['c']), node('Reshape', ['x', 'c'])]),
    'operation Constant, node node1: holds neither a tensor nor numbers, but nothing',
  ],
  [
    'a target with two sizes left open',
    around([node('Reshape', ['w', 's'], {}, ['v']), node('Add', ['x', 'v'])], {
      w: floats([4]),
      s: integers([-1, -1]),
    }),
    'operation Reshape, node node1: reshape [4] → [-1, -1] is not possible: expected sizes, of which one may be −1',
  ],
  [
    'a flattening at an axis that does not exist',
    around([node('Flatten', ['w'], { axis: { int: 3 } }, ['v']), node('MatMul', ['x', 'v'])], {
      w: floats([4, 4]),
    }),
    'operation Flatten, node node1: axis 3 does not exist at rank 2, expected -2 to 1',
  ],
] as const)
  test(`${what} is refused, naming operation and node`, (t) => {
    t.throws(() => decideModelParameters(model), { instanceOf: ModelError, message });
  });

test('the largest int64 as an attribute stands for the end', (t) => {
  const model = around(
    [
      node('Shape', ['x'], {}, ['s']),
      node('Constant', [], { value_ints: { ints: [2 ** 63] } }, ['end']),
      node('Slice', ['s', 'begin', 'end'], {}, ['t']),
      node('Reshape', ['x', 't']),
    ],
    { begin: integers([0]), unused: target },
  );
  t.is(decideModelParameters(model).parameters.length, 1);
});
