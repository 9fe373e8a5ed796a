import type { Rule } from './rule.js';
import { arcCosine, arcSine } from './rules/arcs.js';
import * as arithmetic from './rules/arithmetic.js';
import { batchNormalization } from './rules/batch-normalization.js';
import { cast } from './rules/cast.js';
import { clip } from './rules/clip.js';
import * as comparison from './rules/comparison.js';
import { concat } from './rules/concat.js';
import { conv } from './rules/conv.js';
import { convTranspose } from './rules/conv-transpose.js';
import { gather } from './rules/gather.js';
import { hardSigmoid } from './rules/hard-sigmoid.js';
import { gemm, matMul } from './rules/matrix.js';
import { pad } from './rules/pad.js';
import { averagePool, globalAveragePool, maxPool } from './rules/pool.js';
import { argMax, reduceMax, reduceMean, reduceSum, reduceSumSquare, softmax } from './rules/reduction.js';
import { reshape, transpose } from './rules/shape.js';
import { slice } from './rules/slice.js';

/** The rule of each operation that portable lowerings emit. */
export const rules: ReadonlyMap<string, Rule> = new Map([
  ['Abs', arithmetic.absolute],
  ['Acos', arcCosine],
  ['Add', arithmetic.add],
  ['ArgMax', argMax],
  ['Asin', arcSine],
  ['Atan', arithmetic.arcTangent],
  ['AveragePool', averagePool],
  ['BatchNormalization', batchNormalization],
  ['Cast', cast],
  ['Clip', clip],
  ['Concat', concat],
  ['Conv', conv],
  ['ConvTranspose', convTranspose],
  ['Div', arithmetic.divide],
  ['Elu', arithmetic.elu],
  ['Equal', comparison.equal],
  ['Erf', arithmetic.errorFunction],
  ['Exp', arithmetic.exponential],
  ['Floor', arithmetic.floor],
  ['Gemm', gemm],
  ['GlobalAveragePool', globalAveragePool],
  ['HardSigmoid', hardSigmoid],
  ['Identity', arithmetic.identity],
  ['LeakyRelu', arithmetic.leakyRelu],
  ['Less', comparison.less],
  ['Log', arithmetic.logarithm],
  ['MatMul', matMul],
  ['Max', arithmetic.maximum],
  ['MaxPool', maxPool],
  ['Min', arithmetic.minimum],
  ['Mul', arithmetic.multiply],
  ['Neg', arithmetic.negate],
  ['Pad', pad],
  ['Pow', arithmetic.power],
  ['ReduceMax', reduceMax],
  ['ReduceMean', reduceMean],
  ['ReduceSum', reduceSum],
  ['ReduceSumSquare', reduceSumSquare],
  ['Relu', arithmetic.relu],
  ['Reshape', reshape],
  ['Sigmoid', arithmetic.sigmoid],
  ['Sign', arithmetic.sign],
  ['Gather', gather],
  ['Slice', slice],
  ['Softmax', softmax],
  ['Softplus', arithmetic.softplus],
  ['Sqrt', arithmetic.squareRoot],
  ['Sub', arithmetic.subtract],
  ['Sum', arithmetic.sum],
  ['Tanh', arithmetic.tanh],
  ['Transpose', transpose],
  ['Where', comparison.where],
]);
