import { int } from '../../graph/builder.js';
import type { Node, Tensor } from '../../onnx/model.js';
import { neededNodes, producersOf, readersOf } from '../../onnx/wiring.js';
import { requiredInt } from '../attributes.js';
import { longestShape } from '../operand.js';
import { Primitives } from './primitives.js';

/**
 * Nodes in which PyTorch's `x[..., a:, b:] = y`, exported as a ScatterND to places that are counted out for every element of
 * every image, is what it comes to: the parts of x before a and b, joined to y. Where it sets all of x, y itself.
 */
export function withPlainAssignments(
  nodes: readonly Node[],
  initializers: ReadonlyMap<string, Tensor>,
): readonly Node[] {
  if (!nodes.some(isScatter)) return nodes;
  const graph: Reading = { producers: producersOf(nodes), initializers };
  const replaced = nodes.flatMap((node) => (isScatter(node) ? assignment(node, graph) : null) ?? [node]);
  if (replaced.length === nodes.length && replaced.every((node, index) => node === nodes[index]))
    return nodes;
  // What counted the places out has no reader left.
  const readers = readersOf(nodes);
  const ends = nodes.flatMap(({ outputs }) => outputs.filter((name) => !readers.has(name)));
  const needed = neededNodes(replaced, ends);
  return replaced.filter((node) => needed.has(node));
}

const isScatter = ({ type, domain }: Node): boolean => type === 'ScatterND' && domain === '';

/** What makes tensors, and those that the file holds. */
interface Reading {
  readonly producers: ReadonlyMap<string, Node>;
  readonly initializers: ReadonlyMap<string, Tensor>;
}

/** The nodes that an assignment to the ends of some axes is, or null where a ScatterND is none. */
function assignment(node: Node, graph: Reading): Node[] | null {
  const [data = '', indices = '', updates = ''] = node.inputs;
  const reduction = node.attributes.get('reduction');
  if (reduction !== undefined && !(reduction.kind === 'string' && reduction.value === 'none')) return null;
  const list = graph.producers.get(indices);
  if (list?.type !== 'Concat' || requiredInt(list, 'axis') !== -1) return null;
  const starts = list.inputs.map((name, axis) => startOf(name, [axis, list.inputs.length], data, graph));
  if (!starts.every((start) => start !== null)) return null;
  const assigned = assignedOf(updates, data, starts, graph);
  return assigned === null ? null : joined(node, data, starts, assigned);
}

function joined(node: Node, data: string, starts: readonly number[], assigned: string): Node[] {
  const made = new Primitives(node);
  const part = (x: string, from: number, to: number, axis: number): string =>
    made.step('Slice', [x, made.integers([from]), made.integers([to]), made.integers([axis])]);
  let rest = data;
  const before = starts.flatMap((start, axis) => {
    if (start === 0) return [];
    const kept = part(rest, 0, start, axis);
    rest = part(rest, start, toTheEnd, axis);
    return [{ kept, axis }];
  });
  const whole = before
    .toReversed()
    .reduce((value, { kept, axis }) => made.step('Concat', [kept, value], { axis: int(axis) }), assigned);
  return made.ending('Identity', [whole]);
}

/** An end that is beyond any size. */
const toTheEnd = 2 ** 31 - 1;

