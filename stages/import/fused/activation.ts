import { ModelError } from '../../errors.js';
import { float } from '../../graph/builder.js';
import type { Node } from '../../onnx/model.js';
import { listed, shown } from '../../shown.js';
import { textAttribute } from '../attributes.js';
import { partsOf, without } from './parts.js';

/** Names of an activation's parameters, in the order of `activation_params`; Clip has its bounds as inputs. */
const parameters: ReadonlyMap<string, readonly string[]> = new Map([
  ['Relu', []],
  ['Tanh', []],
  ['Sigmoid', []],
  ['LeakyRelu', ['alpha']],
  ['HardSigmoid', ['alpha', 'beta']],
  ['Clip', ['min', 'max']],
]);

/**
 * A layer with the activation that follows it in one: FusedConv, FusedGemm.
 * @param type of the layer alone
 * @throws ModelError, without naming the node, for an activation that is not known
 */
export function layerWithActivation(node: Node, type: string): readonly Node[] {
  const { name, step, number } = partsOf(node);
  const [output = ''] = node.outputs;
  const activation = textAttribute(node, 'activation', '');
  const own = [...node.attributes.keys()].filter((key) => key.startsWith('activation'));
  const [x = '', weight = '', bias = '', addend = ''] = node.inputs;
  const layer = (to: string) => step(type, [x, weight, bias], to, without(node, ...own));
  const summed = addend === '' ? name('layer') : name('sum');
  const sum = addend === '' ? [] : [step('Add', [name('layer'), addend], summed)];
  if (activation === '')
    return addend === ''
      ? [layer(output)]
      : [layer(name('layer')), step('Add', [name('layer'), addend], output)];
  const names = parameters.get(activation);
  const values = valuesOf(node);
  if (!names || values.length !== names.length)
    throw new ModelError(
      `activation is ${shown(activation)} with ${values.length} parameters; known are ${listed([...parameters.keys()])}`,
    );
  const before = [layer(name('layer')), ...sum];
  if (activation !== 'Clip') {
    const attributes = new Map(names.map((key, index) => [key, float(values[index] ?? 0)]));
    return [...before, step(activation, [summed], output, attributes)];
  }
  const bounds = names.map((key, index) => number(name(key), values[index] ?? 0));
  return [...before, ...bounds, step('Clip', [summed, name('min'), name('max')], output)];
}

/** FusedConv has its activation's parameters as a list, FusedGemm each by a name of its own. */
function valuesOf({ attributes }: Node): readonly number[] {
  const list = attributes.get('activation_params');
  if (list?.kind === 'floats') return list.value;
  return ['activation_alpha', 'activation_beta', 'activation_gamma'].flatMap((key) => {
    const attribute = attributes.get(key);
    return attribute?.kind === 'float' ? [attribute.value] : [];
  });
}
