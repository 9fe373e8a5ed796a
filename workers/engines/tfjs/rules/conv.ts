import { ModelError } from '../../../../stages/errors.js';
import { intAttribute } from '../../../../stages/import/attributes.js';
import { channelsLast } from '../axis-order.js';
import { constantFloats, inputNames, requiredConstantFloats } from '../constant-inputs.js';
import { kernelsOf } from '../kernels.js';
import { OrderedTensor, only } from '../ordered-tensor.js';
import type { Rule } from '../rule.js';
import { convolution } from './convolve.js';
import { windowOf } from './window.js';

export const conv: Rule = (context) => {
  const { tf, node } = context;
  const kernels = kernelsOf(requiredConstantFloats(context, 1));
  if (kernels === null) throw new ModelError('there are rules for two spatial axes only');
  const { strides, dilations, pads } = windowOf(node, kernels.dims.slice(2));
  const bias = constantFloats(context, 2)?.data ?? null;
  const groups = intAttribute(node, 'group', 1);
  const convolve = convolution(context, kernels, bias, { groups, strides, dilations });
  return {
    inputs: inputNames({ node }, 1),
    run: (values) => new OrderedTensor(tf, convolve(only(values).in(channelsLast), pads), channelsLast),
  };
};
