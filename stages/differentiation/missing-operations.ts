import { ModelError } from '../errors.js';
import { addTo } from '../grouped.js';
import { isEvaluated } from '../import/constants.js';
import { remedyFor } from '../import/remedies.js';
import { rewrittenTypes } from '../import/rewrites.js';
import type { Node } from '../onnx/model.js';
import { operations } from '../operations/registry.js';
import { listed, shown } from '../shown.js';
import { writtenByShape } from './by-what-it-reads.js';

/** Kinds of operations that a message names. */
const mostNamed = 30;

/**
 * What to say of a network that has operations without a rule: all of them at once, since who adds one wants to know of
 * the others.
 * @param nodes those that the logits need, in order, as they are differentiated
 * @param image the tensor that the image is
 * @param found the first node that could neither be evaluated nor differentiated
 */
export function missingOperations(nodes: readonly Node[], image: string, found: Node): ModelError {
  const missing = new Map<string, Node[]>();
  const computed = new Set([image]);
  for (const node of nodes) {
    const depends = node.inputs.some((name) => computed.has(name));
    // A shape is known whatever the image is.
    if (depends && node.type !== 'Shape') for (const output of node.outputs) computed.add(output);
    const hasRule = node.domain === '' && (operations.has(node.type) || writtenByShape.includes(node.type));
    const isComputed = isEvaluated(node) && (!depends || node.type === 'Shape');
    if (node !== found && (hasRule || isComputed)) continue;
    addTo(missing, qualified(node), node);
  }
  const [first = found] = [...missing.values()].flat().filter(remedyFor);
  const remedy = nodes.some(isChosenPlace) && first.type === 'TopK' ? choosing : remedyFor(first);
  if (remedy !== undefined)
    return new ModelError(`operation ${shown(qualified(first))}, node ${shown(first.name)}: ${remedy}`);
  const kinds = [...missing].map(
    ([kind, [first, ...others]]) =>
      `${shown(kind)} (${others.length === 0 ? 'node' : `${others.length + 1} nodes, the first`} ${shown(first?.name ?? '')})`,
  );
  return new ModelError(
    `no rule for ${kinds.length === 1 ? 'operation' : `${kinds.length} operations:`} ${listed(kinds, mostNamed)}; ` +
      `supported are ${[...new Set([...operations.keys(), ...rewrittenTypes, ...writtenByShape])].sort().join(', ')}: ` +
      'export the network in terms of these, or add rules as stages/operations/README.md says',
  );
}

/** Whether a node reads or writes at places that the largest of several numbers may have. */
const isChosenPlace = ({ type, domain }: Node): boolean =>
  domain === '' && /^(Scatter|Gather)(Elements|ND)$|^Scatter$|^OneHot$/.test(type);

const choosing =
  'what it picks decides what the rest computes with, as the experts of a mixture or the tokens that are kept, and such places are not supported; give a network that takes all of them';

const qualified = ({ domain, type }: Node): string => (domain === '' ? type : `${domain}.${type}`);
