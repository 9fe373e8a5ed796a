import { ModelError } from '../errors.js';
import { normalizeAxis } from '../graph/shape.js';
import {
  countElements,
  elementBytes,
  elementCount,
  elementTypeOf,
  floatTypes,
  type Node,
  type Tensor,
} from '../onnx/model.js';
import { listed } from '../shown.js';
import { intAttribute, intsAttribute, requiredInt } from './attributes.js';
import { modelShape } from './batch-axis.js';
import { castLike } from './cast-like.js';
import { constantOf, constantTensor, doublesOf, reversedRows, toFloat32 } from './constant-tensors.js';
import { ofItsOwn } from './equal-copies.js';
import { floatsOfSizes, sizesOfFloats } from './float-arithmetic.js';
import type { FoldingBudget } from './folding-budget.js';
import { arithmeticOf, slicedSizes } from './integer-arithmetic.js';
import { integerEvaluators } from './integer-evaluators.js';
import { evaluateLiterals, isOnLiterals } from './literals/evaluate.js';
import { literal, operandOf } from './literals/literal.js';
import { isParameterCopy } from './module-state.js';
import { integersOf, type Operand, ofIntegers, requireShapeLength, sizesOf } from './operand.js';
import { expandedToItself, repeatedOnce } from './repeated-once.js';
import { holdsImages, perImage, type Size, timesImages } from './sizes.js';
import {
  declared,
  reordered,
  requireOrder,
  reshaped,
  resolveReshape,
  squeezed,
  unsqueezed,
} from './views.js';

/** What a file says of all its nodes. */
export interface FileOfNodes {
  /** Who wrote it. */
  readonly producer?: string;
  /** The number of images that it is for. */
  readonly fixedBatch?: number | null;
}

/** The node that is evaluated, and what it may cost. */
interface Folding {
  readonly node: Node;
  readonly opset: number;
  /** Who wrote the file, as it says; empty where it does not. */
  readonly producer: string;
  /** The number of images that the file is for, or null where it is free. */
  readonly fixedBatch: number | null;
  /** To be asked before anything is allocated whose size the file decides. */
  readonly budget: FoldingBudget;
}

/** Computes a node's output while importing, or returns null to leave it in the graph. */
type Evaluate = (folding: Folding, operands: readonly (Operand | null)[]) => Operand | null;

/**
 * Operations that exporters leave between a constant and its use, or that compute a shape. A reshaped or transposed
 * parameter remembers the tensor it was made from.
 */
