import { integerContent } from '../message-tree.js';
import type { SeededRandom } from '../seeded-random.js';

/** Numbers at which something changes. */
const numbers = [
  0,
  1,
  -1,
  2,
  3,
  4,
  5,
  7,
  8,
  16,
  17,
  32,
  255,
  1024,
  65_536,
  2 ** 20,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 40,
];
const longNumbers = [2n ** 53n, 2n ** 62n, 2n ** 63n - 1n, -(2n ** 63n)];

export const smallSizes = [0, 1, 1, 2, 3, 4, 5, 8];

export const floatValues = [
  0,
  -0,
  1,
  -1,
  0.5,
  1e-30,
  1e30,
  -3e38,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
];

/** Names and texts that mean something, or should not. */
export const words = [
  ...',image,logits,x,N,__proto__,constructor,toString,hasOwnProperty'.split(','),
  ...'SAME_UPPER,VALID,reflect,ai.onnx,com.microsoft'.split(','),
  ...'/etc/passwd,../outside,weights.data,-5,99999999999999999999'.split(','),
  'a\nb',
  '\u001b[31m',
  '\u202e',
  'x'.repeat(5000),
];

export const operationTypes = [
  ...'Add AveragePool BatchNormalization Cast Clip Concat Constant ConstantOfShape Conv Dropout Flatten'.split(
    ' ',
  ),
  ...'Gather Gemm GlobalAveragePool Identity LogSoftmax MatMul MaxPool Mul Pad Relu Reshape Shape Slice'.split(
    ' ',
  ),
  ...'Softmax Squeeze Transpose Unsqueeze Sum If Loop __proto__'.split(' '),
];

export const attributes = [
  ...'allowzero alpha auto_pad axes axis beta ceil_mode count_include_pad dilations end epsilon group'.split(
    ' ',
  ),
  ...'kernel_shape mode pads perm start storage_order strides to training_mode transA transB'.split(' '),
  ...'value value_float value_floats value_int value_ints value_string'.split(' '),
];

export const anInteger = (random: SeededRandom): number | bigint =>
  random.chance(0.15) ? random.pick(longNumbers) : random.pick(numbers);

export const anIntegerField = (random: SeededRandom) => integerContent(anInteger(random));
