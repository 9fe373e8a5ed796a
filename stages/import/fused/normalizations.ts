import { float, int, ints } from '../../graph/builder.js';
import { normalizeAxis } from '../../graph/shape.js';
import type { Node } from '../../onnx/model.js';
import { floatAttribute, intAttribute } from '../attributes.js';
import { scaleOfNormalization } from '../multiplications.js';
import { partsOf, requireNoOutput } from './parts.js';

/** The epsilon of ONNX Runtime's fused normalisations where they name none. */
const usualEpsilon = 1e-12;

/** LayerNormalization of x + skip (+ bias), whose fourth output is that sum. */
export function skipLayerNormalization(node: Node): readonly Node[] {
  const { step } = partsOf(node);
  const [x = '', skip = '', scale = '', shift = '', bias = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const { nodes, sum } = summed(node, [x, skip, bias]);
  const attributes = new Map([
    ['axis', int(-1)],
    ['epsilon', float(floatAttribute(node, 'epsilon', usualEpsilon))],
  ]);
  return [
    ...nodes,
    step('LayerNormalization', [sum, scale, ...(shift === '' ? [] : [shift])], output, attributes),
  ];
}

/** The same without means: x + skip (+ bias) over the root of its mean square. */
export function skipSimplifiedLayerNormalization(node: Node): readonly Node[] {
  const [x = '', skip = '', scale = '', bias = ''] = node.inputs;
  const { nodes, sum } = summed(node, [x, skip, bias]);
  return [...nodes, ...overRootMeanSquare(node, sum, scale, floatAttribute(node, 'epsilon', usualEpsilon))];
}

/**
 * RMSNormalization (operator set 23), or what ONNX Runtime's optimiser calls SimplifiedLayerNormalization, in the standard
 * domain: x over the root of its mean square, over all axes from one on.
 * @param rank of x
 * @throws RangeError, without naming the node, for an axis that x does not have
 */
export function rootMeanSquareInPrimitives(node: Node, rank: number): readonly Node[] {
  const [x = '', scale = ''] = node.inputs;
  requireNoOutput(node, 1);
  const axis = intAttribute(node, 'axis', -1);
  normalizeAxis(axis, rank);
  return overRootMeanSquare(node, x, scale, floatAttribute(node, 'epsilon', 1e-5), axis);
}

/**
 * LayerNormalization whose scale or shift is computed, as `1 + w` is: its rule holds them as tensors of the file.
 * @param rank of x
 * @throws RangeError, without naming the node, for an axis that x does not have
 */
export function layerNormalizationInPrimitives(node: Node, rank: number): readonly Node[] {
  const { name, step, number } = partsOf(node);
  const [x = '', scale = '', shift = ''] = node.inputs;
  const [output = ''] = node.outputs;
  requireNoOutput(node, 1, 2);
  const axis = normalizeAxis(intAttribute(node, 'axis', -1), rank) - rank;
  const kept = new Map([['keepdims', int(1)]]);
  const scaled = shift === '' ? output : name('scaled');
  return [
    number(name('epsilon'), floatAttribute(node, 'epsilon', 1e-5)),
    ...axesFrom(node, axis, x),
    step('ReduceMean', [x, name('axes')], name('mean'), kept),
    step('Sub', [x, name('mean')], name('centred')),
    step('Mul', [name('centred'), name('centred')], name('square')),
    step('ReduceMean', [name('square'), name('axes')], name('variance'), kept),
    step('Add', [name('variance'), name('epsilon')], name('raised')),
    step('Sqrt', [name('raised')], name('root')),
    step('Div', [name('centred'), name('root')], name('normal')),
    step(scaleOfNormalization, [name('normal'), scale], scaled),
    ...(shift === '' ? [] : [step('Add', [scaled, shift], output)]),
  ];
}

function summed(
  node: Node,
  inputs: readonly string[],
): { readonly nodes: readonly Node[]; readonly sum: string } {
  requireNoOutput(node, 1, 2);
  const { name, step } = partsOf(node);
  const [x = '', skip = '', bias = ''] = inputs;
  const sum = node.outputs[3] || name('sum');
  if (bias === '') return { nodes: [step('Add', [x, skip], sum)], sum };
  return { nodes: [step('Add', [x, bias], name('biased')), step('Add', [name('biased'), skip], sum)], sum };
}

function overRootMeanSquare(
  node: Node,
  x: string,
  scale: string,
  epsilon: number,
  axis = -1,
): readonly Node[] {
  const { name, step, number } = partsOf(node);
  const [output = ''] = node.outputs;
  return [
    number(name('epsilon'), epsilon),
    ...axesFrom(node, axis, x),
    step('Mul', [x, x], name('square')),
    step('ReduceMean', [name('square'), name('axes')], name('mean'), new Map([['keepdims', int(1)]])),
    step('Add', [name('mean'), name('epsilon')], name('raised')),
    step('Sqrt', [name('raised')], name('root')),
    step('Div', [x, name('root')], name('normal')),
    step(scaleOfNormalization, [name('normal'), scale], output),
  ];
}

/** Nodes that give the axes of x from one on, as `axes`: counted from the front their number is that of its shape. */
function axesFrom(node: Node, axis: number, x: string): readonly Node[] {
  const { name, step } = partsOf(node);
  if (axis < 0) {
    const axes = Array.from({ length: -axis }, (_, index) => axis + index);
    return [step('Constant', [], name('axes'), new Map([['value_ints', ints(axes)]]))];
  }
  return [
    step('Constant', [], name('first'), new Map([['value_int', int(axis)]])),
    step('Constant', [], name('one'), new Map([['value_int', int(1)]])),
    step('Shape', [x], name('shape')),
    step('Size', [name('shape')], name('rank')),
    step('Range', [name('first'), name('rank'), name('one')], name('axes')),
  ];
}
