import { ModelError } from '../../../../stages/errors.js';
import { intAttribute } from '../../../../stages/import/attributes.js';
import { elementTypeOf } from '../../../../stages/onnx/model.js';
import type { Rule } from '../rule.js';
import { each } from './elementwise.js';

const types = new Map([
  ['float32', 'float32'],
  ['int64', 'int32'],
  ['int32', 'int32'],
  ['bool', 'bool'],
] as const);

export const cast: Rule = (context) => {
  const name = elementTypeOf(intAttribute(context.node, 'to', 0));
  const type = [...types].find(([key]) => key === name)?.[1];
  if (type === undefined) throw new ModelError(`there is no rule for type ${name ?? 'unknown'}`);
  const { tf } = context;
  return each(context, (x) => {
    const made = tf.cast(x, type);
    // On WebGPU truth values are only called numbers by a cast; what is made of them are numbers.
    return x.dtype === 'bool' && type === 'float32' && tf.getBackend() === 'webgpu' ? tf.mul(made, 1) : made;
  });
};
