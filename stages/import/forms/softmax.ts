import { ModelError } from '../../errors.js';
import { int } from '../../graph/builder.js';
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
    if (!Number.isInteger(axis) || axis < 0 || axis > 8)
      throw new ModelError(`axis ${axis} is not supported; export the model with opset_version=17`);
    const [input = '', ...others] = node.inputs;
    const [output = '', ...further] = node.outputs;
    const [flat, shares, shape] = ['flat', 'shares', 'shape'].map((what) =>
      added.name(`${what} of ${node.name}`),
    ) as [string, string, string];
    // 0 stands for the size of before, −1 for all that is left.
    const target = BigInt64Array.from([...Array<bigint>(axis).fill(0n), -1n]);
    const sizes = added.constant(`sizes of ${node.name}`, {
      type: 'int64',
      dims: [target.length],
      data: target,
    });
    const view = { domain: '', attributes: new Map() };
    return [
      { ...view, name: flat, type: 'Reshape', inputs: [input, sizes], outputs: [flat] },
      { ...overLast, inputs: [flat, ...others], outputs: [shares, ...further] },
      { ...view, name: shape, type: 'Shape', inputs: [input], outputs: [shape] },
      { ...view, name: `back of ${node.name}`, type: 'Reshape', inputs: [shares, shape], outputs: [output] },
    ];
  },
};
