import { ModelError } from '../../errors.js';
import { type Attributes, int } from '../../graph/builder.js';
import type { Node } from '../../onnx/model.js';
import { intAttribute } from '../attributes.js';
import type { OlderForm } from './older-form.js';

/**
 * Until operator set 12 it was over an axis and all behind it: that of a tensor in which these are one, whose shape is
 * then that of before.
 */
export const flatSoftmax: OlderForm = {
  types: ['Softmax', 'LogSoftmax'],
  until: 12,
  rewrite(node, added) {
    const axis = intAttribute(node, 'axis', 1);
    const overLast = { ...node, attributes: new Map([...node.attributes, ['axis', int(-1)]]) };
    if (axis === -1) return [overLast];
    if (axis === 0)
      throw new ModelError(
        "axis 0 is the batch's: that would mix images with each other, and is not supported",
      );
    const [input = '', ...others] = node.inputs;
    const [output = '', ...further] = node.outputs;
    const named = (what: string): string => added.name(`${what} of ${node.name}`);
    const integer = (what: string, value: number): string =>
      added.constant(`${what} of ${node.name}`, {
        type: 'int64',
        dims: [1],
        data: BigInt64Array.of(BigInt(value)),
      });
    const [shape, front, target] = [named('shape'), named('front'), named('target')];
    const [flat, shares] = [named('flat'), named('shares')];
    return [
      made('Shape', [input], shape),
      made('Slice', [shape, integer('start', 0), integer('axis', axis)], front),
      made('Concat', [front, integer('rest', -1)], target, { axis: int(0) }),
      made('Reshape', [input, target], flat),
      { ...overLast, inputs: [flat, ...others], outputs: [shares, ...further] },
      { ...made('Reshape', [shares, shape], output), name: named('back') },
    ];
  },
};

function made(type: string, inputs: readonly string[], output: string, attributes: Attributes = {}): Node {
  return {
    name: output,
    type,
    domain: '',
    inputs,
    outputs: [output],
    attributes: new Map(Object.entries(attributes)),
  };
}
