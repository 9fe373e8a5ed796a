import type { GraphBuilder, Value } from '../graph/builder.js';
import { reshape, transpose } from '../graph/layout.js';
import { type Dim, normalizeAxis } from '../graph/shape.js';
import {
  type Attribute,
  elementCount,
  elementTypeCodes,
  type FloatTensor,
  type IntegerTensor,
  type Node,
  type Tensor,
} from '../onnx/model.js';
import { intAttribute, intsAttribute } from './attributes.js';
import { type Operand, type Origin, sizesOf } from './operand.js';

/** Computes a node's output while importing, or returns null to leave it in the graph. */
type Evaluate = (node: Node, operands: readonly (Operand | null)[], opset: number) => Operand | null;

/**
 * Operations that exporters leave between a constant and its use, or that compute a shape. A reshaped or transposed
 * parameter remembers the tensor it was made from.
 */
const evaluators: Readonly<Record<string, Evaluate>> = {
  Constant: (node) => {
    const name = node.outputs[0] ?? '';
    for (const key of ['value', 'value_float', 'value_floats', 'value_int', 'value_ints']) {
      const attribute = node.attributes.get(key);
      const tensor = attribute && constantTensor(attribute);
      if (tensor) return { kind: 'constant', tensor, origin: declared(name, 'constant node', tensor) };
    }
    return null;
  },
  Identity: (node, [operand]) => {
    if (operand?.kind !== 'constant') return operand?.kind === 'sizes' ? operand : null;
    return { ...operand, origin: declared(node.outputs[0] ?? '', 'identity copy', operand.tensor) };
  },
  Shape: (node, [operand], opset) => {
    const shape =
      operand?.kind === 'activation'
        ? operand.value.shape
        : operand?.kind === 'constant'
          ? operand.tensor.dims
          : null;
    if (!shape) return null;
    const [start, end] =
      opset >= 15
        ? [intAttribute(node, 'start', 0), intAttribute(node, 'end', shape.length)]
        : [0, shape.length];
    return { kind: 'sizes', sizes: shape.slice(start, end), scalar: false };
  },
  Gather: (_node, [data, index]) => {
    const sizes = data ? sizesOf(data) : null;
    const at = index ? sizesOf(index) : null;
    if (!sizes || !at || !index) return null;
    const picked = at.flatMap((i) =>
      i === 'N' ? [] : sizes.slice(i < 0 ? i + sizes.length : i, (i < 0 ? i + sizes.length : i) + 1),
    );
    const scalar =
      index.kind === 'sizes' ? index.scalar : index.kind === 'constant' && index.tensor.dims.length === 0;
    return picked.length === at.length ? { kind: 'sizes', sizes: picked, scalar } : null;
  },
  Concat: (_node, operands) => {
    const parts = operands.map((operand) => (operand ? sizesOf(operand) : null));
    return parts.every((part) => part !== null)
      ? { kind: 'sizes', sizes: parts.flat(), scalar: false }
      : null;
  },
  Slice: (_node, [data, starts, ends, , steps]) => {
    if (data?.kind === 'constant' && data.tensor.type === 'int64' && data.tensor.dims.length > 1)
      return reversedRows(data.tensor, steps);
    const sizes = data ? sizesOf(data) : null;
    const [start, end, step] = [starts, ends, steps].map((operand) => (operand ? sizesOf(operand)?.[0] : 1));
    if (!sizes || typeof start !== 'number' || typeof end !== 'number' || step !== 1) return null;
    return { kind: 'sizes', sizes: sizes.slice(start, end), scalar: false };
  },
  ConstantOfShape: (node, [operand]) => {
    const sizes = operand ? sizesOf(operand)?.map(Number) : null;
    const value = node.attributes.get('value');
    if (!sizes || value?.kind !== 'tensor' || value.value.type !== 'int64') return null;
    const data = new BigInt64Array(elementCount(sizes)).fill(value.value.data[0] ?? 0n);
    return { kind: 'constant', tensor: { type: 'int64', dims: sizes, data }, origin: null };
  },
  Cast: (node, [operand]) => {
    if (!operand || operand.kind === 'activation') return null;
    const to = intAttribute(node, 'to', 0);
    if (operand.kind === 'sizes' || operand.tensor.type === 'int64')
      return to === elementTypeCodes.int64 ? operand : null;
    if (to !== elementTypeCodes.float32) return null;
    const tensor = toFloat32(operand.tensor);
    return tensor && { ...operand, tensor };
  },
  Squeeze: (node, [operand, axes], opset) => {
    if (operand?.kind === 'sizes') return { ...operand, scalar: true };
    return operand?.kind === 'constant'
      ? view(operand, squeezed(operand.tensor.dims, axesOf(node, axes, opset)), null)
      : null;
  },
  Unsqueeze: (node, [operand, axes], opset) => {
    if (operand?.kind === 'sizes') return { ...operand, scalar: false };
    const at = axesOf(node, axes, opset);
    return operand?.kind === 'constant' && at
      ? view(operand, unsqueezed(operand.tensor.dims, at), null)
      : null;
  },
  Reshape: (node, [operand, target], opset) => {
    const sizes = target ? sizesOf(target) : null;
    if (operand?.kind === 'sizes' && operand.sizes.includes('N') && sizes?.length === 1)
      return { ...operand, scalar: false };
    if (operand?.kind === 'sizes')
      return operand.sizes.includes('N')
        ? null
        : (evaluators.Reshape?.(node, [constantOf(operand.sizes), target ?? null], opset) ?? null);
    if (operand?.kind !== 'constant' || !sizes || sizes.includes('N')) return null;
    const dims = resolveReshape(operand.tensor.dims, sizes).map(Number);
    if (elementCount(dims) !== elementCount(operand.tensor.dims))
      throw new RangeError(`[${operand.tensor.dims}] can't be reshaped to [${dims}]`);
    return view(operand, dims, null);
  },
  Flatten: (node, [operand]) => {
    if (operand?.kind !== 'constant') return null;
    const { dims } = operand.tensor;
    const axis = intAttribute(node, 'axis', 1);
    const at = axis < 0 ? axis + dims.length : axis;
    return view(operand, [elementCount(dims.slice(0, at)), elementCount(dims.slice(at))], null);
  },
  Transpose: (node, [operand]) => {
    if (
      operand?.kind !== 'constant' ||
      (operand.tensor.type !== 'float32' && operand.tensor.type !== 'int64')
    )
      return null;
    const { dims } = operand.tensor;
    const order = intsAttribute(
      node,
      'perm',
      dims.map((_, axis) => dims.length - 1 - axis),
    );
    return view(
      operand,
      order.map((axis) => dims[axis] ?? 1),
      order,
    );
  },
};

