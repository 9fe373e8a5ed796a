import { alongFirstAxis, type ImageNode, type Prepared } from '../batching/batching.js';
import { type Reading, readings } from '../batching/one-image.js';
import { GrodinError } from '../errors.js';
import type { GraphBuilder, Value } from '../graph/builder.js';
import { type Shape, sameShape } from '../graph/shape.js';
import { attributed } from '../import/attributed.js';
import { type BatchAxis, firstAxis } from '../import/batch-axis.js';
import type { Classifier } from '../import/classifier.js';
import type { Activation, Constant, Operand } from '../import/operand.js';
import type { Lowerings } from '../lowerings/lowerings.js';
import type { Model, Node } from '../onnx/model.js';
import { expand } from '../operations/expand.js';
import { dataLeaf, doubtfulLeaf, leaf, oneMoreLeaf } from '../operations/leaf.js';
import type { NodeContext, Operation } from '../operations/operation.js';
import { reshape } from '../operations/views.js';
import { requireWellFormed } from '../operations/well-formed.js';
import { listsPlaces } from './places.js';

/** One node of the imported model that was emitted, with all its rule needs to differentiate it. */
export interface TapeStep {
  readonly operation: Operation;
  /** The node as it works on one image's part of each value. */
  readonly context: NodeContext;
  readonly outputs: readonly Value[];
  /** Whether an operation with weights lies between the image and this node. */
  readonly afterWeights: boolean;
  /** Whether it is part of the head, which stays in single precision. */
  readonly single: boolean;
}

/** Emits nodes of a model in their order and keeps a step for each, and for what brings operands into place. */
export class Recorder {
  readonly steps: TapeStep[] = [];
  /** Values that an operation with weights has a part in. */
  readonly #weighted = new Set<string>();
  /** Which tensor each value of constants alone is: the builder has one value for all that have equal elements. */
  readonly #leaves = new Map<string, string>();

  constructor(
    readonly builder: GraphBuilder,
    readonly model: Model,
    readonly classifier: Classifier,
    /** [N, C, H, W] */
    readonly image: Value,
    readonly lowerings: Lowerings,
  ) {}

  /**
   * Emits a node.
   * @param single whether it stays in single precision
   * @returns what its outputs are
   * @throws ModelError naming operation and node for what can't be translated
   */
  add(
    operation: Operation,
    node: Node,
    operands: readonly (Operand | null)[],
    single: boolean,
  ): Activation[] {
    return attributed(node, () => {
      requireWellFormed(operation, { node, operands });
      const read = operands.map((operand, slot) =>
        this.#asLeaf(operation, node, operands, operand, slot, single),
      );
      const { fixedBatch } = this.classifier;
      const addAs = (inputs: readonly (Operand | null)[]): Activation[] => {
        const image = (operation.batching ?? alongFirstAxis)({ node, operands: inputs, fixedBatch });
        return this.#addBatched(operation, image, single);
      };
      return fixedBatch === 1 ? this.#addReadable(read, node, addAs, single) : addAs(read);
    });
  }

