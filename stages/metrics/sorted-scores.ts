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

/**
 * Writes how many of the sorted scores lie below each given score, and how many do not lie above it.
 * @param scores finite: [scores]
 * @param below receives counts: [scores]
 * @param notAbove receives counts: [scores]
 */
export function placesAmong(
  { values, starts, scale }: SortedScores,
  scores: Float64Array,
  below: Uint32Array,
  notAbove: Uint32Array,
): void {
  const ranges = starts.length - 1;
  const lowest = values[0] ?? NaN;
  for (let i = 0; i < scores.length; i++) {
    const score = scores[i] ?? NaN;
    // Rising scores have rising ranges, rounding included: only those of its own range are in doubt.
    const range = rangeOf(score, lowest, scale, ranges);
    let low = starts[range] ?? 0;
    let high = starts[range + 1] ?? 0;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((values[middle] ?? NaN) < score) low = middle + 1;
      else high = middle;
    }
    below[i] = low;
    high = starts[range + 1] ?? 0;
    if (low < high && (values[low] ?? NaN) === score) {
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((values[middle] ?? NaN) <= score) low = middle + 1;
        else high = middle;
      }
    }
    notAbove[i] = low;
  }
}

function rangeOf(score: number, lowest: number, scale: number, ranges: number): number {
  const range = (score - lowest) * scale;
  if (!(range > 0)) return 0;
  return range < ranges ? Math.trunc(range) : ranges - 1;
}
