import { ModelError } from '../../errors.js';
import type { Attribute, Node } from '../../onnx/model.js';
import { shown } from '../../shown.js';
import { constantTensor } from '../constant-tensors.js';
import type { AddedTensors, OlderForm } from './older-form.js';

/**
 * Attributes that became inputs.
 * @param until the last operator set in which they are attributes
 * @param slots by attribute, the input that it became
 */
const moved = (
  until: number,
  types: readonly string[],
  slots: Readonly<Record<string, number>>,
): OlderForm => ({
  types,
  until,
  rewrite: (node, added) => [withInputs(node, slots, added)],
});

export const movedAttributes: readonly OlderForm[] = [
  moved(9, ['Slice'], { starts: 1, ends: 2, axes: 3 }),
  moved(10, ['Clip'], { min: 1, max: 2 }),
  moved(10, ['Pad'], { pads: 1, value: 2 }),
  moved(12, ['Squeeze', 'Unsqueeze', 'ReduceSum'], { axes: 1 }),
  moved(12, ['Split'], { split: 1 }),
  moved(
    17,
    [
      'ReduceL1',
      'ReduceL2',
      'ReduceLogSum',
      'ReduceLogSumExp',
      'ReduceMax',
      'ReduceMean',
      'ReduceMin',
      'ReduceProd',
      'ReduceSumSquare',
    ],
    { axes: 1 },
  ),
];

function withInputs(node: Node, slots: Readonly<Record<string, number>>, added: AddedTensors): Node {
  const inputs = [...node.inputs];
  const attributes = new Map(node.attributes);
  for (const [name, slot] of Object.entries(slots)) {
    const attribute = attributes.get(name);
    if (attribute === undefined) continue;
    attributes.delete(name);
    if (inputs[slot])
      throw new ModelError(`attribute ${name} is there beside input ${slot}; only one can say it`);
    while (inputs.length < slot) inputs.push('');
    inputs[slot] = added.constant(`${name} of ${node.name}`, tensorOf(name, attribute));
  }
  return { ...node, inputs, attributes };
}

function tensorOf(name: string, attribute: Attribute) {
  const tensor = constantTensor(attribute);
  if (!tensor)
    throw new ModelError(
      `attribute ${shown(name)} is of kind ${attribute.kind}, expected numbers; the file is damaged`,
    );
  return tensor;
}
