import { ModelError } from '../errors.js';
import type { NodeContext, Operation } from './operation.js';

/** Slots that may be empty although later ones are not. */
const isOptional = ({ slots }: Operation, slot: number): boolean => {
  const role = slots?.[slot];
  return role !== undefined && 'parameter' in role && role.parameter === 'convolution-bias';
};

/**
 * What holds for every node, before its rule sees it.
 * @throws ModelError, without naming the node, where inputs are missing or too many
 */
export function requireWellFormed(
  operation: Operation,
  { node, operands }: Pick<NodeContext, 'node' | 'operands'>,
): void {
  const [least, most] = operation.inputs;
  for (let slot = 0; slot < least; slot++)
    if (!operands[slot] && !isOptional(operation, slot)) throw new ModelError(`input ${slot} is missing`);
  const given = operands.findLastIndex((operand) => operand !== null) + 1;
  if (given > most) throw new ModelError(`has ${given} inputs, expected ${most} at most`);
  const outputs = node.outputs.findLastIndex((name) => name !== '') + 1;
  const mostOutputs = operation.outputs ?? 1;
  if (outputs > mostOutputs) throw new ModelError(`has ${outputs} outputs, expected ${mostOutputs} at most`);
}
