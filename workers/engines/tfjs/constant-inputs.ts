import { ModelError } from '../../../stages/errors.js';
import type { FloatTensor } from '../../../stages/onnx/model.js';
import type { RuleContext } from './rule.js';

/** The integers of an input that has to be known before the graph runs; null where the input is left out. */
export function constantIntegers({ node, constant }: RuleContext, index: number): readonly number[] | null {
  if (!hasInput({ node }, index)) return null;
  const tensor = constant(index);
  if (tensor?.type !== 'int64') throw unknown(node.type, index);
  return Array.from(tensor.data, Number);
}

/** The numbers of an input that has to be known before the graph runs; null where the input is left out. */
export function constantFloats({ node, constant }: RuleContext, index: number): FloatTensor | null {
  if (!hasInput({ node }, index)) return null;
  const tensor = constant(index);
  if (tensor?.type !== 'float32') throw unknown(node.type, index);
  return tensor;
}

/** The numbers of an input that can't be left out. */
export function requiredConstantFloats(context: RuleContext, index: number): FloatTensor {
  const tensor = constantFloats(context, index);
  if (tensor === null) throw unknown(context.node.type, index);
  return tensor;
}

/** The names of a node's first inputs. @throws ModelError where one is left out */
export function inputNames(
  { node }: Pick<RuleContext, 'node'>,
  count = node.inputs.length,
): readonly string[] {
  const names = node.inputs.slice(0, count);
  if (names.length < count || names.includes(''))
    throw new ModelError(`${node.type} ${node.name} needs ${count} inputs`);
  return names;
}

function hasInput({ node }: Pick<RuleContext, 'node'>, index: number): boolean {
  return (node.inputs[index] ?? '') !== '';
}

function unknown(type: string, index: number): ModelError {
  return new ModelError(`input ${index} of ${type} is not a constant of the graph`);
}
