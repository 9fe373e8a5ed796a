/** How many values lie in each of some bins of equal width. */
export interface Histogram {
  /** Ends of the bins, ascending: [bins + 1]. */
  readonly edges: Float64Array;
  /** [bins] */
  readonly counts: Int32Array;
}

/** How many bins the figures have. */
const usualHistogramBins = 50;

/**
 * NumPy's `histogram` of equal bins: a value at an edge lies in the bin above, but at `high` in the last one; values outside are in
 * none. Where `low` is `high` the bins reach half a unit to either side.
 * @param values finite
 */
export function histogramOf(
  values: Float64Array,
  {
    low,
    high,
    bins = usualHistogramBins,
  }: { readonly low: number; readonly high: number; readonly bins?: number },
): Histogram {
  const [first, last] = low === high ? [low - 0.5, high + 0.5] : [low, high];
  const step = (last - first) / bins;
  const edges = Float64Array.from({ length: bins + 1 }, (_, edge) =>
    edge === bins ? last : first + edge * step,
  );
  const counts = new Int32Array(bins);
  for (const value of values) {
    if (value < first || value > last) continue;
    let bin = Math.min(bins - 1, Math.floor((value - first) / step));
    // The quotient may be off by a rounding: the edges decide.
    if (value < (edges[bin] ?? first)) bin -= 1;
    else if (bin < bins - 1 && value >= (edges[bin + 1] ?? last)) bin += 1;
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return { edges, counts };
}

/** The smallest and the largest of all values; both infinite where there are none. */
export function rangeOf(...sets: readonly Float64Array[]): { readonly low: number; readonly high: number } {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const values of sets)
    for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  return { low, high };
}
