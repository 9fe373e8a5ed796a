import { ModelError } from '../errors.js';
import type { Attribute, Node } from '../onnx/model.js';
import { shown } from '../shown.js';
import { textAttribute } from './attributes.js';

/**
 * A Gelu (operator set 20) that is approximated by tanh as the operations that earlier exports have in its place.
 * @throws ModelError, without naming the node, for an approximation that is not known
 */
export function geluInPrimitives(node: Node): Node[] {
  const approximation = textAttribute(node, 'approximate', 'none');
  const [x = ''] = node.inputs;
  const part = (name: string): string => `${node.outputs[0] ?? ''}:${name}`;
  const number = (name: string, value: number): Node => {
    const attributes = new Map<string, Attribute>([['value_float', { kind: 'float', value }]]);
    return { ...node, type: 'Constant', inputs: [], outputs: [part(name)], attributes };
  };
  const step = (type: string, inputs: readonly string[], name: string): Node => {
    return { ...node, type, inputs, outputs: [part(name)], attributes: new Map() };
  };
  // x · (1 + s) / 2, s being tanh(√(2/π) · (x + 0.044715 x³)).
  const closing = [
    number('one', 1),
    number('half', 0.5),
    step('Add', [part('s'), part('one')], 'raised'),
    step('Mul', [x, part('raised')], 'doubled'),
    { ...step('Mul', [part('doubled'), part('half')], ''), outputs: node.outputs },
  ];
  switch (approximation) {
    case 'none':
      return [node];
    case 'tanh':
      return [
        number('three', 3),
        number('cubic', 0.044715),
        number('root', Math.sqrt(2 / Math.PI)),
        step('Pow', [x, part('three')], 'cube'),
        step('Mul', [part('cube'), part('cubic')], 'small'),
        step('Add', [x, part('small')], 'sum'),
        step('Mul', [part('sum'), part('root')], 'scaled'),
        step('Tanh', [part('scaled')], 's'),
        ...closing,
      ];
    default:
      throw new ModelError(`approximate is ${shown(approximation)}, expected none or tanh`);
  }
}
