import type { BatchedNode } from '../batching/batching.js';
import { asView } from '../batching/views.js';
import { ModelError } from '../errors.js';
import { reshape as emitReshape } from '../graph/layout.js';
import { type Dim, normalizeAxis } from '../graph/shape.js';
import { intAttribute } from '../import/attributes.js';
import { givenAxes, sizesAt } from '../import/known-sizes.js';
import { atBatch, holdsImages, perImage, type Size, timesImages } from '../import/sizes.js';
import { resolveReshape, squeezed, unsqueezed } from '../import/views.js';
import { cotangentShape, valueAt } from './operands.js';
import type { Operation } from './operation.js';

// Operations that give the same elements, in the same order, another shape.

/** @param shapeOf the shape that a node gives, in the model's axes */
function view(
  type: string,
  inputs: Operation['inputs'],
  shapeOf: (node: BatchedNode, shape: readonly Size[]) => readonly Size[],
): Operation {
  return {
    type,
    inputs,
    batching: asView(shapeOf),
    forward(context) {
      const shape = sizesAt(context, 1).map((size): Dim => (holdsImages(size) ? 'N' : size));
      return [emitReshape(context.builder, valueAt(context, 0), shape)];
    },
    backward: (context) => emitReshape(context.builder, context.cotangent, cotangentShape(context, 0)),
  };
}

/** The shape in its second input. */
export const reshape = view('Reshape', [2, 2], (node, shape) => {
  const target = sizesAt(node, 1);
  const { fixedBatch } = node;
  // A file that was exported at a batch size writes it, and what it makes of it, into its shapes.
  const isWritten = fixedBatch !== null && !target.some(holdsImages);
  const from = isWritten ? shape.map((size) => atBatch(size, fixedBatch)) : shape;
  return resolveReshape(from, target, intAttribute(node.node, 'allowzero', 0) !== 0);
});

/** Two axes: of those before the one that the attribute names, and of the others. */
export const flatten = view('Flatten', [1, 1], ({ node }, shape) => {
  const axis = intAttribute(node, 'axis', 1);
  const at = axis === shape.length ? axis : normalizeAxis(axis, shape.length);
  return [joined(shape.slice(0, at)), joined(shape.slice(at))];
});

/** Without axes of size 1: those that are named, or all. */
export const squeeze = view('Squeeze', [1, 2], (node, shape) => squeezed(shape, givenAxes(node, 1)));

/** With axes of size 1 put in. */
export const unsqueeze = view('Unsqueeze', [1, 2], (node, shape) => {
  const axes = givenAxes(node, 1);
  if (!axes) throw new ModelError('it names no axes');
  return unsqueezed(shape, axes);
});

function joined(sizes: readonly Size[]): Size {
  const count = sizes.reduce<number>((product, size) => product * perImage(size), 1);
  return sizes.some(holdsImages) ? timesImages(count) : count;
}
