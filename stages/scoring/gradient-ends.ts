import type { Tape } from '../differentiation/tape.js';
import { ModelError } from '../errors.js';
import type { Classifier } from '../import/classifier.js';
import { elementCount, type Node } from '../onnx/model.js';
import { operations } from '../operations/registry.js';
import { shown } from '../shown.js';

/** What to say where the logits depend on no scored parameter but through step functions. */
export function withoutGradient({ steps }: Tape): ModelError {
  const last = steps.findLast(({ operation }) => operation.piecewiseConstant);
  const where = last ? `${named(last.context.node)}: ` : '';
  return new ModelError(
    `${where}its derivative is 0 wherever it has one, and all scored parameters lie before it, so that their gradient is identically 0; score parameters behind it too`,
  );
}

/** What leaves truth values what they are to a gradient: they are moved, inverted, joined or counted. */
const maskMaking: ReadonlySet<string> = new Set([
  ...[
    'Add',
    'And',
    'Cast',
    'Clip',
    'Concat',
    'Expand',
    'Flatten',
    'Identity',
    'Max',
    'Min',
    'Mul',
    'Neg',
    'Not',
    'Or',
  ],
  ...[
    'ReduceMax',
    'ReduceMean',
    'ReduceSum',
    'Reshape',
    'Slice',
    'Squeeze',
    'Sub',
    'Tile',
    'Transpose',
    'Unsqueeze',
  ],
]);

/**
 * What users of scores should know of a network in which a step function has a value of the image, or null. A mask that
 * values of the image are multiplied by is none: their gradient is that of what it lets through. But what decides of it may
 * hold weights that have no other way to the logits.
 */
export function gradientEndsNote(classifier: EndsIn): string | null {
  const { nodes, image, logits, initializers } = classifier;
  const computed = new Set([image]);
  /** Truth values and what is made of them, with the node that makes numbers of them. */
  const masks = new Map<string, Node>();
  for (const node of nodes) {
    if (node.type === 'Shape' || !node.inputs.some((name) => computed.has(name))) continue;
    for (const output of node.outputs) computed.add(output);
    const operation = node.domain === '' ? operations.get(node.type) : undefined;
    const own = node.inputs.filter((name) => computed.has(name));
    const areMasks = own.every((name) => masks.has(name));
    if (operation?.truths || (areMasks && node.domain === '' && maskMaking.has(node.type))) {
      const made = areMasks && node.type !== 'Cast' ? masks.get(own[0] ?? '') : undefined;
      for (const output of node.outputs) masks.set(output, made ?? node);
    } else {
      const step = operation?.piecewiseConstant
        ? node
        : own.find((_, slot) => !isGate(node, slot, own, masks));
      const ending = typeof step === 'string' ? masks.get(step) : step;
      if (ending) return `${named(ending)}: ${ends}`;
    }
  }
  const last = masks.get(logits);
  if (last) return `${named(last)}: ${ends}`;
  const deciding = nodes.filter((node) => node.outputs.some((name) => masks.has(name)));
  if (deciding.length === 0) return null;
  const live = namesBehind(nodes, [logits], masks);
  const before = namesBehind(
    nodes,
    deciding.flatMap(({ inputs }) => inputs),
    new Set(),
  );
  const lost = [...initializers].find(
    ([name, { type, dims }]) =>
      type === 'float32' && elementCount(dims) > 1 && before.has(name) && !live.has(name),
  );
  const [first] = deciding;
  return lost && first
    ? `${named(first)}: no gradient passes it, and ${shown(lost[0])}, which it is decided by, has no other way to the logits: its gradient is 0; if the network was trained with another gradient there, the file does not say so`
    : null;
}

type EndsIn = Pick<Classifier, 'nodes' | 'image' | 'logits' | 'initializers'>;

const ends =
  'no gradient passes it, as its derivative is 0 wherever it has one; if the network was trained with another gradient there, the file does not say so';

/** Whether what is read is no mask, or one that only lets values of the image through, counts them or chooses between them. */
function isGate(
  { type, inputs }: Node,
  slot: number,
  own: readonly string[],
  masks: ReadonlyMap<string, Node>,
): boolean {
  const mask = own[slot] ?? '';
  if (!masks.has(mask)) return true;
  if (type === 'Where') return inputs[0] === mask && !inputs.slice(1).includes(mask);
  if (type === 'Div') return inputs[1] === mask;
  return type === 'Mul' && own.some((name) => !masks.has(name));
}

/** The tensors that some are computed of, but for what is behind others. */
function namesBehind(
  nodes: readonly Node[],
  names: readonly string[],
  behind: Pick<ReadonlySet<string>, 'has'>,
): ReadonlySet<string> {
  const found = new Set(names);
  for (const { inputs, outputs } of nodes.toReversed())
    if (outputs.some((name) => found.has(name) && !behind.has(name)))
      for (const input of inputs) found.add(input);
  return found;
}

const named = ({ type, name }: { readonly type: string; readonly name: string }): string =>
  `operation ${shown(type)}, node ${shown(name)}`;
