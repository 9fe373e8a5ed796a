import type { FloatTensor } from '../onnx/model.js';
import { producersOf, type readersOf } from '../onnx/wiring.js';
import { leaf } from '../operations/leaf.js';
import type { TapeStep } from './recorder.js';
import type { WiredStep } from './tape.js';

/** Values from here on down leave nothing of a softmax's weight. */
const masking = -100;

/** What lies between a mask and the softmax that it is added before, beside products with positive numbers. */
const onTheWay: ReadonlySet<string> = new Set([
  ...['Add', 'Cast', 'Concat', 'Expand', 'Flatten', 'Gather', 'Identity', 'Pad', 'Reshape', 'Slice', 'Split'],
  ...['Squeeze', 'Sum', 'Tile', 'Transpose', 'Unsqueeze'],
]);

/** Zeros and one number that is low enough to be as good as minus infinity. */
export function isMask({ data }: FloatTensor): boolean {
  const low = data.find((value) => value !== 0);
  return low !== undefined && low <= masking && data.every((value) => value === 0 || value === low);
}

/**
 * Tells whether a softmax follows on a constant that a step holds, behind nothing that makes anything else of a mask: sums,
 * other shapes, products with positive constants, as `torch.baddbmm` multiplies by its beta, and code by a scale, and more
masking, as of keys.
 */
export function softmaxFollows(
  steps: readonly WiredStep[],
  readers: ReturnType<typeof readersOf<WiredStep>>,
): (step: TapeStep) => boolean {
  const producers = producersOf(steps);
  /** Whether a constant, in a slot of its own or as a value that is computed with, has such numbers alone. */
  const areAll = (step: TapeStep, slot: number, holds: (value: number) => boolean): boolean => {
    const operand = step.context.operands[slot];
    const maker = operand?.kind === 'activation' ? producers.get(operand.value.name)?.step : undefined;
    const held = maker?.operation.type === leaf.type ? maker.context.operands[0] : operand;
    return held?.kind === 'constant' && held.tensor.type === 'float32' && held.tensor.data.every(holds);
  };
  const isPositive = (step: TapeStep, slot: number): boolean =>
    areAll(step, slot, (value) => value > 0 && Number.isFinite(value));
  const keepsMasks = (reader: TapeStep, name: string): boolean => {
    const { type } = reader.operation;
    const slot = reader.context.operands.findIndex(
      (operand) => operand?.kind === 'activation' && operand.value.name === name,
    );
    const isFirst = slot === 0;
    if (type === 'Where')
      return !isFirst && areAll(reader, 3 - slot, (value) => value === 0 || value <= masking);
    if (type === 'Div') return isFirst && isPositive(reader, 1);
    return onTheWay.has(type) || (type === 'Mul' && isPositive(reader, isFirst ? 1 : 0));
  };
  return (step) => {
    const open = [step];
    const seen = new Set(open);
    for (let next = open.pop(); next !== undefined; next = open.pop())
      for (const { name } of next.outputs)
        for (const { step: reader } of readers.get(name) ?? []) {
          if (reader.operation.type === 'Softmax') return true;
          if (!keepsMasks(reader, name) || seen.has(reader)) continue;
          seen.add(reader);
          open.push(reader);
        }
    return false;
  };
}
