import { readFileSync } from 'node:fs';
import test from 'ava';
import { supportedOperations } from '../../stages/differentiation/missing-operations.js';
import { ModelError } from '../../stages/errors.js';
import { compileForward } from '../../stages/scoring/compile-passes.js';
import { around, floats, integers, node } from '../operations/graph.js';

test('an operation without a rule is named with its node', (t) => {
  const error = t.throws(() => compileForward(around([node('Hardmax', ['x'])])), { instanceOf: ModelError });
  t.is(
    error.message,
    'no rule for operation Hardmax (node node1); export the network in terms of those that docs/scoring.md lists, or add rules as stages/operations/README.md says',
  );
});

test('of an operation without a rule those of like names are named', (t) => {
  t.throws(() => compileForward(around([node('LogSoftMaxx', ['x'])])), {
    instanceOf: ModelError,
    message: /^no rule for operation LogSoftMaxx \(node node1\); of like names there are LogSoftmax; export/,
  });
});

test('the page that lists operations has all of them', (t) => {
  const page = readFileSync(new URL('../../../docs/scoring.md', import.meta.url), 'utf8');
  t.deepEqual(
    supportedOperations().filter((name) => !new RegExp(`\\b${name}\\b`).test(page)),
    [],
  );
});

test('all operations without a rule are named at once, with their numbers and first nodes', (t) => {
  const model = around(
    [
      node('Hardmax', ['x'], {}, ['a']),
      node('Mul', ['x', 'a'], {}, ['b']),
      node('Hardmax', ['b'], {}, ['c']),
      node('Shape', ['c'], {}, ['s']),
      node('Gather', ['s', 'zero'], {}, ['n']),
      node('LpPool', ['c', 'zero'], {}, ['d']),
      node('Erf\u001b', ['d'], {}, ['e']),
      node('Reshape', ['e', 's']),
    ],
    { zero: integers([0]) },
  );
  const error = t.throws(() => compileForward(model), { instanceOf: ModelError });
  t.regex(
    error.message,
    /^no rule for 3 operations: Hardmax \(2 nodes, the first node1\), LpPool \(node node6\), "Erf\\u001b" \(node node7\); /,
  );
});

test('an operation of another domain has no rule, whatever its name', (t) => {
  const model = around([node('Relu', ['x'])]);
  const nodes = model.graph.nodes.map((one) =>
    one.type === 'Relu' ? { ...one, domain: 'com.example' } : one,
  );
  t.throws(() => compileForward({ ...model, graph: { ...model.graph, nodes } }), {
    instanceOf: ModelError,
    message:
      /^operation com\.example\.Relu, node node1: neither the standard nor a local function of the file says/,
  });
});

for (const [type, message] of [
  [
    'TopK',
    /^operation TopK, node node1: it works with places that the image decides, which is not supported; if it only ranks the classes, name/,
  ],
  [
    'RandomNormalLike',
    /it draws random numbers, .* export the model in evaluation mode, after model\.eval\(\)$/,
  ],
  ['DequantizeLinear', /its weights are stored as whole numbers .*; give the floating-point model/],
  ['SplitToSequence', /list of tensors, .* repeat_interleave .*: export the model for one image at a time/],
  [
    'ConvTranspose',
    /^operation ConvTranspose, node node1: it makes maps larger, .*; give a classifier without it$/,
  ],
  [
    'LSTM',
    /^operation LSTM, node node1: recurrent layers are not supported: .*; give a network of convolutions/,
  ],
] as const)
  test(`of ${type} it is said why there is no rule, and what to do`, (t) => {
    const model = around([node(type, ['x', 'zero'])], { zero: integers([0]) });
    const error = t.throws(() => compileForward(model), { instanceOf: ModelError });
    t.regex(error.message, message);
  });

test('of TopK whose places others write to it is said that the image chooses what runs', (t) => {
  const model = around(
    [
      node('TopK', ['x', 'one'], {}, ['most', 'places']),
      node('ScatterElements', ['x', 'places', 'most'], { axis: { int: 1 } }),
    ],
    { one: integers([1]) },
  );
  t.throws(() => compileForward(model), {
    instanceOf: ModelError,
    message: /^operation TopK, node node1: what it picks decides .* give a network that takes all of them$/,
  });
});

for (const type of ['ArgMax', 'TopK'])
  test(`of ${type} of constants it is said that no image has a part in it, and what to do`, (t) => {
    const model = around(
      [node(type, ['scores', 'one'], {}, ['places']), node('Gather', ['x', 'places'], { axis: { int: 1 } })],
      { scores: floats([4]), one: integers([1]) },
    );
    t.throws(() => compileForward(model), {
      instanceOf: ModelError,
      message: /node1: it is computed of constants alone, .* keep what it gives, as by register_buffer$/,
    });
  });
