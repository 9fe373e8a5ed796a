import { add } from './add.js';
import { averagePool } from './average-pool.js';
import { batchNormalization } from './batch-normalization.js';
import { cast } from './cast.js';
import { clip } from './clip.js';
import { concat } from './concat.js';
import { conv } from './conv.js';
import { dropout } from './dropout.js';
import { flatten } from './flatten.js';
import { gemm } from './gemm.js';
import { globalAveragePool } from './global-average-pool.js';
import { identity } from './identity.js';
import { matMul } from './mat-mul.js';
import { maxPool } from './max-pool.js';
import { mul } from './mul.js';
import type { Operation } from './operation.js';
import { pad } from './pad.js';
import { relu } from './relu.js';
import { reshape } from './reshape.js';
import { transpose } from './transpose.js';

/** Every operation that can be differentiated, by ONNX `op_type`. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  [
    add,
    averagePool,
    batchNormalization,
    cast,
    clip,
    concat,
    conv,
    dropout,
    flatten,
    gemm,
    globalAveragePool,
    identity,
    matMul,
    maxPool,
    mul,
    pad,
    relu,
    reshape,
    transpose,
  ].map((operation): [string, Operation] => [operation.type, operation]),
);
