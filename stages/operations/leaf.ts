import { ModelError } from '../errors.js';
import { squaredNormInRows } from '../graph/reduction.js';
import { constantAt } from './operands.js';
import type { Operation } from './operation.js';

/**
 * A constant of the file that another operation computes with as if it were an image's: the same for all images,
 * [1, …]. Its gradient is what arrives.
 */
export const leaf: Operation = {
  type: 'Constant',
  inputs: [1, 1],
  slots: { 0: { parameter: 'tensor' } },
  oneElementIsLiteral: true,
  weighted: true,
  forward(context) {
    const { dims, data } = constantAt(context, 0);
    return [context.builder.floats([1, ...dims], data)];
  },
  backward: () => {
    throw new ModelError('a constant has no input');
  },
  parameter({ cotangent, builder }) {
    return { gradient: () => cotangent, squaredNorm: () => squaredNormInRows(builder, cotangent) };
  },
};

/** The same for what might be such data, but has the name of a parameter. */
export const doubtfulLeaf: Operation = {
  ...leaf,
  doubt: 'its numbers repeat as those of coordinates do, but its name is one of a parameter',
};

/** The same where another constant of equal elements is computed with too: what arrives at each is its own. */
export const oneMoreLeaf = (kind: Operation): Operation => ({
  ...kind,
  forward(context) {
    const [value] = kind.forward(context);
    if (!value) throw new TypeError('a constant is a value');
    return [context.builder.emit('Identity', [value], {}, { shape: value.shape })];
  },
});

/** The same for data that a linear layer with constant weights reads, such as the places that a table is computed for. */
export const dataLeaf: Operation = {
  ...leaf,
  literal: 'data that a linear layer reads',
};
