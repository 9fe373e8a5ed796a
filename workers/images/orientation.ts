import type { Pixels } from './pixels.js';

/** Where the pixel (0, 0) of the upright image lies in the stored one, and which way its rows and columns run. */
interface Turn {
  /** Whether rows of the stored image are columns of the upright one. */
  readonly swapped: boolean;
  readonly fromRight: boolean;
  readonly fromBottom: boolean;
}

/** By the value of the orientation tag; 1 is upright. */
const turns: Readonly<Record<number, Turn>> = {
  2: { swapped: false, fromRight: true, fromBottom: false },
  3: { swapped: false, fromRight: true, fromBottom: true },
  4: { swapped: false, fromRight: false, fromBottom: true },
  5: { swapped: true, fromRight: false, fromBottom: false },
  6: { swapped: true, fromRight: false, fromBottom: true },
  7: { swapped: true, fromRight: true, fromBottom: true },
  8: { swapped: true, fromRight: true, fromBottom: false },
};

/**
 * Turns an image upright.
 * @param orientation the value of the TIFF tag Orientation; any other value leaves the image as it is
 */
export function upright(pixels: Pixels, orientation: number): Pixels {
  const turn = turns[orientation];
  if (turn === undefined) return pixels;
  const { swapped, fromRight, fromBottom } = turn;
  const [width, height] = swapped ? [pixels.height, pixels.width] : [pixels.width, pixels.height];
  const data = new Uint8Array(pixels.data.length);
  const stepX = fromRight ? -1 : 1;
  const stepY = (fromBottom ? -1 : 1) * pixels.width;
  const start = (fromRight ? pixels.width - 1 : 0) + (fromBottom ? pixels.height - 1 : 0) * pixels.width;
  const [right, down] = swapped ? [stepY, stepX] : [stepX, stepY];
  let to = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      const from = 3 * (start + y * down + x * right);
      data[to] = pixels.data[from] ?? 0;
      data[to + 1] = pixels.data[from + 1] ?? 0;
      data[to + 2] = pixels.data[from + 2] ?? 0;
    }
  }
  return { data, width, height };
}
