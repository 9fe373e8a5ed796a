/** Grey levels of 8 bits, [H, W]. */
export interface GreyLevels {
  readonly levels: Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** tan 22.5° in fixed point of 15 bits: directions of a slope are told apart by it. */
const TAN_BITS = 15;
const TAN = Math.floor(Math.SQRT2 * 2 ** TAN_BITS + 0.5) - 2 ** TAN_BITS;

/**
 * Canny's edges with Sobel's slopes of 3×3 pixels and |x| + |y| as their size, as OpenCV finds them.
 * @param low slopes above it are edges where they touch one that is above `high`
 * @returns 1 on edges, 0 elsewhere, [H, W]
 */
export function cannyEdges({ levels, width, height }: GreyLevels, low: number, high: number): Uint8Array {
  const across = new Int32Array(width * height);
  const down = new Int32Array(width * height);
  for (let y = 0; y < height; y++) {
    const above = Math.max(0, y - 1) * width;
    const row = y * width;
    const below = Math.min(height - 1, y + 1) * width;
    for (let x = 0; x < width; x++) {
      const left = Math.max(0, x - 1);
      const right = Math.min(width - 1, x + 1);
      const at = (from: number, column: number): number => levels[from + column] ?? 0;
      const [a, b, c] = [at(above, left), at(above, x), at(above, right)];
      const [d, e] = [at(row, left), at(row, right)];
      const [f, g, h] = [at(below, left), at(below, x), at(below, right)];
      across[row + x] = c - a + 2 * (e - d) + (h - f);
      down[row + x] = f - a + 2 * (g - b) + (h - c);
    }
  }
  // Slopes with a rim of zeros.
  const stride = width + 2;
  const slopes = new Int32Array(stride * (height + 2));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      slopes[(y + 1) * stride + x + 1] = Math.abs(across[at] ?? 0) + Math.abs(down[at] ?? 0);
    }
  const edges = new Uint8Array(width * height);
  const maybe = new Uint8Array(width * height);
  const strong: number[] = [];
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      const place = (y + 1) * stride + x + 1;
      const slope = slopes[place] ?? 0;
      if (slope <= low || !isRidge(slopes, place, stride, across[at] ?? 0, down[at] ?? 0)) continue;
      maybe[at] = 1;
      if (slope > high) strong.push(at);
    }
  for (const at of strong) edges[at] = 1;
  for (let at = strong.pop(); at !== undefined; at = strong.pop()) {
    const [x, y] = [at % width, Math.floor(at / width)];
    for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++)
      for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
        const beside = row * width + column;
        if (maybe[beside] !== 1 || edges[beside] === 1) continue;
        edges[beside] = 1;
        strong.push(beside);
      }
  }
  return edges;
}

/** Whether no neighbour in the direction of a slope is steeper. */
function isRidge(slopes: Int32Array, place: number, stride: number, across: number, down: number): boolean {
  const of = (at: number): number => slopes[at] ?? 0;
  const slope = of(place);
  const rise = Math.abs(down) * 2 ** TAN_BITS;
  const flat = Math.abs(across) * TAN;
  if (rise < flat) return slope > of(place - 1) && slope >= of(place + 1);
  if (rise > flat + Math.abs(across) * 2 ** (TAN_BITS + 1))
    return slope > of(place - stride) && slope >= of(place + stride);
  const side = (across ^ down) < 0 ? -1 : 1;
  return slope > of(place - stride - side) && slope > of(place + stride + side);
}