const evaluators: ReadonlyMap<string, Evaluate> = new Map<string, Evaluate>([
  ['Constant', ({ node }) => constant(node)],
  [
    'Identity',
    ({ node, producer }, [operand]) => {
      if (operand?.kind !== 'constant') return operand?.kind === 'sizes' ? operand : null;
      const [name = ''] = node.outputs;
      const kind = isParameterCopy(producer, name) ? 'identity copy' : 'equal copy';
      if (kind === 'equal copy' && !node.attributes.has(ofItsOwn)) return operand;
      const { isState = false } = operand.origin ?? {};
      return { ...operand, origin: { ...declared(name, kind, operand.tensor), isState } };
    },
  ],
  ['Shape', shapeOf],
  // Of a list of sizes, as PyTorch counts what a variance is over.
  [
    'ReduceProd',
    ({ node }, [operand = null]) => {
      if (!operand || !sizesOf(operand)) return null;
      const product = productOf(operand);
      return product?.kind === 'sizes'
        ? { ...product, scalar: intAttribute(node, 'keepdims', 1) === 0 }
        : product;
    },
  ],
  ['Size', (folding, operands) => productOf(shapeOf(folding, operands))],
  ['CastLike', ({ fixedBatch }, operands) => castLike(operands, fixedBatch === 1)],
  ['Gather', gathered],
  [
    'Concat',
    ({ node }, operands) => {
      const parts = operands.map((operand) => (operand ? sizesOf(operand) : null));
      if (parts.length === 0 || !parts.every((part) => part !== null)) return null;
      normalizeAxis(requiredInt(node, 'axis'), 1);
      return shape(parts.flat());
    },
  ],
  ['Slice', sliced],
  ['ConstantOfShape', filled],
  ...[...integerEvaluators].map(([type, evaluate]): [string, Evaluate] => [
    type,
    (_, operands) => evaluate(operands),
  ]),
  [
    'Expand',
    (_, operands) =>
      integerEvaluators.get('Expand')?.(operands) ??
      expandedToItself(operands) ??
      withoutPlacesOfImages(operands),
  ],
  ['Tile', (_, operands) => repeatedOnce(operands) ?? withoutPlacesOfImages(operands)],
  [
    'Cast',
    ({ node, budget, fixedBatch }, [operand]) => {
      if (!operand || operand.kind === 'activation') return null;
      const to = intAttribute(node, 'to', 0);
      const type = elementTypeOf(to);
      if (type === 'int64' || type === 'int32') {
        if (operand.kind === 'sizes' || operand.tensor.type === 'int64') return operand;
        if (operand.tensor.type === 'float64') return integersOfDoubles(operand.tensor, budget);
        const integers = integersOf(operand);
        return integers ? ofIntegers(integers) : sizesOfFloats(operand);
      }
      if (type === undefined || !floatTypes.has(type)) return null;
      if (sizesOf(operand)) return floatsOfSizes(operand, fixedBatch === 1);
      if (operand.kind === 'sizes') return null;
      const tensor = toFloat32(operand.tensor, budget);
      return tensor && { ...operand, tensor };
    },
  ],
  [
    'Squeeze',
    (_, [operand, axes]) => {
      const at = axesOf(axes);
      if (operand?.kind === 'sizes') {
        squeezed([operand.sizes.length], at === 'unknown' ? null : at);
        return operand.sizes.length === 1 ? { ...operand, scalar: true } : operand;
      }
      return operand?.kind === 'constant' && at !== 'unknown'
        ? reshaped(operand, squeezed(operand.tensor.dims, at))
        : null;
    },
  ],
  [
    'Unsqueeze',
    (_, [operand, axes]) => {
      const at = axesOf(axes);
      if (at === null || at === 'unknown') return null;
      if (operand?.kind === 'sizes') return unsqueezedSizes(operand, at);
      return operand?.kind === 'constant' ? reshaped(operand, unsqueezed(operand.tensor.dims, at)) : null;
    },
  ],
  ['Reshape', reshapedConstant],
  [
    'Flatten',
    ({ node }, [operand]) => {
      if (operand?.kind !== 'constant') return null;
      const { dims } = operand.tensor;
      const axis = intAttribute(node, 'axis', 1);
      const at = axis === dims.length ? axis : normalizeAxis(axis, dims.length);
      return reshaped(operand, [elementCount(dims.slice(0, at)), elementCount(dims.slice(at))]);
    },
  ],
  [
    'Transpose',
    ({ node, budget }, [operand]) => {
      if (operand?.kind !== 'constant') return null;
      const { tensor } = operand;
      if (tensor.type !== 'float32' && tensor.type !== 'int64') return null;
      const rank = tensor.dims.length;
      const reverse = tensor.dims.map((_, axis) => rank - 1 - axis);
      const order = requireOrder(intsAttribute(node, 'perm', reverse), rank);
      // Of each element, the place that it comes from is kept too.
      budget.take(tensor.data.byteLength + 4 * tensor.data.length);
      return reordered({ ...operand, tensor }, order);
    },
  ],
]);

/** Whether nodes of a type are evaluated where what they read is known before any image is. */
export function isEvaluated({ type, domain }: Pick<Node, 'type' | 'domain'>): boolean {
  return domain === '' && (evaluators.has(type) || isOnLiterals(type));
}

/**
 * Evaluates a node whose result is known before any image is, or returns null.
 * @throws RangeError or ModelError, without naming the node, where it is wrong, or beyond the budget
 */
