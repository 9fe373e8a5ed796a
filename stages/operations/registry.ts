import { add } from './add.js';
import { averagePool } from './average-pool.js';
import { batchNormalization } from './batch-normalization.js';
import { cast } from './cast.js';
import { clip } from './clip.js';
import { comparisons } from './comparisons.js';
import { concat } from './concat.js';
import { constantOfShape } from './constant-of-shape.js';
import { conv } from './conv.js';
import { cumulativeSum } from './cumulative-sum.js';
import { div } from './div.js';
import { dropout } from './dropout.js';
import { expand } from './expand.js';
import { functions } from './functions.js';
import { gather } from './gather.js';
import { gelu } from './gelu.js';
import { gemm } from './gemm.js';
import { globalAveragePool } from './global-average-pool.js';
import { groupNormalization } from './group-normalization.js';
import { identity } from './identity.js';
import { instanceNormalization } from './instance-normalization.js';
import { layerNormalization } from './layer-normalization.js';
import { localResponseNormalization } from './local-response-normalization.js';
import { logSoftmax, logSumExpOverAxes } from './log-sum-exp.js';
import { matMul } from './mat-mul.js';
import { max, min } from './max-min.js';
import { maxPool } from './max-pool.js';
import { globalMaxPool, maximumOverAxes } from './maximum-over-axes.js';
import { mul } from './mul.js';
import type { Operation } from './operation.js';
import { pRelu } from './p-relu.js';
import { pad } from './pad.js';
import { pow } from './pow.js';
import { meanOverAxes, normOverAxes, sumOverAxes } from './reductions.js';
import { relu } from './relu.js';
import { resize } from './resize.js';
import { scatterNd } from './scatter-nd.js';
import { slice, split } from './slice-split.js';
import { softmax } from './softmax.js';
import { depthToSpace, spaceToDepth } from './space-depth.js';
import { stepFunctions } from './step-functions.js';
import { sub } from './sub.js';
import { sum } from './sum.js';
import { swish } from './swish.js';
import { tile } from './tile.js';
import { transpose } from './transpose.js';
import { trilu } from './trilu.js';
import { flatten, reshape, squeeze, unsqueeze } from './views.js';
import { where } from './where.js';

/** Every operation that can be differentiated, by ONNX `op_type`. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  [
    add,
    averagePool,
    batchNormalization,
    cast,
    clip,
    ...comparisons,
    concat,
    constantOfShape,
    conv,
    cumulativeSum,
    div,
    dropout,
    expand,
    flatten,
    ...functions,
    gather,
    gelu,
    gemm,
    globalAveragePool,
    identity,
    groupNormalization,
    logSoftmax,
    logSumExpOverAxes,
    max,
    min,
    globalMaxPool,
    maximumOverAxes,
    pRelu,
    resize,
    depthToSpace,
    spaceToDepth,
    tile,
    where,
    instanceNormalization,
    layerNormalization,
    localResponseNormalization,
    matMul,
    maxPool,
    mul,
    normOverAxes,
    pad,
    pow,
    meanOverAxes,
    relu,
    reshape,
    scatterNd,
    slice,
    softmax,
    split,
    squeeze,
    ...stepFunctions,
    sub,
    sum,
    sumOverAxes,
    swish,
    transpose,
    trilu,
    unsqueeze,
  ]
    .sort((a, b) => (a.type < b.type ? -1 : 1))
    .map((operation): [string, Operation] => [operation.type, operation]),
);
