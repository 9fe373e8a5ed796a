import test from 'ava';
import { ModelError } from '../../stages/errors.js';
import { encodeModel } from '../../stages/onnx/encode.js';
import type { Model } from '../../stages/onnx/model.js';
import { compileOneShot, decideModelParameters } from '../../stages/scoring/compile-passes.js';
import { floats, integers, modelOf, node, type WrittenNode } from '../operations/graph.js';
import { differenceToRuntime } from './against-runtime.js';

/** Operations that are declared in the standard domain, though the standard has none of them. */
const standard = new Set(['SimplifiedLayerNormalization']);
const own = new Set([
  ...['BiasGelu', 'FastGelu', 'FusedConv', 'FusedGemm', 'FusedMatMul', 'Gelu', 'QuickGelu', 'Attention'],
  ...['DecoderMaskedSelfAttention', 'MultiHeadAttention'],
  ...['SkipLayerNormalization', 'SkipSimplifiedLayerNormalization'],
]);

/** Tokens x [N, 16, 4] and s of the same shape, to z, whose means are the logits of a linear layer. */
function tokens(nodes: readonly WrittenNode[]): Model {
  const model = modelOf({
    nodes: [
      node('Conv', ['image', 'stem'], {}, ['map']),
      node('Reshape', ['map', 'shape'], {}, ['rows']),
      node('Transpose', ['rows'], { perm: { ints: [0, 2, 1] } }, ['x']),
      node('Tanh', ['x'], {}, ['s']),
      ...nodes,
      node('ReduceMean', ['z'], { axes: { ints: [1] }, keepdims: { int: 0 } }, ['mean']),
      node('MatMul', ['mean', 'head'], {}, ['logits']),
    ],
    initializers: {
      stem: floats([4, 3, 1, 1]),
      shape: integers([0, 4, -1]),
      scale: floats([4]),
      shift: floats([4], [0.5, -0.25, 0.125, 1]),
      bias: floats([4], [0.125, 0.75, -1, 0.25]),
      M: floats([4, 4]),
      Q: floats([4, 12]),
      joint: floats([12]),
      head: floats([4, 5]),
    },
    image: [3, 4, 4],
  });
  return inDomains(model);
}

function inDomains(model: Model): Model {
  const nodes = model.graph.nodes.map((one) =>
    own.has(one.type) && !standard.has(one.type) ? { ...one, domain: 'com.microsoft' } : one,
  );
  return { ...model, graph: { ...model.graph, nodes } };
}

const named = (model: Model): readonly string[] =>
  decideModelParameters(model)
    .parameters.filter((parameter) => parameter.scored)
    .map(({ name, role }) => `${name} ${role}`)
    .sort();

const epsilon = { epsilon: { float: 1e-3 } };

const cases: readonly (readonly [
  what: string,
  nodes: readonly WrittenNode[],
  parameters: readonly string[],
])[] = [
  ['Gelu', [node('Gelu', ['x'], {}, ['z'])], []],
  ['BiasGelu', [node('BiasGelu', ['x', 'bias'], {}, ['z'])], ['bias shift']],
  ['FastGelu', [node('FastGelu', ['x'], {}, ['z'])], []],
  ['FastGelu with a bias', [node('FastGelu', ['x', 'bias'], {}, ['z'])], ['bias shift']],
  ['QuickGelu', [node('QuickGelu', ['x'], {}, ['z'])], []],
  ['QuickGelu with a slope', [node('QuickGelu', ['x'], { alpha: { float: 0.5 } }, ['z'])], []],
  [
    'SkipLayerNormalization',
    [node('SkipLayerNormalization', ['x', 's', 'scale', 'shift'], epsilon, ['z'])],
    ['scale scale', 'shift shift'],
  ],
  [
    'SkipLayerNormalization with a bias, whose sum is read',
    [
      node('SkipLayerNormalization', ['x', 's', 'scale', 'shift', 'bias'], epsilon, ['y', '', '', 'sum']),
      node('Add', ['y', 'sum'], {}, ['z']),
    ],
    ['bias shift', 'scale scale', 'shift shift'],
  ],
  [
    'SkipSimplifiedLayerNormalization',
    [node('SkipSimplifiedLayerNormalization', ['x', 's', 'scale'], epsilon, ['z'])],
    ['scale scale'],
  ],
  [
    'SimplifiedLayerNormalization',
    [node('SimplifiedLayerNormalization', ['x', 'scale'], { ...epsilon, axis: { int: -1 } }, ['z'])],
    ['scale scale'],
  ],
  ['FusedMatMul', [node('FusedMatMul', ['x', 'M'], { alpha: { float: 0.25 } }, ['z'])], ['M linear-weight']],
  [
    'FusedMatMul with a constant that is turned',
    [node('FusedMatMul', ['x', 'M'], { transB: { int: 1 } }, ['z'])],
    ['M linear-weight'],
  ],
  [
    'Attention',
    [node('Attention', ['x', 'Q', 'joint'], { num_heads: { int: 2 } }, ['z'])],
    ['Q linear-weight', 'joint linear-bias'],
  ],
  [
    'Attention with a scale of its own',
    [node('Attention', ['x', 'Q', 'joint'], { num_heads: { int: 4 }, scale: { float: 0.25 } }, ['z'])],
    ['Q linear-weight', 'joint linear-bias'],
  ],
  ['MultiHeadAttention', [node('MultiHeadAttention', ['x', 's', 'x'], { num_heads: { int: 2 } }, ['z'])], []],
  [
    'MultiHeadAttention with biases',
    [node('MultiHeadAttention', ['s', 'x', 'x', 'joint'], { num_heads: { int: 1 } }, ['z'])],
    ['joint shift'],
  ],
];

