import { around, integers, node, type WrittenAttribute } from './graph.js';
import { followsTheReference } from './reference.js';
import { refuses } from './refusal.js';

followsTheReference('attention');

const refusals: readonly [string, Readonly<Record<string, WrittenAttribute>>, readonly string[], string][] = [
  ['a causal mask', { is_causal: { int: 1 } }, [], 'is_causal is 1: only attention without it is supported'],
  ['a softcap', { softcap: { float: 2 } }, [], 'softcap is 2: only attention without it is supported'],
  [
    'a softmax in half precision',
    { softmax_precision: { int: 10 } },
    [],
    'softmax_precision is 10: only attention without it is supported',
  ],
  [
    'queries that share keys',
    { q_num_heads: { int: 4 }, kv_num_heads: { int: 2 } },
    [],
    '4 heads of queries share 2 of keys, expected as many',
  ],
  ['a cache', {}, ['', 'x', 'x'], 'it has the input past_key, which is not supported'],
];
for (const [what, attributes, inputs, message] of refusals)
  refuses(
    `attention: ${what}`,
    around([node('Attention', ['x', 'x', 'x', ...inputs], attributes)], {}, { opset: 23 }),
    `operation Attention, node node1: ${message}`,
  );

refuses(
  'attention: keys that are read beside',
  around([node('Attention', ['x', 'x', 'x'], {}, ['y', 'keys'])], {}, { opset: 23 }),
  'operation Attention, node node1: it gives keys, values or products beside its output, which is not supported',
);

refuses(
  'attention: heads by number and apart',
  around(
    [
      node('Reshape', ['x', 'four'], {}, ['q']),
      node('Attention', ['q', 'q', 'q'], { q_num_heads: { int: 2 }, kv_num_heads: { int: 2 } }),
    ],
    { four: integers([0, 4, 4, 4]) },
    { opset: 23 },
  ),
  'operation Transpose, node node2: perm is [0, 1, 2], expected an order of 4 axes',
);
