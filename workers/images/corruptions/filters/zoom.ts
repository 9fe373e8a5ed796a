import { SIDE } from '../corruption.js';

/** Two samples of an axis and what each counts; none where a place lies beyond the axis. */
interface Taps {
  readonly first: Int32Array;
  readonly weight: Float64Array;
  readonly isInside: Uint8Array;
}

/**
 * The middle of an image enlarged to the whole, by straight lines between samples as SciPy's zoom has them; places that
 * rounding puts beyond the last sample are 0, as there.
 * @param values [H, W, C] of `SIDE`×`SIDE`
 * @param factor at least 1
 * @returns values of the same precision
 */
export function zoomedIn<Values extends Float64Array | Float32Array>(values: Values, factor: number): Values {
  const channels = values.length / (SIDE * SIDE);
  const kept = Math.ceil(SIDE / factor);
  const start = Math.floor((SIDE - kept) / 2);
  const enlarged = roundHalfEven(kept * factor);
  const { first, weight, isInside } = tapsOf(kept, enlarged, Math.floor((enlarged - SIDE) / 2));
  const result = values.slice() as Values;
  let to = 0;
  for (let y = 0; y < SIDE; y++) {
    const [top, below] = [start + (first[y] ?? 0), weight[y] ?? 0];
    const bottom = Math.min(top + 1, start + kept - 1);
    for (let x = 0; x < SIDE; x++) {
      const [left, beside] = [start + (first[x] ?? 0), weight[x] ?? 0];
      const right = Math.min(left + 1, start + kept - 1);
      const seen = (isInside[y] ?? 0) * (isInside[x] ?? 0);
      const corners = [top * SIDE + left, top * SIDE + right, bottom * SIDE + left, bottom * SIDE + right];
      const [a = 0, b = 0, c = 0, d = 0] = corners;
      for (let channel = 0; channel < channels; channel++, to++) {
        const upper =
          (values[a * channels + channel] ?? 0) * (1 - below) * (1 - beside) +
          (values[b * channels + channel] ?? 0) * (1 - below) * beside;
        const lower = (values[c * channels + channel] ?? 0) * below * (1 - beside);
        result[to] = seen * (upper + lower + (values[d * channels + channel] ?? 0) * below * beside);
      }
    }
  }
  return result;
}

/** @param trim samples of the enlarged axis that are cut off at its start */
function tapsOf(length: number, enlarged: number, trim: number): Taps {
  const step = (length - 1) / (enlarged - 1);
  const first = new Int32Array(SIDE);
  const weight = new Float64Array(SIDE);
  const isInside = new Uint8Array(SIDE);
  for (let at = 0; at < SIDE; at++) {
    const place = (trim + at) * step;
    first[at] = Math.floor(place);
    weight[at] = place - Math.floor(place);
    isInside[at] = place <= length - 1 ? 1 : 0;
  }
  return { first, weight, isInside };
}

/** As Python rounds: halves to the even neighbour. */
function roundHalfEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest < 0.5 || (rest === 0.5 && below % 2 === 0) ? below : below + 1;
}