/** Evaluates a node whose result is known before any image is, or returns null. */
export function evaluateConstant(
  node: Node,
  operands: readonly (Operand | null)[],
  opset: number,
): Operand | null {
  return (node.domain === '' && evaluators[node.type]?.(node, operands, opset)) || null;
}

/** The origin of a tensor that the file declares. */
export function declared(name: string, how: Origin['declared'], tensor: Tensor): Origin {
  return { name, declared: how, dims: tensor.dims, toDeclared: (_b, gradient) => gradient };
}

/**
 * The sizes that a Reshape target stands for: 0 copies a size, −1 takes what is left.
 * @throws RangeError when the element counts can't agree
 */
export function resolveReshape(shape: readonly Dim[], target: readonly Dim[], allowZero = false): Dim[] {
  const copied = target.map((size, axis): Dim => (size === 0 && !allowZero ? (shape[axis] ?? 0) : size));
  if (!copied.includes(-1)) return copied;
  const batch = shape.includes('N') && !copied.includes('N');
  const count = (sizes: readonly Dim[]) =>
    sizes.reduce<number>((product, size) => (size === 'N' || size === -1 ? product : product * size), 1);
  const rest = count(shape) / count(copied);
  if (batch && rest !== 1)
    throw new RangeError(`reshape [${shape}] → [${target}] merges the batch with other axes`);
  if (!Number.isInteger(rest)) throw new RangeError(`reshape [${shape}] → [${target}] does not divide`);
  return copied.map((size) => (size === -1 ? (batch ? 'N' : rest) : size));
}

function view(
  operand: Extract<Operand, { kind: 'constant' }>,
  dims: readonly number[],
  order: readonly number[] | null,
): Operand {
  const { tensor, origin } = operand;
  const viewed =
    order && (tensor.type === 'float32' || tensor.type === 'int64')
      ? transposed(tensor, order)
      : { ...tensor, dims };
  return {
    kind: 'constant',
    tensor: viewed,
    origin: origin && {
      ...origin,
      toDeclared: (b, gradient) => origin.toDeclared(b, undo(b, gradient, tensor.dims, order)),
    },
  };
}

