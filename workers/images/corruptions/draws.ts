import { createHash } from 'node:crypto';
import { type PhiloxKey, philox4x32 } from '../../../stages/metrics/philox.js';

/** Random numbers of one image, asked for in an order that a corruption fixes. Recorded ones can take their place. */
export interface Draws {
  /** Uniform in [0, 1). */
  uniforms(count: number): Float64Array;
  /** Of mean 0 and standard deviation 1. */
  normals(count: number): Float64Array;
  /** Poisson counts, one for each rate. */
  counts(rates: Float64Array): Float64Array;
}

/** What the draws of an image depend on, and nothing else does: not its place, its shard or its worker. */
export interface DrawsKey {
  readonly seed: number;
  readonly corruption: string;
  readonly severity: number;
  /** The image's in its manifest. */
  readonly id: string;
}

/** The draws of one image under one corruption: Philox counters in a stream that sha256 of the key chooses. */
export function drawsFor({ seed, corruption, severity, id }: DrawsKey): Draws {
  const hash = createHash('sha256')
    .update(JSON.stringify([seed, corruption, severity, id]))
    .digest();
  const word = (at: number): number => hash.readUInt32LE(4 * at);
  const key: PhiloxKey = [word(0), word(1)];
  let block = 0;
  const uniforms = (count: number): Float64Array => {
    const blocks = Math.ceil(count / 2);
    const words = new Uint32Array(4 * blocks);
    philox4x32(block, word(2), word(3), word(4), key, words);
    block += blocks;
    // 53 bits of each two words, as a double holds them.
    const values = new Float64Array(count);
    for (let at = 0; at < count; at++)
      values[at] = (((words[2 * at] ?? 0) >>> 5) * 2 ** 26 + ((words[2 * at + 1] ?? 0) >>> 6)) / 2 ** 53;
    return values;
  };
  return {
    uniforms,
    normals: (count) => normalsOf(uniforms(2 * Math.ceil(count / 2))).subarray(0, count),
    counts: (rates) => poissonOf(rates, uniforms(rates.length)),
  };
}

/** Box and Muller's: two independent normals of two uniforms. */
function normalsOf(uniforms: Float64Array): Float64Array {
  const normals = new Float64Array(uniforms.length);
  for (let at = 0; at + 1 < uniforms.length; at += 2) {
    const radius = Math.sqrt(-2 * Math.log(1 - (uniforms[at] ?? 0)));
    const angle = 2 * Math.PI * (uniforms[at + 1] ?? 0);
    normals[at] = radius * Math.cos(angle);
    normals[at + 1] = radius * Math.sin(angle);
  }
  return normals;
}

/** The counts at which Poisson's distribution passes each uniform. Rates are some tens at most. */
function poissonOf(rates: Float64Array, uniforms: Float64Array): Float64Array {
  return rates.map((rate, at) => {
    const wanted = uniforms[at] ?? 0;
    let count = 0;
    let probability = Math.exp(-rate);
    let passed = probability;
    // Once further counts add nothing, rounding alone has kept the sum below what was drawn.
    while (passed < wanted && probability > 0) {
      count += 1;
      probability *= rate / count;
      passed += probability;
    }
    return count;
  });
}
