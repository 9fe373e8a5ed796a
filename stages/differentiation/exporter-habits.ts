import type { Origin } from '../import/operand.js';
import { elementCount } from '../onnx/model.js';
import type { Tape } from './tape.js';

/** What the way in which an exporter writes files tells of a constant; null where it tells nothing. */
export type ExporterHabit = (origin: Origin) => 'state' | 'code' | null;

const silent: ExporterHabit = () => null;

/**
 * PyTorch's exporter writes the state of a module as initialisers, by their names in it (`layer1.0.conv.weight`), and
 * tensors that its code holds, such as the filters of a blurring pool or tables of places, as Constant nodes or filled
 * ones. Other exporters, Paddle's for one, write weights as Constant nodes; and so does a tool that has turned all
 * initialisers of such a file into them, after which the habit tells nothing.
 */
export function exporterHabit({ producer, steps }: Tape): ExporterHabit {
  if (producer !== 'pytorch') return silent;
  const keepsState = steps.some(
    ({ operation, context }) =>
      operation.weighted &&
      Object.keys(operation.slots ?? {}).some((slot) => {
        const operand = context.operands[Number(slot)];
        return (
          operand?.kind === 'constant' &&
          operand.origin?.declared === 'initializer' &&
          elementCount(operand.origin.dims) > 1
        );
      }),
  );
  return keepsState ? pytorchHabit : silent;
}

const pytorchHabit: ExporterHabit = ({ declared, isState }) => {
  if (declared === 'constant node' || declared === 'filled') return 'code';
  return isState ? 'state' : null;
};
