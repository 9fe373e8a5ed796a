import type { Pixels } from '../pixels.js';
import { SIDE } from './corruption.js';
import type { Grid } from './filters/gaussian.js';

/** Levels of an image as numbers from 0 to 1, [H, W, 3]. */
export function unitValues({ data }: Pixels): Float64Array {
  return Float64Array.from(data, (level) => level / 255);
}

/** The same, as filters take it. */
export function unitGrid(pixels: Pixels): Grid<Float64Array> {
  const { width, height } = pixels;
  return { values: unitValues(pixels), width, height, channels: 3 };
}

/** The same in single precision. */
export function singleUnitValues({ data }: Pixels): Float32Array {
  return Float32Array.from(data, (level) => level / 255);
}

/** Numbers from 0 to 1 as an image: what is beyond is cut off, and levels are cut to 8 bits, not rounded. */
export function fromUnit(values: Float64Array | Float32Array): Pixels {
  const { fround } = Math;
  const data = new Uint8Array(values.length);
  const isSingle = values instanceof Float32Array;
  for (let at = 0; at < data.length; at++) {
    const value = values[at] ?? 0;
    const level = Math.min(1, Math.max(0, value)) * 255;
    data[at] = isSingle ? fround(level) : level;
  }
  return { data, width: SIDE, height: SIDE };
}
