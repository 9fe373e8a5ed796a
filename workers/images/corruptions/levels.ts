import type { Pixels } from '../pixels.js';
import { SIDE } from './corruption.js';
import type { Grid } from './filters/gaussian.js';

/** What each level is from 0 to 1. */
const units = Float64Array.from({ length: 256 }, (_, level) => level / 255);

/** Levels of an image as numbers from 0 to 1, [H, W, 3]. */
export function unitValues({ data }: Pixels): Float64Array {
  const values = new Float64Array(data.length);
  for (let at = 0; at < values.length; at++) values[at] = units[data[at] ?? 0] ?? 0;
  return values;
}

/** The same, as filters take it. */
export function unitGrid(pixels: Pixels): Grid<Float64Array> {
  const { width, height } = pixels;
  return { values: unitValues(pixels), width, height, channels: 3 };
}

/** The same in single precision. */
export function singleUnitValues({ data }: Pixels): Float32Array {
  const values = new Float32Array(data.length);
  for (let at = 0; at < values.length; at++) values[at] = units[data[at] ?? 0] ?? 0;
  return values;
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
