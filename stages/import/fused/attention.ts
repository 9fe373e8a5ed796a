import { ModelError } from '../../errors.js';
import { int } from '../../graph/builder.js';
import type { Attribute, Node } from '../../onnx/model.js';
import { floatAttribute, intAttribute, intsAttribute } from '../attributes.js';
import { partsOf } from './parts.js';

const advice = 'give the model as it was before it was optimised';

/**
 * Attention of ONNX Runtime, whose three layers are one, as a linear layer that is parted and the standard Attention.
 * @throws ModelError, without naming the node, for masks, caches, rotations and layers of several sizes
 */
export function jointAttention(node: Node): readonly Node[] {
  const { name, step } = partsOf(node);
  requireOnly(node, 3, ['mask_index', 'past', 'attention_bias', 'past_sequence_length']);
  requireUnused(node, ['unidirectional', 'do_rotary']);
  const [queries, ...others] = intsAttribute(node, 'qkv_hidden_sizes', []);
  if (others.some((size) => size !== queries))
    throw new ModelError(`qkv_hidden_sizes differ, which is not supported; ${advice}`);
  const [x = '', weight = '', bias = ''] = node.inputs;
  const product = step('MatMul', [x, weight], name('product'));
  if (bias === '') return [product, ...attended(node, name('product'))];
  return [product, step('Add', [name('product'), bias], name('joint')), ...attended(node, name('joint'))];
}

/**
 * MultiHeadAttention of ONNX Runtime: biases are one tensor.
 * @throws ModelError, without naming the node, for masks, caches and inputs that are packed
 */
export function multiHeadAttention(node: Node): readonly Node[] {
  const { name, step } = partsOf(node);
  requireOnly(node, 4, ['key_padding_mask', 'attention_bias', 'past_key', 'past_value']);
  requireUnused(node, ['unidirectional']);
  const [q = '', k = '', v = '', bias = ''] = node.inputs;
  if (k === '' || v === '')
    throw new ModelError(`keys and values are packed, which is not supported; ${advice}`);
  if (bias === '') return [standard(node, [q, k, v])];
  return [
    step('Concat', [q, k, v], name('packed'), new Map([['axis', int(-1)]])),
    step('Add', [name('packed'), bias], name('joint')),
    ...attended(node, name('joint')),
  ];
}

/** Attention of queries, keys and values that lie side by side along the last axis. */
function attended(node: Node, joint: string): readonly Node[] {
  const { name, step } = partsOf(node);
  const parts = ['q', 'k', 'v'].map(name);
  const split = step('Split', [joint], '', new Map([['axis', int(-1)]]));
  return [{ ...split, outputs: parts }, standard(node, parts)];
}

function standard(node: Node, inputs: readonly string[]): Node {
  const heads = intAttribute(node, 'num_heads', null);
  if (heads === null) throw new ModelError('it names no num_heads');
  const scale = floatAttribute(node, 'scale', 0);
  const attributes = new Map<string, Attribute>([
    ['q_num_heads', int(heads)],
    ['kv_num_heads', int(heads)],
    ...(scale === 0 ? [] : [['scale', { kind: 'float', value: scale }] as const]),
  ]);
  return { ...node, type: 'Attention', domain: '', inputs, attributes };
}

/** @throws ModelError where an input behind the first ones is given */
function requireOnly(node: Node, first: number, others: readonly string[]): void {
  const given = others.find((_, index) => node.inputs[first + index]);
  if (given !== undefined || node.inputs.slice(first + others.length).some((name) => name !== ''))
    throw new ModelError(`its input ${given ?? 'behind the values'} is not supported; ${advice}`);
}

function requireUnused(node: Node, names: readonly string[]): void {
  for (const name of names)
    if (intAttribute(node, name, 0) !== 0) throw new ModelError(`${name} is not supported; ${advice}`);
}
