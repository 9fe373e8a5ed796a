import { channelsLastDomain, type Model, type Node } from '../onnx/model.js';
import { ChannelsLastGraph, lastDims, toLast } from './channels-last-graph.js';
import { elementwise, keepsOrder, movedAxes, reductions, spatial } from './channels-last-rules.js';

/**
 * Brings convolutions, pools and what lies between them into channels-last order [N, H, W, C], in which NVIDIA's tensor
 * cores compute. ONNX has no such order: convolutions, pools and normalisations become those that ONNX Runtime's CUDA
 * provider has for its own use, in the domain `com.ms.internal.nhwc`. Elementwise operations, reductions, padding,
 * slices and concatenations follow the order of what they read, others get it transposed; each value is transposed once
 * at the most. Inputs and outputs of the graph stay as they are.
 * @param model a graph as the builder finishes it, with the shapes of its values
 */
export function toChannelsLast(model: Model): Model {
  const graph = new ChannelsLastGraph(model.graph);
  for (const node of model.graph.nodes) {
    if (move(graph, node)) continue;
    graph.addFirst({ ...node, inputs: node.inputs.map((name) => graph.first(name)) });
  }
  return { ...model, graph: { ...model.graph, ...graph.finish() } };
}

/** Adds a node in channels-last order. @returns false where it stays as it is, and nothing was added */
function move(graph: ChannelsLastGraph, node: Node): boolean {
  const [x = ''] = node.inputs;
  const [y = ''] = node.outputs;
  if (node.outputs.length !== 1) return false;
  if (spatial.has(node.type) && graph.rank(x) === 4 && graph.rank(y) === 4)
    return addMoved(graph, { ...node, domain: channelsLastDomain }, [graph.last(x), ...node.inputs.slice(1)]);
  if (elementwise.has(node.type)) return moveElementwise(graph, node);
  if (graph.twinOf(x) === undefined) return false;
  if (node.type === 'Transpose') return moveTranspose(graph, node);
  if (node.type === 'Concat') return moveConcat(graph, node);
  if (node.type === 'Pad') return movePad(graph, node);
  if (node.type === 'Slice') return moveSlice(graph, node);
  return reductions.has(node.type) && moveReduction(graph, node);
}

/** Where one operand is in channels-last order, the others are brought there. */
function moveElementwise(graph: ChannelsLastGraph, node: Node): boolean {
  if (graph.rank(node.outputs[0] ?? '') !== 4) return false;
  const isReached = node.inputs.some((name) => graph.twinOf(name) !== undefined && !graph.isConstant(name));
  if (!isReached || !node.inputs.every((name) => graph.canBeLast(name))) return false;
  return addMoved(
    graph,
    node,
    node.inputs.map((name) => graph.lastOperand(name)),
  );
}

function moveTranspose(graph: ChannelsLastGraph, node: Node): boolean {
  const [x = ''] = node.inputs;
  const [y = ''] = node.outputs;
  const order = integers(node, 'perm');
  const twin = graph.twinOf(x);
  if (order?.length !== 4 || twin === undefined) return false;
  const from = order.map((axis) => toLast.indexOf(axis));
  if (from.every((axis, index) => axis === index)) {
    graph.setFirst(y, twin);
    return true;
  }
  const attributes = new Map(node.attributes).set('perm', { kind: 'ints', value: from });
  graph.addFirst({ ...node, inputs: [twin], attributes });
  return true;
}

function moveConcat(graph: ChannelsLastGraph, node: Node): boolean {
  const axis = node.attributes.get('axis');
  if (axis?.kind !== 'int' || node.inputs.some((name) => graph.rank(name) !== 4)) return false;
  const [moved = 0] = movedAxes([axis.value]);
  const attributes = new Map(node.attributes).set('axis', { kind: 'int', value: moved });
  return addMoved(
    graph,
    { ...node, attributes },
    node.inputs.map((name) => graph.last(name)),
  );
}

/**
 * Columns, then rows, of tensors of three axes, the last of which is not padded: ONNX Runtime's CUDA provider pads the
 * last two axes of so many a hundred times as fast as others.
 */
function movePad(graph: ChannelsLastGraph, node: Node): boolean {
  const [x = '', pads = '', ...value] = node.inputs;
  const [y = ''] = node.outputs;
  const sizes = graph.integers(pads);
  const from = graph.valueOf(x).dims;
  const to = graph.valueOf(y).dims;
  if (sizes?.length !== 8 || value.length > 1 || !from || !to) return false;
  const [batchBefore, channelsBefore, top = 0, left = 0, batchAfter, channelsAfter, bottom = 0, right = 0] =
    sizes;
  if (batchBefore || channelsBefore || batchAfter || channelsAfter) return false;
  const [, channels = 1, height = 1] = from.map(Number);
  const [, , rows = 1, columns = 1] = to.map(Number);
  const wide = [from[0] ?? 1, height, columns, channels];
  const padded = [
    { axis: 'columns', before: left, after: right, flat: [-1, Number(from[3]), channels], dims: wide },
    { axis: 'rows', before: top, after: bottom, flat: [-1, height, columns * channels], dims: null },
  ].filter(({ before, after }) => before !== 0 || after !== 0);
  let last = graph.last(x);
  for (const { axis, before, after, flat, dims } of padded) {
    const [beside, result] = [`${y}:${axis} flat`, `${y}:${axis}`];
    graph.setValue({ ...graph.valueOf(last), name: beside });
    graph.setValue({ ...graph.valueOf(x), name: result, dims: dims ?? lastDims(to) });
    graph.emit('Reshape', [last, graph.constant(flat)], beside);
    graph.emit('Pad', [beside, graph.constant([0, before, 0, 0, after, 0]), ...value], result);
    last = result;
  }
  graph.emit('Reshape', [last, graph.constant([-1, rows, columns, channels])], graph.newTwin(y));
  return true;
}

function moveSlice(graph: ChannelsLastGraph, node: Node): boolean {
  const [x = '', starts = '', ends = '', axes = '', ...steps] = node.inputs;
  const along = graph.integers(axes);
  if (along === null) return false;
  return addMoved(graph, node, [graph.last(x), starts, ends, graph.constant(movedAxes(along)), ...steps]);
}

/** Axes are an attribute, but of sums an input. */
function moveReduction(graph: ChannelsLastGraph, node: Node): boolean {
  const [x = '', axes] = node.inputs;
  const over = axes === undefined ? integers(node, 'axes') : graph.integers(axes);
  const keeps = node.attributes.get('keepdims');
  const isKept = keeps?.kind === 'int' && keeps.value === 1;
  if (over === null || (!isKept && !keepsOrder(over))) return false;
  const moved = movedAxes(over);
  const inputs = [graph.last(x), ...(axes === undefined ? [] : [graph.constant(moved)])];
  const attributes = new Map(node.attributes);
  if (axes === undefined) attributes.set('axes', { kind: 'ints', value: moved });
  if (isKept) return addMoved(graph, { ...node, attributes }, inputs);
  graph.addFirst({ ...node, inputs, attributes });
  return true;
}

/** Adds a node with an output in channels-last order alone. */
function addMoved(graph: ChannelsLastGraph, node: Node, inputs: readonly string[]): true {
  const [y = ''] = node.outputs;
  graph.addLast({ ...node, inputs, outputs: [graph.newTwin(y)] });
  return true;
}

function integers(node: Node, name: string): readonly number[] | null {
  const attribute = node.attributes.get(name);
  return attribute?.kind === 'ints' ? attribute.value : null;
}
