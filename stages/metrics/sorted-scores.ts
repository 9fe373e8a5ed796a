/** Scores in ascending order with an index into them, so that a place among them is found in a step or two. */
export interface SortedScores {
  /** Ascending: [scores ≥ 1]. */
  readonly values: Float64Array;
  /** Where each of equally wide ranges of scores begins in `values`, and at last where it ends: [ranges + 1]. */
  readonly starts: Uint32Array;
  /** Ranges a unit of score; 0 where the scores are too alike, or too far apart, to be divided. */
  readonly scale: number;
}

/** @param scores finite, at least one; left as they are */
export function sortScores(scores: Float64Array): SortedScores {
  const values = scores.slice().sort();
  const ranges = values.length;
  const [lowest = NaN] = values;
  const slope = ranges / ((values.at(-1) ?? NaN) - lowest);
  const scale = Number.isFinite(slope) ? slope : 0;
  const starts = new Uint32Array(ranges + 1);
  let range = 0;
  for (let i = 0; i < values.length; i++) {
    const at = rangeOf(values[i] ?? NaN, lowest, scale, ranges);
    while (range < at) starts[++range] = i;
  }
  starts.fill(values.length, range + 1);
  return { values, starts, scale };
}

/** How many of the sorted scores lie below a finite score. */
export function countBelow({ values, starts, scale }: SortedScores, score: number): number {
  // Rising scores have rising ranges, rounding included: only those of its own range are in doubt.
  const range = rangeOf(score, values[0] ?? NaN, scale, starts.length - 1);
  let low = starts[range] ?? 0;
  let high = starts[range + 1] ?? 0;
  // Most ranges hold a score or two, which are sooner passed than halved.
  while (high - low > 8) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? NaN) < score) low = middle + 1;
    else high = middle;
  }
  while (low < high && (values[low] ?? NaN) < score) low++;
  return low;
}

/**
 * How many of the sorted scores do not lie above a finite score.
 * @param below what `countBelow` says of it
 */
export function countNotAbove({ values, starts, scale }: SortedScores, score: number, below: number): number {
  if (below === values.length || values[below] !== score) return below;
  let low = below + 1;
  let high = starts[rangeOf(score, values[0] ?? NaN, scale, starts.length - 1) + 1] ?? 0;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? NaN) <= score) low = middle + 1;
    else high = middle;
  }
  return low;
}

function rangeOf(score: number, lowest: number, scale: number, ranges: number): number {
  const range = (score - lowest) * scale;
  if (!(range > 0)) return 0;
  return range < ranges ? Math.trunc(range) : ranges - 1;
}