for (const [what, nodes, parameters] of cases)
  test(`${what} of ONNX Runtime's optimiser gives what it does there, and its constants are parameters`, async (t) => {
    const model = tokens(nodes);
    t.true((await differenceToRuntime(model, { original: encodeModel(model) })) < 1e-5);
    compileOneShot(model);
    t.deepEqual(named(model), [...parameters, 'head linear-weight', 'stem convolution-weight'].sort());
  });

for (const [activation, params] of [
  ['Relu', []],
  ['LeakyRelu', [0.125]],
  ['Clip', [-0.5, 0.75]],
  ['HardSigmoid', [0.25, 0.5]],
] as const)
  test(`FusedConv and FusedGemm that close with ${activation} give what they do in ONNX Runtime`, async (t) => {
    const list = params.length === 0 ? {} : { activation_params: { floats: params } };
    const single = Object.fromEntries(
      params.map((value, index) => [['activation_alpha', 'activation_beta'][index], { float: value }]),
    );
    const fusedConv = { activation: { string: activation }, kernel_shape: { ints: [1, 1] }, ...list };
    const model = inDomains(
      modelOf({
        nodes: [
          node('FusedConv', ['image', 'A', 'a'], fusedConv, ['x']),
          node('FusedConv', ['x', 'B', 'a', 'x'], fusedConv, ['y']),
          node('Flatten', ['y'], {}, ['flat']),
          ...(activation === 'Clip'
            ? [node('Identity', ['flat'], {}, ['h'])]
            : [
                node('FusedGemm', ['flat', 'C', 'c'], { activation: { string: activation }, ...single }, [
                  'h',
                ]),
              ]),
          node('MatMul', ['h', activation === 'Clip' ? 'E' : 'D'], {}, ['logits']),
        ],
        initializers: {
          A: floats([4, 3, 1, 1]),
          B: floats([4, 4, 1, 1]),
          a: floats([4]),
          C: floats([64, 6]),
          c: floats([6]),
          D: floats([6, 5]),
          E: floats([64, 5]),
        },
        image: [3, 4, 4],
      }),
    );
    t.true((await differenceToRuntime(model, { original: encodeModel(model) })) < 1e-5);
    compileOneShot(model);
  });

for (const [what, nodes, message] of [
  [
    'an Attention with a mask',
    [node('Attention', ['x', 'Q', 'joint', 'shape'], { num_heads: { int: 2 } }, ['z'])],
    /^operation Attention, node node4: its input mask_index is not supported; give the model as it was before it was/,
  ],
  [
    'an Attention with inputs that nobody knows',
    [node('Attention', ['x', 'Q', 'joint', '', '', '', '', 'shape'], { num_heads: { int: 2 } }, ['z'])],
    /^operation Attention, node node4: its input behind the values is not supported; give the model as it was before/,
  ],
  [
    'an Attention of tokens before each other alone',
    [node('Attention', ['x', 'Q', 'joint'], { num_heads: { int: 2 }, unidirectional: { int: 1 } }, ['z'])],
    /^operation Attention, node node4: unidirectional is not supported; give the model as it was before/,
  ],
  [
    'an Attention whose values have another size',
    [node('Attention', ['x', 'Q'], { num_heads: { int: 2 }, qkv_hidden_sizes: { ints: [4, 4, 8] } }, ['z'])],
    /^operation Attention, node node4: qkv_hidden_sizes differ, which is not supported/,
  ],
  [
    'an Attention of no heads',
    [node('Attention', ['x', 'Q'], {}, ['z'])],
    /^operation Attention, node node4: it names no num_heads$/,
  ],
  [
    'a MultiHeadAttention of packed inputs',
    [node('MultiHeadAttention', ['x'], { num_heads: { int: 2 } }, ['z'])],
    /^operation MultiHeadAttention, node node4: keys and values are packed, which is not supported/,
  ],
  [
    'another operation of its own',
    [node('DecoderMaskedSelfAttention', ['x', 'Q'], {}, ['z'])],
    /^operation com\.microsoft\.DecoderMaskedSelfAttention, node node4: it is an operation of ONNX Runtime's own/,
  ],
  [
    'a product with something computed that is turned',
    [node('FusedMatMul', ['x', 's'], { transB: { int: 1 } }, ['z'])],
    /^operation FusedMatMul, node node4: transB of what is computed is not supported; give the model as it was before/,
  ],
  [
    'the mean of a SkipLayerNormalization',
    [node('SkipLayerNormalization', ['x', 's', 'scale'], {}, ['z', 'mu'])],
    /^operation SkipLayerNormalization, node node4: its output mu is not supported/,
  ],
  [
    'an activation that nobody knows',
    [node('FusedConv', ['map', 'stem'], { activation: { string: 'Swish' } }, ['z'])],
    /^operation FusedConv, node node4: activation is Swish with 0 parameters; known are Relu, Tanh/,
  ],
] as const)
  test(`${what} is refused in one line`, (t) => {
    t.throws(() => compileOneShot(tokens(nodes)), { instanceOf: ModelError, message });
  });
