import { byWhatItReads } from '../differentiation/by-what-it-reads.js';
import { Recorder } from '../differentiation/recorder.js';
import { operationOf, seenBy } from '../differentiation/tape.js';
import { GrodinError } from '../errors.js';
import { GraphBuilder } from '../graph/builder.js';
import { ConstantRoom } from '../graph/constant-room.js';
import { findClassifier } from '../import/classifier.js';
import { evaluateConstant } from '../import/constants.js';
import { FoldingBudget } from '../import/folding-budget.js';
import { type Operand, sizesOf } from '../import/operand.js';
import { inPrimitives } from '../import/rewrites.js';
import { declared } from '../import/views.js';
import { portableLowerings } from '../lowerings/lowerings.js';
import { heldBytes, type Model, type Node } from '../onnx/model.js';

/** What is known of the conditions that decide between branches. */
export interface Conditions {
  readonly known: ReadonlyMap<string, boolean>;
  /** Those that are computed from the image. */
  readonly fromImage: ReadonlySet<string>;
}

/**
 * Follows a model for what its conditions are, as far as shapes and settings say: each node by its own rule, for the shape
 * of what it makes. What can't be followed, and what lies in branches that are not taken, stays unknown.
 * @throws ModelError when the model is not a classifier of one image with a fixed size
 */
export function knownConditions(model: Model): Conditions {
  const classifier = findClassifier(model);
  const { channels, height, width, fixedBatch } = classifier;
  const held = heldBytes(model.graph);
  const b = new GraphBuilder(null, 'single', new ConstantRoom(held));
  const image = b.input('image', ['N', channels, height, width]);
  const recorder = new Recorder(b, model, classifier, image, portableLowerings);
  const budget = new FoldingBudget(held);
  const operands = new Map<string, Operand>([[classifier.image, seenBy(recorder)]]);
  for (const [name, tensor] of classifier.initializers)
    operands.set(name, { kind: 'constant', tensor, origin: declared(name, 'initializer', tensor) });
  const known = new Map<string, boolean>();
  const fromImage = new Set<string>();
  const decide = (condition: string): boolean | undefined => {
    const operand = operands.get(condition);
    if (operand?.kind === 'activation') fromImage.add(condition);
    const [size, another] = (operand && operand.kind !== 'activation' && sizesOf(operand)) || [];
    if (typeof size !== 'number' || another !== undefined) return undefined;
    known.set(condition, size !== 0);
    return size !== 0;
  };
  const follow = (node: Node): void => {
    if (!(node.guards ?? []).every(({ condition, value }) => decide(condition) === value)) return;
    if (node.type === 'If' && node.domain === '') {
      const holds = decide(node.inputs[0] ?? '');
      if (holds === undefined) return;
      const taken = node.inputs.slice(holds ? 1 : 1 + node.outputs.length);
      node.outputs.forEach((output, index) => {
        const operand = operands.get(taken[index] ?? '');
        if (operand) operands.set(output, operand);
      });
      return;
    }
    const inputs = node.inputs.map((name) => (name === '' ? null : operands.get(name)));
    const given = inputs.filter((operand) => operand !== undefined);
    // What reads something unknown is unknown.
    if (given.length < inputs.length) return;
    const constant = evaluateConstant(node, given, node.opset ?? model.opset, budget, {
      ...(model.producer === undefined ? {} : { producer: model.producer }),
      fixedBatch,
    });
    const operation = constant ? undefined : operationOf(node);
    const parts = constant ? null : byWhatItReads(operation, node, given, fixedBatch);
    if (parts) {
      for (const part of parts) follow(part);
      return;
    }
    const outputs = constant ? [constant] : operation ? recorder.add(operation, node, given, false) : [];
    node.outputs.forEach((name, index) => {
      const output = outputs[index];
      if (output) operands.set(name, output);
    });
  };
  for (const node of inPrimitives(classifier.nodes))
    try {
      follow(node);
    } catch (error) {
      // Whoever compiles the model meets it again, unless it lies in a branch that is not taken.
      if (!(error instanceof GrodinError || error instanceof RangeError)) throw error;
    }
  return { known, fromImage };
}
