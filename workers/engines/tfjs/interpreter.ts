import { ModelError } from '../../../stages/errors.js';
import { runningOrder } from '../../../stages/graph/running-order.js';
import type { Model, Node, Tensor as OnnxTensor } from '../../../stages/onnx/model.js';
import type { OrderedTensor } from './ordered-tensor.js';
import { rules } from './registry.js';
import type { PreparedNode, RuleContext } from './rule.js';
import type { TensorFlow, TfjsTensor } from './tensorflow.js';
import { readValue, uploadValue } from './transfer.js';

interface PlannedStep {
  readonly step: PreparedNode;
  readonly output: string;
  /** Values that no later node reads. */
  readonly finished: readonly string[];
}

/** A graph that is ready to be interpreted, node by node; its constants are on the device. */
export interface Interpretation {
  /** @param feeds every input by name; @returns every output by name, the caller's to dispose of */
  readonly run: (feeds: ReadonlyMap<string, OrderedTensor>) => ReadonlyMap<string, OrderedTensor>;
  readonly dispose: () => void;
}

/**
 * Prepares a graph: what depends on no input is computed here.
 * @throws ModelError naming the operation and node that has no rule
 */
export async function prepare(tf: TensorFlow, { graph }: Model): Promise<Interpretation> {
  for (const node of graph.nodes) refuseUnknown(node);
  const held: TfjsTensor[] = [];
  const constants = new Map<string, OnnxTensor>(graph.initializers);
  const constantValues = new Map<string, OrderedTensor>();
  const dispose = (): void => {
    for (const tensor of held.splice(0)) tensor.dispose();
    for (const value of constantValues.values()) value.dispose();
    constantValues.clear();
  };
  const constantValue = (name: string): OrderedTensor => {
    const known = constantValues.get(name);
    const tensor = constants.get(name);
    if (known !== undefined) return known;
    if (tensor === undefined)
      throw new ModelError(`value ${name} is neither fed nor computed before it is read`);
    const value = uploadValue(tf, tensor);
    constantValues.set(name, value);
    return value;
  };

  const outputs = graph.outputs.map(({ name }) => name);
  const planned: Omit<PlannedStep, 'finished'>[] = [];
  try {
    for (const node of runningOrder(graph.nodes)) {
      const [output = ''] = node.outputs;
      const step = prepareNode({
        tf,
        node,
        constant: (index) => constants.get(node.inputs[index] ?? '') ?? null,
        hold: (tensor) => {
          held.push(tensor);
          return tensor;
        },
      });
      if (!step.inputs.every((name) => constants.has(name))) planned.push({ step, output });
      else {
        const value = runStep(tf, step, step.inputs.map(constantValue));
        constantValues.set(output, value);
        constants.set(output, await readValue(value));
      }
    }
    // Constants that are read go to the device now.
    for (const name of [...planned.flatMap(({ step }) => step.inputs), ...outputs])
      if (constants.has(name)) constantValue(name);
  } catch (error) {
    dispose();
    throw error;
  }
  // The prepared nodes have all they need on the device: kept here too, weights would take twice their memory.
  constants.clear();

  const steps = withLastUses(planned, outputs);
  return {
    run: (feeds) => interpret(tf, steps, outputs, feeds, constantValue),
    dispose,
  };
}

function refuseUnknown({ type, name, domain, outputs }: Node): void {
  if (domain !== '' || !rules.has(type))
    throw new ModelError(`TensorFlow.js: there is no rule for operation ${type} (node ${name})`);
  if (outputs.filter((output) => output !== '').length !== 1)
    throw new ModelError(
      `TensorFlow.js: ${type} (node ${name}) has several outputs; only operations with one output can be run`,
    );
}

function prepareNode(context: RuleContext): PreparedNode {
  const { type, name } = context.node;
  const rule = rules.get(type);
  if (rule === undefined) throw new TypeError(`no rule for ${type}`);
  try {
    return rule(context);
  } catch (error) {
    if (error instanceof ModelError)
      throw new ModelError(`TensorFlow.js can't run ${type} (node ${name}): ${error.message}`, {
        cause: error,
      });
    throw error;
  }
}

function withLastUses(
  steps: readonly Omit<PlannedStep, 'finished'>[],
  outputs: readonly string[],
): readonly PlannedStep[] {
  const kept = new Set(outputs);
  return [...steps]
    .reverse()
    .map((step) => {
      const read = new Set([...step.step.inputs, step.output]);
      const finished = [...read].filter((name) => !kept.has(name));
      for (const name of read) kept.add(name);
      return { ...step, finished };
    })
    .reverse();
}

function interpret(
  tf: TensorFlow,
  steps: readonly PlannedStep[],
  outputs: readonly string[],
  feeds: ReadonlyMap<string, OrderedTensor>,
  constantValue: (name: string) => OrderedTensor,
): ReadonlyMap<string, OrderedTensor> {
  const made = new Map<string, OrderedTensor>();
  const value = (name: string): OrderedTensor => made.get(name) ?? feeds.get(name) ?? constantValue(name);
  try {
    for (const { step, output, finished } of steps) {
      made.set(output, runStep(tf, step, step.inputs.map(value)));
      for (const name of finished) {
        // Feeds and constants are not this run's to give back.
        made.get(name)?.dispose();
        made.delete(name);
      }
    }
    // An output that no node computes is a feed or a constant: the caller gets a copy.
    return new Map(outputs.map((name) => [name, made.get(name) ?? value(name).copy()]));
  } catch (error) {
    for (const one of made.values()) one.dispose();
    throw error;
  }
}

/** What a node makes besides its output is given back at once. */
function runStep(tf: TensorFlow, step: PreparedNode, inputs: readonly OrderedTensor[]): OrderedTensor {
  let result: OrderedTensor | undefined;
  tf.tidy(() => {
    result = step.run(inputs);
    return result.tensor;
  });
  if (result === undefined) throw new TypeError('a node gave no value');
  return result;
}
