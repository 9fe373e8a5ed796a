import type { Tape } from '../differentiation/tape.js';
import { elementsPerImage, type Shape } from '../graph/shape.js';
import { intsAttribute } from '../import/attributes.js';
import type { Graph, Node } from '../onnx/model.js';
import { valueAt } from '../operations/operands.js';
import type { NodeContext } from '../operations/operation.js';
import type { LinearHead } from './linear-head.js';

/** Where features are in a file. */
export interface FeaturesInFile {
  /** Name of the tensor, or null where none of the file's holds them: they are made inside of one of its nodes. */
  readonly tensor: string | null;
  /** What features are of that tensor: it as it is, flattened, or its mean over all positions. */
  readonly form: 'as it is' | 'flattened' | 'mean over positions';
}

/**
 * The tensor of a file that holds what a head reads. The product that an Einsum is reads what was moved and joined for it,
 * which the file has no tensor of; then it is what that was made from, if features are found in it alike.
 */
export function featuresInFile(tape: Tape, graph: Graph, head: LinearHead): FeaturesInFile {
  const ofFile = new Set([
    ...graph.inputs.map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ]);
  const makers = new Map<string, NodeContext>();
  for (const { context } of tape.steps) {
    const [read, made = ''] = [context.node.inputs[0], context.node.outputs[0]];
    // What brings a value into place has the value's name on both sides.
    if (read !== made) makers.set(made, context);
  }
  let { shape } = head.input;
  let [name = ''] = head.step.context.node.inputs;
  const form = () => formOf(shape, head);
  while (!ofFile.has(name)) {
    const maker = makers.get(name);
    makers.delete(name);
    if (!maker || !keepsFeatures(maker.node, valueAt(maker, 0).shape, form()))
      return { tensor: null, form: form() };
    ({ shape } = valueAt(maker, 0));
    [name = ''] = maker.node.inputs;
  }
  return { tensor: name, form: form() };
}

function formOf(shape: Shape, { form, size }: LinearHead): FeaturesInFile['form'] {
  if (form.kind === 'mean' && elementsPerImage(shape) > size) return 'mean over positions';
  return shape.length === 2 ? 'as it is' : 'flattened';
}

/** Whether features are the same of what a node reads, [N, …], as of what it makes. */
function keepsFeatures(node: Node, shape: Shape, form: FeaturesInFile['form']): boolean {
  const isMean = form === 'mean over positions';
  switch (node.type) {
    case 'Transpose':
      return isMean || keepsOrder(intsAttribute(node, 'perm', [...shape.keys()].reverse()), shape);
    case 'Unsqueeze':
      return true;
    case 'Reshape':
      return !isMean;
    default:
      return false;
  }
}

/** Whether elements lie as before when the axes of a shape are brought into an order: at most axes of size 1 move. */
export function keepsOrder(order: readonly number[], shape: readonly (number | string)[]): boolean {
  const moved = order.filter((axis) => shape[axis] !== 1);
  return moved.every((axis, index) => index === 0 || axis > (moved[index - 1] ?? 0));
}
