import type { readersOf } from '../onnx/wiring.js';
import { rotationTurn } from '../operations/multiplications.js';
import type { TapeStep } from './recorder.js';
import type { WiredStep } from './tape.js';

/** What chooses rows of a table, or brings them into place. */
const choosing: ReadonlySet<string> = new Set([
  ...['Cast', 'Concat', 'Expand', 'Flatten', 'Gather', 'Identity', 'Reshape', 'Slice', 'Split', 'Squeeze'],
  ...['Tile', 'Transpose', 'Unsqueeze'],
]);

/** Whether rotations alone read a constant as their table, whichever places are chosen of it and however they lie. */
export function isTableOfRotation(
  constant: TapeStep,
  readers: ReturnType<typeof readersOf<WiredStep>>,
): boolean {
  const open = [constant];
  const seen = new Set(open);
  let isTable = false;
  for (let next = open.pop(); next !== undefined; next = open.pop())
    for (const { name } of next.outputs)
      for (const { step: reader } of readers.get(name) ?? []) {
        const [turned] = reader.context.operands;
        if (reader.operation === rotationTurn && isOther(turned, name)) {
          isTable = true;
          continue;
        }
        // What an image has a part in is no table any more.
        const isMade = reader.outputs.every(({ shape }) => shape[0] !== 'N');
        if (!choosing.has(reader.operation.type) || !isMade) return false;
        if (!seen.has(reader)) open.push(reader);
        seen.add(reader);
      }
  return isTable;
}

const isOther = (operand: TapeStep['context']['operands'][number] | undefined, name: string): boolean =>
  operand?.kind !== 'activation' || operand.value.name !== name;