  /**
   * Emits a node of a file for one image at a time, read in the first way that it can be computed in.
   * @throws what the likeliest way throws, where there is none
   */
  #addReadable(
    operands: readonly (Operand | null)[],
    node: Node,
    addAs: (operands: readonly (Operand | null)[]) => Activation[],
    single: boolean,
  ): Activation[] {
    const kept = this.steps.length;
    const seen = (x: Activation, { shape, batch }: Reading): Activation => ({
      ...this.#bring(reshape, x, shape, node, single),
      batch,
    });
    let refusal: unknown;
    for (const inputs of readings(operands, seen))
      try {
        return addAs(inputs);
      } catch (error) {
        if (!(error instanceof GrodinError || error instanceof RangeError)) throw error;
        refusal ??= error;
        this.steps.length = kept;
      }
    throw refusal;
  }

  /** Emits a node that works on one image's part of what it reads. */
  #addBatched(operation: Operation, image: ImageNode, single: boolean): Activation[] {
    const { node, batch } = image;
    const operands = image.operands.map((operand) =>
      operand?.kind === 'prepared' ? this.#prepare(operand, node, single) : operand,
    );
    // Equal nodes of the model may hold different parameters: each keeps an output of its own.
    this.builder.forget();
    const emit = () => this.#emit(operation, node, operands, batch, single);
    return single ? this.builder.inSingle(emit) : emit();
  }

  #emit(
    operation: Operation,
    node: Node,
    operands: readonly (Operand | null)[],
    batch: BatchAxis | null,
    single: boolean,
  ): Activation[] {
    const context: NodeContext = {
      builder: this.builder,
      node,
      opset: node.opset ?? this.model.opset,
      images: this.image,
      operands,
      lowerings: this.lowerings,
    };
    const outputs = operation.forward(context);
    const afterWeights = operands.some(
      (operand) => operand?.kind === 'activation' && this.#weighted.has(operand.value.name),
    );
    this.steps.push({ operation, context, outputs, afterWeights, single });
    if (afterWeights || operation.weighted) for (const { name } of outputs) this.#weighted.add(name);
    return outputs.map((value) => ({ kind: 'activation', value, batch }));
  }

  /** A constant that is computed with, where the operation has no place for one, as a value like others. */
  #asLeaf(
    operation: Operation,
    node: Node,
    operands: readonly (Operand | null)[],
    operand: Operand | null,
    slot: number,
    single: boolean,
  ): Operand | null {
    const isData = slot === 0 || operation.data === 'all';
    if (!isData || operand?.kind !== 'constant' || operand.tensor.type !== 'float32') return operand;
    const others = operands.some((other) => other?.kind === 'activation');
    if (operation.slots?.[slot] && (others || slot > 0) && isHeld(operation, operand)) return operand;
    const [, weight] = operands;
    const isLayer = isLinear(operation) && weight?.kind === 'constant' && isHeld(operation, weight);
    const { tensor } = operand;
    const places = isLayer && !others ? listsPlaces({ ...operand, tensor }, this.model.producer ?? '') : 'no';
    const kind = { yes: dataLeaf, perhaps: doubtfulLeaf, no: leaf }[places];
    const name = `${node.name}:${slot}`;
    const constant: Node = {
      name,
      domain: '',
      type: 'Constant',
      inputs: [name],
      outputs: [name],
      attributes: new Map(),
    };
    this.builder.forget();
    const own = this.#isTaken(operand) ? oneMoreLeaf(kind) : kind;
    const [value = null] = this.#emit(own, constant, [operand], null, single);
    return value;
  }

  /** Whether the value that a constant would be is another tensor's already. */
  #isTaken({ tensor, origin }: Constant): boolean {
    if (tensor.type !== 'float32' || origin === null) return false;
    const { name } = this.builder.floats([1, ...tensor.dims], tensor.data);
    const taken = this.#leaves.get(name) ?? origin.name;
    this.#leaves.set(name, taken);
    return taken !== origin.name;
  }

  #prepare({ operand, shape }: Prepared, node: Node, single: boolean): Activation {
    const reshaped = this.#bring(
      reshape,
      operand,
      [operand.value.shape[0] ?? 'N', ...shape.slice(1)],
      node,
      single,
    );
    return this.#bring(expand, reshaped, shape, node, single);
  }

  /** A value in another shape, or repeated to it, for a node. */
  #bring(operation: Operation, from: Activation, to: Shape, node: Node, single: boolean): Activation {
    if (sameShape(from.value.shape, to)) return from;
    const view: Node = { ...node, type: operation.type, attributes: new Map() };
    const sizes: Operand = { kind: 'sizes', sizes: to, scalar: false };
    this.builder.forget();
    const [made = from] = this.#emit(operation, view, [from, sizes], from.batch, single);
    return made;
  }
}

/** The image as the model reads it. */
export const asImage = (value: Value): Activation => ({ kind: 'activation', value, batch: firstAxis });

/** Whether a constant in a parameter's slot stays one, and is no value that is computed with. */
const isHeld = ({ mostConstantAxes = Number.POSITIVE_INFINITY }: Operation, { tensor }: Constant): boolean =>
  tensor.dims.length <= mostConstantAxes;

const isLinear = ({ slots }: Operation): boolean => {
  const weight = slots?.[1];
  return weight !== undefined && 'parameter' in weight && weight.parameter === 'linear-weight';
};
