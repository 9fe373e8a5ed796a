import { createHash } from 'node:crypto';
import { philox4x32 } from '../../stages/metrics/philox.js';

/** Repeatable standard normal numbers, another stream for every name. */
export class NormalDraws {
  readonly #key: readonly [number, number];
  #block = 0;

  constructor(...name: readonly (string | number)[]) {
    const digest = createHash('sha256').update(JSON.stringify(name)).digest();
    this.#key = [digest.readUInt32LE(0), digest.readUInt32LE(4)];
  }

  /** By Box and Muller's method. */
  next(size: number): Float64Array {
    const blocks = Math.ceil(size / 4);
    const words = new Uint32Array(4 * blocks);
    philox4x32(this.#block, 0, 0, 2, this.#key, words);
    this.#block += blocks;
    const found = new Float64Array(size);
    for (let at = 0; at < size; at += 2) {
      // Never 0, whose logarithm is infinite.
      const radius = Math.sqrt(-2 * Math.log(((words[at] ?? 0) + 0.5) / 2 ** 32));
      const angle = (2 * Math.PI * (words[at + 1] ?? 0)) / 2 ** 32;
      found[at] = radius * Math.cos(angle);
      if (at + 1 < size) found[at + 1] = radius * Math.sin(angle);
    }
    return found;
  }
}