export function evaluateConstant(
  node: Node,
  operands: readonly (Operand | null)[],
  opset: number,
  budget: FoldingBudget,
  { producer = '', fixedBatch = null }: FileOfNodes = {},
): Operand | null {
  const evaluate = node.domain === '' ? evaluators.get(arithmeticOf(node)) : undefined;
  const result = evaluate?.({ node, opset, budget, producer, fixedBatch }, operands);
  return result ?? (node.domain === '' ? evaluateLiterals(node, operands, budget) : null);
}

/** @throws ModelError where whole numbers are repeated for each image: no value is a list of such */
function withoutPlacesOfImages([operand, target]: readonly (Operand | null)[]): null {
  const isOfImages = target ? sizesOf(target)?.some(holdsImages) : false;
  if (operand?.kind !== 'constant' || operand.tensor.type !== 'int64' || !isOfImages) return null;
  throw new ModelError(
    'it repeats whole numbers for each image, which only Gather of a table, GatherElements, GatherND and ScatterElements may read, right behind an Expand; export the model for one image at a time, without dynamic_axes',
  );
}

/** @throws RangeError where it is longer than any shape */
function shape(sizes: readonly Size[]): Operand {
  requireShapeLength(sizes.length);
  return { kind: 'sizes', sizes, scalar: false };
}

function constant(node: Node): Operand {
  for (const key of ['value', 'value_float', 'value_floats', 'value_int', 'value_ints']) {
    const attribute = node.attributes.get(key);
    const tensor = attribute && constantTensor(attribute);
    if (tensor)
      return { kind: 'constant', tensor, origin: declared(node.outputs[0] ?? '', 'constant node', tensor) };
  }
  throw new RangeError(
    `holds neither a tensor nor numbers, but ${listed([...node.attributes.keys()].map((name) => JSON.stringify(name))) || 'nothing'}`,
  );
}

function shapeOf({ node, opset }: Folding, [operand]: readonly (Operand | null)[]): Operand | null {
  const sizes =
    operand?.kind === 'activation'
      ? modelShape(operand.value.shape, operand.batch)
      : operand?.kind === 'constant'
        ? operand.tensor.dims
        : operand && (operand.scalar ? [] : [operand.sizes.length]);
  if (!sizes) return null;
  const [start, end] =
    opset >= 15
      ? [intAttribute(node, 'start', 0), intAttribute(node, 'end', sizes.length)]
      : [0, sizes.length];
  return shape(sizes.slice(start, end));
}

/** Whole numbers of doubles, cut towards zero: PyTorch's exporter writes sizes so for operator sets before 9. */
function integersOfDoubles(tensor: Tensor, budget: FoldingBudget): Operand {
  const doubles = doublesOf(tensor);
  const integers = literal(budget, 'int64', tensor.dims, (index) => Math.trunc(doubles[index] ?? 0) + 0);
  return operandOf(integers, budget);
}

/** How many elements a tensor of a shape has, where the images are along one of its axes at most. */
function productOf(operand: Operand | null): Operand | null {
  const sizes = operand ? sizesOf(operand) : null;
  if (!sizes || sizes.filter(holdsImages).length > 1) return null;
  const count = sizes.reduce<number>((product, size) => product * perImage(size), 1);
  return { kind: 'sizes', sizes: [sizes.some(holdsImages) ? timesImages(count) : count], scalar: true };
}

function gathered({ node }: Folding, [data, index]: readonly (Operand | null)[]): Operand | null {
  const sizes = data ? sizesOf(data) : null;
  const at = integersOf(index);
  if (!sizes || !at) return null;
  normalizeAxis(intAttribute(node, 'axis', 0), 1);
  const picked = at.sizes.map((place): Size => {
    const size = typeof place !== 'number' ? undefined : sizes[place < 0 ? place + sizes.length : place];
    if (size === undefined)
      throw new RangeError(`index ${place} is none of the ${sizes.length} elements that are gathered from`);
    return size;
  });
  return { kind: 'sizes', sizes: picked, scalar: at.scalar };
}

