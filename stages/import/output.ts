import { ModelError } from '../errors.js';
import { floatTypes, type Model, type ValueInfo } from '../onnx/model.js';
import { setting } from '../setting.js';
import { listed, shown } from '../shown.js';

/**
 * A model that gives one of its outputs alone.
 * @param name of the output, or undefined for the model as it is
 * @throws ModelError where it has no such output
 */
export function withOutput(model: Model, name: string | undefined): Model {
  if (name === undefined) return model;
  const outputs = model.graph.outputs.filter((output) => output.name === name);
  if (outputs.length === 0)
    throw new ModelError(
      `the model has no output ${shown(name)}; its outputs are ${namesOf(model.graph.outputs)}`,
    );
  return { ...model, graph: { ...model.graph, outputs } };
}

/**
 * The output that holds the logits, or what a closing Softmax makes of them: the only one, the one that is called
 * logits, or the only one of their form.
 * @throws ModelError where there is none, or no telling which
 */
export function outputOf(listedOutputs: readonly ValueInfo[]): string {
  // Some exporters list one output twice.
  const outputs = [...new Map(listedOutputs.map((output) => [output.name, output])).values()];
  const [only, second] = outputs;
  const alike = outputs.filter(canBeLogits);
  const chosen = second
    ? (outputs.find(({ name }) => name === 'logits') ?? (alike.length === 1 ? alike[0] : undefined))
    : only;
  if (!chosen && alike.length === 0)
    throw new ModelError(
      `the model has ${outputs.length} outputs (${namesOf(outputs)}), none of which is a floating-point tensor [N, classes]; export it with its logits as output`,
    );
  if (!chosen)
    throw new ModelError(
      `the model has ${outputs.length} outputs (${namesOf(outputs)}), ${alike.length} of which can be logits, and none is named so; name one with ${setting('modelOutput')} (in an experiment, "output")`,
    );
  return chosen.name;
}

/** Whether an output can be [N, K] or [N, K, 1, 1], of two classes at least. */
function canBeLogits({ type, dims }: ValueInfo): boolean {
  if (type === 'unknown' || !floatTypes.has(type)) return false;
  if (dims === null) return true;
  const [, classes, ...behind] = dims;
  return classes !== undefined && !(Number(classes) < 2) && behind.every((size) => size === 1);
}

function namesOf(outputs: readonly ValueInfo[]): string {
  return listed(outputs.map(({ name }) => shown(name)));
}
