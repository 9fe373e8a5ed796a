import { ModelError } from '../../errors.js';
import type { Node } from '../../onnx/model.js';
import { floatAttribute, intAttribute } from '../attributes.js';
import { partsOf } from './parts.js';

/**
 * alpha · x·y, where y may be a constant that is turned.
 * @param isComputed whether nodes make a tensor
 * @throws ModelError, without naming the node, where something that is computed is turned
 */
export function fusedMatMul(node: Node, isComputed: (name: string) => boolean): readonly Node[] {
  const { name, step, number } = partsOf(node);
  const [x = '', y = ''] = node.inputs;
  const [output = ''] = node.outputs;
  const turned = (key: string): boolean => intAttribute(node, key, 0) !== 0;
  for (const key of ['transA', 'transBatchA', 'transBatchB', ...(isComputed(y) ? ['transB'] : [])])
    if (turned(key))
      throw new ModelError(
        `${key} of what is computed is not supported; give the model as it was before it was optimised`,
      );
  const alpha = floatAttribute(node, 'alpha', 1);
  const right = turned('transB') ? name('turned') : y;
  return [
    // Without an order it turns a matrix.
    ...(turned('transB') ? [step('Transpose', [y], right)] : []),
    step('MatMul', [x, right], alpha === 1 ? output : name('product')),
    ...(alpha === 1
      ? []
      : [number(name('alpha'), alpha), step('Mul', [name('product'), name('alpha')], output)]),
  ];
}
