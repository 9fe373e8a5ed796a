import { ModelError } from '../../errors.js';
import { int, ints } from '../../graph/builder.js';
import { elementTypeCodes, type Node, type Tensor } from '../../onnx/model.js';
import { floatAttribute, intAttribute } from '../attributes.js';
import { constantTensor } from '../constant-tensors.js';
import { Primitives } from './primitives.js';

/** What Attention has beside plain attention, by the attribute and what it is where it is not used. */
const notUsed = [
  ['is_causal', 0],
  ['qk_matmul_output_mode', 0],
  ['softmax_precision', elementTypeCodes.float32],
] as const;

/** What stands for products that a softmax is not to see; with −∞ a row that is masked whole would be NaN. */
const hidden = -3.4028234663852886e38;

/** Inputs behind mask and values, in order. */
const otherInputs = ['past_key', 'past_value', 'nonpad_kv_seqlen'];

/**
 * Attention (operator set 23) as softmax(q · kᵀ · scale + mask) · v: of lists of heads [N, heads, T, d], or of [N, T, heads · d].
 * @param isTruth whether a tensor is one of truth values: as a mask these say what is seen
 * @throws ModelError, without naming the node, for what is more: caches, causal masks, softcap, queries that share keys
 */
export function attentionInPrimitives(node: Node, isTruth: (name: string) => boolean = () => false): Node[] {
  requirePlain(node);
  const made = new Primitives(node);
  const heads = intAttribute(node, 'q_num_heads', null);
  const [q = '', k = '', v = ''] = [0, 1, 2].map((slot) =>
    heads === null ? made.input(slot) : inHeads(made, made.input(slot), heads),
  );
  const products = made.step('MatMul', [q, made.step('Transpose', [k], { perm: ints([0, 1, 3, 2]) })]);
  const scale = floatAttribute(node, 'scale', null);
  const scaled =
    scale === null
      ? made.step('Div', [products, rootOfLastSize(made, q)])
      : made.step('Mul', [products, made.number(scale)]);
  const mask = made.input(3);
  const masked =
    mask === ''
      ? scaled
      : isTruth(mask)
        ? made.step('Where', [mask, scaled, made.number(hidden)])
        : made.step('Add', [scaled, mask]);
  const shares = made.step('Softmax', [masked], { axis: int(-1) });
  if (heads === null) return made.ending('MatMul', [shares, v]);
  const attended = made.step('MatMul', [shares, v]);
  const together = made.step('Transpose', [attended], { perm: ints([0, 2, 1, 3]) });
  return made.ending('Reshape', [together, made.integers([0, 0, -1])]);
}

/** [N, T, heads · d] → [N, heads, T, d]. */
function inHeads(made: Primitives, x: string, heads: number): string {
  // Refuses what has other axes than three.
  const checked = made.step('Transpose', [x], { perm: ints([0, 1, 2]) });
  const apart = made.step('Reshape', [checked, made.integers([0, 0, heads, -1])]);
  return made.step('Transpose', [apart], { perm: ints([0, 2, 1, 3]) });
}

function rootOfLastSize(made: Primitives, x: string): string {
  const size = made.step('Gather', [made.step('Shape', [x]), made.integers([3])]);
  return made.step('Sqrt', [made.step('Cast', [size], { to: int(elementTypeCodes.float32) })]);
}

function requirePlain(node: Node): void {
  for (const [name, usual] of notUsed) {
    const value = intAttribute(node, name, usual);
    if (value !== usual) throw new ModelError(`${name} is ${value}: only attention without it is supported`);
  }
  const softcap = floatAttribute(node, 'softcap', 0);
  if (softcap !== 0) throw new ModelError(`softcap is ${softcap}: only attention without it is supported`);
  const [queries, keys] = ['q_num_heads', 'kv_num_heads'].map((name) => intAttribute(node, name, null));
  if (queries !== keys)
    throw new ModelError(`${queries} heads of queries share ${keys} of keys, expected as many`);
  const given = otherInputs.find((_, index) => node.inputs[4 + index]);
  if (given !== undefined) throw new ModelError(`it has the input ${given}, which is not supported`);
  if (node.outputs.slice(1).some((name) => name !== ''))
    throw new ModelError('it gives keys, values or products beside its output, which is not supported');
}

/** Tells constants of truth values by their names. */
export function truthsOf(
  nodes: readonly Node[],
  initializers: ReadonlyMap<string, Tensor>,
): (name: string) => boolean {
  const constants = new Map(
    nodes.flatMap(({ type, domain, outputs, attributes }) => {
      const value = type === 'Constant' && domain === '' ? attributes.get('value') : undefined;
      return value ? [[outputs[0] ?? '', constantTensor(value)] as const] : [];
    }),
  );
  return (name) => (initializers.get(name) ?? constants.get(name))?.type === 'bool';
}
