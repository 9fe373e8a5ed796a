import { ModelError } from '../../../../stages/errors.js';
import { textAttribute } from '../../../../stages/import/attributes.js';
import { constantFloats, constantIntegers, inputNames } from '../constant-inputs.js';
import { OrderedTensor, only } from '../ordered-tensor.js';
import type { Rule } from '../rule.js';
import { padOrCrop } from './window.js';

export const pad: Rule = (context) => {
  const { tf, node } = context;
  const mode = textAttribute(node, 'mode', 'constant');
  if (mode !== 'constant') throw new ModelError(`there is no rule for mode ${mode}`);
  const pads = constantIntegers(context, 1);
  if (pads === null) throw new ModelError('it has no pads');
  const filling = constantFloats(context, 2)?.data[0] ?? 0;
  return {
    inputs: inputNames({ node }, 1),
    run: (values) => {
      const x = only(values);
      const each = x.order.map((axis): [number, number] => [pads[axis] ?? 0, pads[axis + x.rank] ?? 0]);
      return new OrderedTensor(tf, padOrCrop(tf, x.tensor, each, filling).clone(), x.order);
    },
  };
};
