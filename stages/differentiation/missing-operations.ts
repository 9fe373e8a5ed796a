import { distance } from 'fastest-levenshtein';
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

/** Names that are like those, at most. */
const mostNear = 5;

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
  const isOfConstants = !first.inputs.some((name) => computed.has(name));
  const remedy =
    isOfConstants && isPlaced(first)
      ? ofConstants
      : nodes.some(isChosenPlace) && first.type === 'TopK'
        ? choosing
        : remedyFor(first);
  if (remedy !== undefined)
    return new ModelError(`operation ${shown(qualified(first))}, node ${shown(first.name)}: ${remedy}`);
  const kinds = [...missing].map(
    ([kind, [first, ...others]]) =>
      `${shown(kind)} (${others.length === 0 ? 'node' : `${others.length + 1} nodes, the first`} ${shown(first?.name ?? '')})`,
  );
  return new ModelError(
    `no rule for ${kinds.length === 1 ? 'operation' : `${kinds.length} operations:`} ${listed(kinds, mostNamed)}; ` +
      `${nearestTo([...missing.values()].flatMap(([one]) => one ?? []))}export the network in terms of those that docs/scoring.md lists, or add rules as stages/operations/README.md says`,
  );
}

/** The names of all operations that have rules, or are written as ones that have. */
export function supportedOperations(): string[] {
  return [...new Set([...operations.keys(), ...rewrittenTypes, ...writtenByShape])].sort();
}

/** Names of operations that have rules and are almost those of nodes that have none, for who mistyped one. */
function nearestTo(nodes: readonly Node[]): string {
  const names = supportedOperations();
  const near = nodes
    .filter(({ domain }) => domain === '')
    .flatMap(({ type }) => names.filter((name) => distance(name.toLowerCase(), type.toLowerCase()) <= 2));
  return near.length === 0 ? '' : `of like names there are ${listed([...new Set(near)], mostNear)}; `;
}

/** Whether a node reads or writes at places that the largest of several numbers may have. */
const isChosenPlace = ({ type, domain }: Node): boolean =>
  domain === '' && /^(Scatter|Gather)(Elements|ND)$|^Scatter$|^OneHot$/.test(type);

/** Whether it gives places that the largest of several numbers have, or works with places. */
const isPlaced = ({ type, domain }: Node): boolean =>
  domain === '' && /^(ArgMax|ArgMin|TopK|OneHot|NonZero|NonMaxSuppression)$/.test(type);

const ofConstants =
  'it is computed of constants alone, and is not when a file is read; compute it once, in the code that makes the network, and keep what it gives, as by register_buffer';

const choosing =
  'what it picks decides what the rest computes with, as the experts of a mixture or the tokens that are kept, and such places are not supported; give a network that takes all of them';

const qualified = ({ domain, type }: Node): string => (domain === '' ? type : `${domain}.${type}`);
