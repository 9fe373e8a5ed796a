import { text } from '../../graph/builder.js';
import type { Node } from '../../onnx/model.js';
import { floatAttribute } from '../attributes.js';
import { partsOf } from './parts.js';

/**
 * Gelu and BiasGelu by the error function, FastGelu by tanh; the last two of a sum with a bias, where there is one.
 */
export function geluOfSum(node: Node, approximate: 'none' | 'tanh'): readonly Node[] {
  const { name, step } = partsOf(node);
  const [x = '', bias = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const read = bias === '' ? x : name('biased');
  return [
    ...(bias === '' ? [] : [step('Add', [x, bias], read)]),
    step('Gelu', [read], output, new Map([['approximate', text(approximate)]])),
  ];
}

/** x · sigmoid(α x). */
export function quickGelu(node: Node): readonly Node[] {
  const { name, step, number } = partsOf(node);
  const [x = ''] = node.inputs;
  const [output = ''] = node.outputs;
  return [
    number(name('alpha'), floatAttribute(node, 'alpha', 1.702)),
    step('Mul', [x, name('alpha')], name('scaled')),
    step('Sigmoid', [name('scaled')], name('share')),
    step('Mul', [x, name('share')], output),
  ];
}