/** Where along an axis of x the places begin that a list of indices counts, to its end; null where it is no such list. */
function startOf(
  name: string,
  [axis, axes]: readonly [axis: number, axes: number],
  x: string,
  graph: Reading,
): number | null {
  const [unsqueeze] = chain(graph, name, 'Unsqueeze');
  const [expand] = chain(graph, unsqueeze?.inputs[0], 'Expand');
  let counted = graph.producers.get(expand?.inputs[0] ?? '');
  if (number(graph, unsqueeze?.inputs[1]) !== -1) return null;
  // Places of an axis lie along it, all others being of size 1: those of the last need no such shape.
  const behind = new Array<number>(axes - axis - 1).fill(1);
  if (counted?.type === 'Reshape') {
    if (String(numbers(graph, counted.inputs[1])) !== String([-1, ...behind])) return null;
    counted = graph.producers.get(counted.inputs[0] ?? '');
  } else if (behind.length > 0) return null;
  const start = counted?.type === 'Slice' ? startOfSlice(counted, 0, graph) : 0;
  if (counted?.type === 'Slice') counted = graph.producers.get(counted.inputs[0] ?? '');
  const [from, limit = '', by] = counted?.inputs ?? [];
  if (counted?.type !== 'Range' || number(graph, from) !== 0 || number(graph, by) !== 1) return null;
  return isSizeOf(limit, axis, x, graph) ? start : null;
}

/** Where a Slice to the end of one axis begins; null for any other. */
function startOfSlice({ inputs }: Node, axis: number, graph: Reading): number | null {
  const [, starts, ends, axes, steps] = inputs;
  const start = number(graph, starts);
  const isToTheEnd = (number(graph, ends) ?? 0) >= toTheEnd;
  const isOfAxis = number(graph, axes) === axis;
  const isEach = steps === undefined || steps === '' || number(graph, steps) === 1;
  return start !== null && start >= 0 && isToTheEnd && isOfAxis && isEach ? start : null;
}

/** Whether a number is the size of an axis of x. */
function isSizeOf(name: string, axis: number, x: string, graph: Reading): boolean {
  let producer = graph.producers.get(name);
  while (producer?.type === 'Cast') producer = graph.producers.get(producer.inputs[0] ?? '');
  if (producer?.type !== 'Gather') return false;
  const [sizes, at] = producer.inputs;
  const shape = graph.producers.get(sizes ?? '');
  return shape?.type === 'Shape' && shape.inputs[0] === x && number(graph, at) === axis;
}

/** What is assigned, of the shape of the part that it is assigned to; null where that is not sure. */
function assignedOf(updates: string, x: string, starts: readonly number[], graph: Reading): string | null {
  const [reshape] = chain(graph, updates, 'Reshape');
  const [expand] = chain(graph, reshape?.inputs[0], 'Expand');
  const [shape] = chain(graph, expand?.inputs[1], 'Shape');
  const [part] = shape?.inputs ?? [];
  return expand && part !== undefined && isPart(part, x, starts, graph) ? (expand.outputs[0] ?? null) : null;
}

/** Whether a tensor is x from some starts on, along each axis one Slice. */
function isPart(name: string, x: string, starts: readonly number[], graph: Reading): boolean {
  const found = starts.map(() => 0);
  let at = name;
  while (at !== x) {
    const slice = graph.producers.get(at);
    const axis = slice?.type === 'Slice' ? number(graph, slice.inputs[3]) : null;
    const start = slice && axis !== null ? startOfSlice(slice, axis, graph) : null;
    if (!slice || axis === null || start === null || found[axis] !== 0) return false;
    found[axis] = start;
    at = slice.inputs[0] ?? '';
  }
  return String(found) === String(starts);
}

/** The node that makes a tensor, where it is of a type. */
function chain({ producers }: Reading, name: string | undefined, type: string): Node[] {
  const node = producers.get(name ?? '');
  return node?.type === type && node.domain === '' ? [node] : [];
}

/** The whole numbers that a tensor holds. */
function numbers({ producers, initializers }: Reading, name: string | undefined): number[] | null {
  const value = producers.get(name ?? '')?.attributes.get('value');
  const tensor = value?.kind === 'tensor' ? value.value : initializers.get(name ?? '');
  return tensor?.type === 'int64' && tensor.data.length <= longestShape
    ? Array.from(tensor.data, Number)
    : null;
}

/** The whole number that a tensor of one element holds. */
function number(graph: Reading, name: string | undefined): number | null {
  const [only = null, ...others] = numbers(graph, name) ?? [];
  return others.length === 0 ? only : null;
}
