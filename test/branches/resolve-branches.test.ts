import { readFile } from 'node:fs/promises';
import test from 'ava';
import { withoutBranches } from '../../stages/branches/resolve-branches.js';
import { ModelError } from '../../stages/errors.js';
import { findClassifier } from '../../stages/import/classifier.js';
import { decodeModel } from '../../stages/onnx/decode.js';
import { compileOneShot } from '../../stages/scoring/compile-passes.js';
import { differenceToRuntime } from '../import/against-runtime.js';
import { rawGraph, rawInt } from '../onnx/raw-function.js';
import { message, rawFloats, rawModel, rawNode } from '../onnx/raw-model.js';

const weight = rawFloats('W', [48, 5]);
const linear = (input: string, output = 'logits') => rawNode('MatMul', [input, 'W'], [output]);
const number = (name: string, value: number) => rawNode('Constant', [], [name], rawInt('value_int', value));

/** `truth` is whether the image has so many axes. */
const rankIs = (rank: number) => [
  rawNode('Shape', ['image'], ['shape']),
  rawNode('Size', ['shape'], ['rank']),
  number('wanted', rank),
  rawNode('Equal', ['rank', 'wanted'], ['truth']),
];

const branches = (yes: readonly Uint8Array[], no: readonly Uint8Array[], output = 'y') =>
  rawNode('If', ['truth'], [output], rawGraph('then_branch', yes, ['r']), rawGraph('else_branch', no, ['r']));

/** It would be refused anywhere. */
const impossible = rawNode('Unknown', ['image'], ['r']);

for (const [rank, taken] of [
  [4, 'then'],
  [3, 'else'],
] as const)
  test(`a condition on the rank of the image is known: the ${taken} branch is taken`, async (t) => {
    const flatten = [rawNode('Flatten', ['image'], ['r'])];
    const bytes = rawModel(
      [
        ...rankIs(rank),
        taken === 'then' ? branches(flatten, [impossible]) : branches([impossible], flatten),
        linear('y'),
      ],
      [weight],
    );
    const model = withoutBranches(decodeModel(bytes));
    t.false(model.graph.nodes.some(({ type }) => type === 'If' || type === 'Unknown'));
    compileOneShot(model);
    // ONNX Runtime opens no file with an unknown operation.
    const plain = rawModel([rawNode('Flatten', ['image'], ['y']), linear('y')], [weight]);
    t.true((await differenceToRuntime(model, { original: plain })) < 1e-5);
  });

test('branches in branches, that read what is around them, and an output of the graph, are resolved', async (t) => {
  const inner = rawNode(
    'If',
    ['truth'],
    ['r'],
    rawGraph('then_branch', [rawNode('Relu', ['flat'], ['r'])], ['r']),
    rawGraph('else_branch', [impossible], ['r']),
  );
  const outer = rawNode(
    'If',
    ['truth'],
    ['logits'],
    rawGraph('then_branch', [inner, linear('r', 'product')], ['product']),
    rawGraph('else_branch', [linear('flat', 'product')], ['product']),
  );
  const valid = (kind: Uint8Array) =>
    rawModel([...rankIs(4), rawNode('Flatten', ['image'], ['flat']), kind], [weight]);
  const model = withoutBranches(decodeModel(valid(outer)));
  const plain = rawModel(
    [rawNode('Flatten', ['image'], ['flat']), rawNode('Relu', ['flat'], ['r']), linear('r')],
    [weight],
  );
  compileOneShot(model);
  t.true((await differenceToRuntime(model, { original: plain })) < 1e-5);
});

test('a closing softmax in a branch is cut as any other', (t) => {
  const bytes = rawModel(
    [
      rawNode('Flatten', ['image'], ['flat']),
      linear('flat', 'scores'),
      ...rankIs(4),
      branches([rawNode('Softmax', ['scores'], ['r'])], [rawNode('Identity', ['scores'], ['r'])], 'logits'),
    ],
    [weight],
  );
  t.is(findClassifier(withoutBranches(decodeModel(bytes))).softmax?.type, 'Softmax');
});

test('a parameter keeps its name through branches', (t) => {
  const bytes = rawModel(
    [
      rawNode('Flatten', ['image'], ['flat']),
      rawNode(
        'Constant',
        [],
        ['truth'],
        message([1, 'value'], [5, message([2, 9], [9, new Uint8Array([1])])], [20, 4]),
      ),
      rawNode('If', ['truth'], ['V'], rawGraph('then_branch', [], ['W']), rawGraph('else_branch', [], ['W'])),
      rawNode('MatMul', ['flat', 'V'], ['logits']),
    ],
    [weight],
  );
  const { nodes } = withoutBranches(decodeModel(bytes)).graph;
  t.deepEqual(nodes.at(-1)?.inputs, ['flat', 'W']);
});

test('a condition that the image decides is refused, by node and condition', (t) => {
  const flatten = rawNode('Flatten', ['image'], ['r']);
  const bytes = rawModel(
    [rawNode('Relu', ['image'], ['truth']), branches([flatten], [flatten]), linear('y')],
    [weight],
  );
  t.throws(() => withoutBranches(decodeModel(bytes)), {
    instanceOf: ModelError,
    message:
      'operation If, node y: its condition truth depends on the image, so that networks differ from image to image; export the model without control flow',
  });
});

test('a condition on the shape of what is pooled over three axes is known, as PyTorch writes LocalResponseNorm', async (t) => {
  const original = await readFile(new URL('../../../test/models/local-response-norm.onnx', import.meta.url));
  const read = decodeModel(original);
  t.true(read.graph.nodes.some(({ type }) => type === 'If'));
  const model = withoutBranches(read);
  t.true((await differenceToRuntime(model, { images: 2, original })) < 1e-5);
  t.notThrows(() => compileOneShot(model));
});

test('an If without branches or a condition is refused', (t) => {
  for (const [node, message] of [
    [rawNode('If', ['truth'], ['y']), /^operation If, node y: has no then_branch; the file is damaged$/],
    [rawNode('If', [], ['y']), /^operation If, node y: has no condition; the file is damaged$/],
    [
      rawNode('If', ['truth'], ['y', 'z'], rawGraph('then_branch', [], ['W'])),
      /^operation If, node y: has 2 outputs and 1 in its then_branch; the file is damaged$/,
    ],
  ] as const)
    t.throws(() => decodeModel(rawModel([...rankIs(4), node, linear('y')], [weight])), {
      instanceOf: ModelError,
      message,
    });
});