function undo(
  b: GraphBuilder,
  gradient: Value,
  dims: readonly number[],
  order: readonly number[] | null,
): Value {
  if (!order) return reshape(b, gradient, ['N', ...dims]);
  return transpose(b, gradient, [0, ...order.map((_, axis) => order.indexOf(axis) + 1)]);
}

/** A transposed copy of a constant. */
export function transposed<T extends FloatTensor | IntegerTensor>(tensor: T, order: readonly number[]): T;
export function transposed(
  tensor: FloatTensor | IntegerTensor,
  order: readonly number[],
): FloatTensor | IntegerTensor {
  const dims = order.map((axis) => tensor.dims[axis] ?? 1);
  const from = transposedOrder(tensor.dims, order);
  if (tensor.type === 'float32')
    return { ...tensor, dims, data: tensor.data.map((_, to) => tensor.data[from[to] ?? 0] ?? 0) };
  return { ...tensor, dims, data: tensor.data.map((_, to) => tensor.data[from[to] ?? 0] ?? 0n) };
}

/** For each element of the transposed tensor, where it lies in the original one. */
function transposedOrder(original: readonly number[], order: readonly number[]): Uint32Array {
  const strides = order.map((axis) => elementCount(original.slice(axis + 1)));
  const dims = order.map((axis) => original[axis] ?? 1);
  const places = new Uint32Array(elementCount(original));
  const index = dims.map(() => 0);
  let from = 0;
  for (let to = 0; to < places.length; to++) {
    places[to] = from;
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const [size, step] = [dims[axis] ?? 1, strides[axis] ?? 0];
      const next = (index[axis] ?? 0) + 1;
      from += step;
      index[axis] = next;
      if (next < size) break;
      from -= step * size;
      index[axis] = 0;
    }
  }
  return places;
}

function axesOf(node: Node, operand: Operand | null | undefined, opset: number): readonly number[] | null {
  if (opset < 13) return intsAttribute(node, 'axes', null);
  const sizes = operand ? sizesOf(operand) : null;
  return sizes ? sizes.map(Number) : null;
}

function squeezed(dims: readonly number[], axes: readonly number[] | null): number[] {
  const at = axes?.map((axis) => normalizeAxis(axis, dims.length));
  return dims.filter((size, axis) => (at ? !at.includes(axis) : size !== 1));
}

function unsqueezed(dims: readonly number[], axes: readonly number[]): number[] {
  const rank = dims.length + axes.length;
  const at = axes.map((axis) => normalizeAxis(axis, rank));
  const rest = [...dims];
  return Array.from({ length: rank }, (_, axis) => (at.includes(axis) ? 1 : (rest.shift() ?? 1)));
}

function constantTensor(attribute: Attribute): Tensor | null {
  switch (attribute.kind) {
    case 'tensor':
      return attribute.value;
    case 'float':
      return { type: 'float32', dims: [], data: Float32Array.of(attribute.value) };
    case 'floats':
      return { type: 'float32', dims: [attribute.value.length], data: Float32Array.from(attribute.value) };
    case 'int':
      return { type: 'int64', dims: [], data: BigInt64Array.of(BigInt(attribute.value)) };
    case 'ints':
      return {
        type: 'int64',
        dims: [attribute.value.length],
        data: BigInt64Array.from(attribute.value, BigInt),
      };
    default:
      return null;
  }
}

/** A matrix of sizes with its rows in reverse order: how an exporter turns torch's order of pads into ONNX's. */
function reversedRows(tensor: IntegerTensor, steps: Operand | null | undefined): Operand | null {
  const [step] = (steps && sizesOf(steps)) ?? [];
  const [rows = 1, columns = 1] = tensor.dims;
  if (step !== -1 || tensor.dims.length !== 2) return null;
  const data = tensor.data.map(
    (_, index) => tensor.data[(rows - 1 - Math.floor(index / columns)) * columns + (index % columns)] ?? 0n,
  );
  return { kind: 'constant', tensor: { ...tensor, data }, origin: null };
}

function toFloat32(tensor: Tensor): FloatTensor | null {
  if (tensor.type === 'float32') return tensor;
  if (tensor.type !== 'float64') return null;
  const { buffer, byteOffset, byteLength } = tensor.data;
  return {
    type: 'float32',
    dims: tensor.dims,
    data: Float32Array.from(new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength))),
  };
}

function constantOf(sizes: readonly Dim[]): Operand {
  const data = BigInt64Array.from(sizes.map(Number), BigInt);
  return { kind: 'constant', tensor: { type: 'int64', dims: [data.length], data }, origin: null };
}