function sliced(
  { budget }: Folding,
  [data, starts, ends, , steps]: readonly (Operand | null)[],
): Operand | null {
  if (data?.kind === 'constant' && data.tensor.type === 'int64' && data.tensor.dims.length > 1)
    return reversedRows(data.tensor, steps, budget);
  const sizes = data ? sizesOf(data) : null;
  const [start, end, step] = [starts, ends, steps].map((operand) => (operand ? sizesOf(operand)?.[0] : 1));
  if (!sizes || typeof start !== 'number' || typeof end !== 'number' || typeof step !== 'number') return null;
  return shape(slicedSizes(sizes, start, end, step));
}

/** What ConstantOfShape fills with where it names nothing. */
const zero: Tensor = { type: 'float32', dims: [1], data: Float32Array.of(0) };

function filled({ node, budget }: Folding, [operand]: readonly (Operand | null)[]): Operand | null {
  const sizes = operand ? sizesOf(operand) : null;
  const attribute = node.attributes.get('value');
  const value = attribute === undefined ? zero : attribute.kind === 'tensor' ? attribute.value : null;
  if (!sizes || (value?.type !== 'int64' && value?.type !== 'float32' && value?.type !== 'bool')) return null;
  // What has a part for each image is made by the graph.
  if (sizes.some(holdsImages)) return null;
  const dims = sizes.map(Number);
  const count = countElements(dims);
  if (count === null) throw new RangeError(`a tensor of shape [${listed(sizes)}] can't be filled`);
  budget.take(count * elementBytes[value.type]);
  if (value.type === 'int64') {
    const data = new BigInt64Array(count).fill(value.data[0] ?? 0n);
    return { kind: 'constant', tensor: { type: 'int64', dims, data }, origin: null };
  }
  if (value.type === 'bool') {
    const data = new Uint8Array(count).fill(value.data[0] ?? 0);
    return { kind: 'constant', tensor: { type: 'bool', dims, data }, origin: null };
  }
  const data = new Float32Array(count).fill(value.data[0] ?? 0);
  const tensor = { type: 'float32', dims, data } as const;
  return { kind: 'constant', tensor, origin: declared(node.outputs[0] ?? '', 'filled', tensor) };
}

function reshapedConstant({ node }: Folding, [operand, target]: readonly (Operand | null)[]): Operand | null {
  const sizes = target ? sizesOf(target) : null;
  if (!operand || operand.kind === 'activation' || !sizes || sizes.some(holdsImages)) return null;
  const allowZero = intAttribute(node, 'allowzero', 0) !== 0;
  if (operand.kind === 'sizes' && operand.sizes.some(holdsImages)) {
    resolveReshape([operand.sizes.length], sizes, allowZero);
    return sizes.length === 1 ? { ...operand, scalar: false } : null;
  }
  const whole = operand.kind === 'sizes' ? constantOf(operand.sizes) : operand;
  return reshaped(whole, resolveReshape(whole.tensor.dims, sizes, allowZero).map(Number));
}

/** Sizes with more axes; a list gets more than one, as places that are added to each other do. */
function unsqueezedSizes(
  operand: Extract<Operand, { kind: 'sizes' }>,
  axes: readonly number[],
): Operand | null {
  const { sizes, scalar } = operand;
  const dims = unsqueezed(scalar ? [] : [sizes.length], axes);
  if (dims.length < 2) return { ...operand, scalar: dims.length === 0 };
  return sizes.some(holdsImages) ? null : reshaped(constantOf(sizes), dims);
}

/** The axes that a Squeeze or Unsqueeze names, null for none; `unknown` where they are computed from the image. */
function axesOf(operand: Operand | null | undefined): readonly number[] | null | 'unknown' {
  if (!operand) return null;
  return sizesOf(operand)?.map(Number) ?? 'unknown';
}
