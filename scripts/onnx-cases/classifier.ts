import { int } from '../../stages/graph/builder.js';
import {
  elementCount,
  type FloatTensor,
  type Model,
  type Node,
  type Tensor,
} from '../../stages/onnx/model.js';
import type { OperatorCase } from './operator-case.js';

/** A case as a classifier: the image holds the numbers of some inputs, behind each other. */
export interface CaseClassifier {
  readonly model: Model;
  /** [images, 1, 1, numbers of one image] */
  readonly image: FloatTensor;
  /** What the logits must be. */
  readonly logits: readonly number[];
}

/** Which inputs come from the image, which outputs the logits are made of, and whether the first axis is the batch. */
export interface Arrangement {
  readonly inputs: readonly string[];
  readonly outputs: readonly number[];
  readonly firstAxis: 'of one image' | 'the batch';
}

/**
 * All ways in which a case makes a classifier: all floating-point inputs from the image, or one of them, the others being
 * constants; the batch being the first axis of all of them, or an image having all axes.
 */
export function arrangements({ node, inputs, outputs }: OperatorCase): Arrangement[] {
  const floating = [...new Set(node.inputs)].filter((name) => inputs.get(name)?.type === 'float32');
  const given = outputs.flatMap((tensor, slot) => (tensor?.type === 'float32' ? [slot] : []));
  if (floating.length === 0 || outputs[0]?.type !== 'float32') return [];
  const choices = [...floating.map((name) => [name]), ...(floating.length > 1 ? [floating] : [])];
  const results = given.length > 1 ? [given, [0]] : [given];
  return choices.flatMap((chosen) =>
    results.flatMap((slots) =>
      (['of one image', 'the batch'] as const).map((firstAxis) => ({
        inputs: chosen,
        outputs: slots,
        firstAxis,
      })),
    ),
  );
}

/** The classifier of an arrangement, or null where the inputs have no common batch. */
export function classifierOf(one: OperatorCase, arrangement: Arrangement): CaseClassifier | null {
  const chosen = arrangement.inputs.flatMap((name) => {
    const tensor = one.inputs.get(name);
    return tensor?.type === 'float32' ? [{ name, tensor }] : [];
  });
  const given = arrangement.outputs.flatMap((slot) => {
    const tensor = one.outputs[slot];
    return tensor?.type === 'float32' ? [{ name: one.node.outputs[slot] ?? '', tensor }] : [];
  });
  const images = arrangement.firstAxis === 'the batch' ? (chosen[0]?.tensor.dims[0] ?? 1) : 1;
  const all = [...chosen, ...given].map(({ tensor }) => tensor);
  if (arrangement.firstAxis === 'the batch' && (images < 2 || all.some(({ dims }) => dims[0] !== images)))
    return null;
  const rows = perImage(
    chosen.map(({ tensor }) => tensor),
    images,
  );
  const width = rows.length / images;
  const constants = new Map<string, Tensor>(
    [...one.inputs].filter(([name]) => !arrangement.inputs.includes(name)),
  );
  return {
    model: modelOf(one, chosen, given, constants, [images, 1, 1, width]),
    image: { type: 'float32', dims: [images, 1, 1, width], data: Float32Array.from(rows) },
    // Twice: a classifier has at least two classes.
    logits: perImage(
      [...given, ...given].map(({ tensor }) => tensor),
      images,
    ),
  };
}

interface Named {
  readonly name: string;
  readonly tensor: FloatTensor;
}

/** Of each image in turn its part of each tensor. */
function perImage(tensors: readonly FloatTensor[], images: number): number[] {
  return Array.from({ length: images }, (_, image) =>
    tensors.flatMap(({ data }) => {
      const part = data.length / images;
      return Array.from(data.subarray(image * part, (image + 1) * part));
    }),
  ).flat();
}

function modelOf(
  one: OperatorCase,
  chosen: readonly Named[],
  given: readonly Named[],
  constants: ReadonlyMap<string, Tensor>,
  dims: readonly number[],
): Model {
  const [images = 1] = dims;
  const initializers = new Map(constants);
  const integers = (name: string, ...values: readonly number[]): string => {
    initializers.set(name, {
      type: 'int64',
      dims: [values.length],
      data: BigInt64Array.from(values, BigInt),
    });
    return name;
  };
  const made = (
    type: string,
    inputs: readonly string[],
    output: string,
    attributes: Node['attributes'] = new Map(),
  ): Node => {
    return { name: output, type, domain: '', inputs, outputs: [output], attributes };
  };
  const nodes: Node[] = [];
  let start = 0;
  for (const { name, tensor } of chosen) {
    const end = start + elementCount(tensor.dims) / images;
    const bounds = [integers(`${name}:start`, start), integers(`${name}:end`, end), integers('case:last', 3)];
    // Before operator set 10 the bounds of a Slice were attributes: Split is the same in all.
    nodes.push(made('Slice', ['case:image', ...bounds], `${name}:part`));
    nodes.push(made('Reshape', [`${name}:part`, integers(`${name}:shape`, ...tensor.dims)], name));
    start = end;
  }
  // Outputs that nothing reads are left out, as exporters do.
  const read = one.node.outputs.map((name) => (given.some((other) => other.name === name) ? name : ''));
  nodes.push({ ...one.node, outputs: read });
  const flat = integers('case:flat', images, -1);
  for (const { name } of given) nodes.push(made('Reshape', [name, flat], `${name}:flat`));
  const parts = [...given, ...given].map(({ name }) => `${name}:flat`);
  nodes.push(made('Concat', parts, 'case:joined', new Map([['axis', int(1)]])));
  // Two numbers are added, so that what softmax and its like give does not close the network, which would be refused.
  initializers.set('case:zeros', { type: 'float32', dims: [1, 2, 1], data: Float32Array.of(0, 0) });
  nodes.push(made('Reshape', ['case:joined', integers('case:halves', images, 2, -1)], 'case:apart'));
  nodes.push(made('Add', ['case:apart', 'case:zeros'], 'case:shifted'));
  nodes.push(made('Reshape', ['case:shifted', flat], 'case:logits'));
  return {
    opset: one.opset,
    metadata: new Map(),
    graph: {
      name: one.name,
      nodes,
      initializers,
      inputs: [{ name: 'case:image', type: 'float32', dims }],
      outputs: [{ name: 'case:logits', type: 'float32', dims: [images, parts.length] }],
    },
  };
}
