import { ModelError } from '../errors.js';
import { formatShape } from '../graph/shape.js';
import type { NodeContext, Operation } from './operation.js';

/** Slots that may be empty although later ones are not. */
const isOptional = ({ slots }: Operation, slot: number): boolean => {
  const role = slots?.[slot];
  return role !== undefined && 'parameter' in role && role.parameter === 'convolution-bias';
};

/**
 * What holds for every node, before its rule sees it.
 * @throws ModelError, without naming the node, where inputs are missing or too many, or the batch is not the first axis
 */
export function requireWellFormed(operation: Operation, { node, operands }: NodeContext): void {
  const [least, most] = operation.inputs;
  for (let slot = 0; slot < least; slot++)
    if (!operands[slot] && !isOptional(operation, slot)) throw new ModelError(`input ${slot} is missing`);
  const given = operands.findLastIndex((operand) => operand !== null) + 1;
  if (given > most) throw new ModelError(`has ${given} inputs, expected ${most} at most`);
  const outputs = node.outputs.findLastIndex((name) => name !== '') + 1;
  const mostOutputs = operation.outputs ?? 1;
  if (outputs > mostOutputs) throw new ModelError(`has ${outputs} outputs, expected ${mostOutputs} at most`);
  if (operation.anyBatchAxis) return;
  for (const operand of operands)
    if (operand?.kind === 'activation' && operand.value.shape.lastIndexOf('N') > 0)
      throw new ModelError(
        `input has shape ${formatShape(operand.value.shape)}: only with the batch as first axis is it supported`,
      );
}
