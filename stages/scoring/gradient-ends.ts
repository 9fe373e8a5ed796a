import type { Tape } from '../differentiation/tape.js';
import { ModelError } from '../errors.js';
import type { Classifier } from '../import/classifier.js';
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

/** What users of scores should know of a network in which a step function has a value of the image, or null. */
export function gradientEndsNote({ nodes, image }: Pick<Classifier, 'nodes' | 'image'>): string | null {
  const computed = new Set([image]);
  const truths = new Set<string>();
  for (const node of nodes) {
    if (node.type === 'Shape' || !node.inputs.some((name) => computed.has(name))) continue;
    for (const output of node.outputs) computed.add(output);
    const operation = node.domain === '' ? operations.get(node.type) : undefined;
    if (operation?.truths) for (const output of node.outputs) truths.add(output);
    // What only chooses between two ways is no step of what is computed.
    const isStep = operation?.piecewiseConstant && !operation.truths;
    if (isStep || (node.type === 'Cast' && node.inputs.some((name) => truths.has(name))))
      return `${named(node)}: no gradient passes it, as its derivative is 0 wherever it has one; if the network was trained with another gradient there, the file does not say so`;
  }
  return null;
}

const named = ({ type, name }: { readonly type: string; readonly name: string }): string =>
  `operation ${shown(type)}, node ${shown(name)}`;
